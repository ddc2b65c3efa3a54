package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.http.Refusal;
import touchstone.api.judging.House.Contest;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.spec.job.JobOrder.Purpose;

/** What meets in one moment, on both databases: real transactions, several rounds, since a race is lost only now and then. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class TogetherTest {
    private static final int ROUNDS = 8;

    @TempDir
    private static Path data;

    private static @Nullable House shared;

    @Parameter
    private TestDatabase kind;

    private House house;
    private TestServer server;
    private UUID submission;
    private List<JobName> jobs;

    @AfterAll
    static void close() {
        if (shared != null) shared.close();
        shared = null;
    }

    /** A judging of two seeds, both running. */
    @BeforeEach
    void twoSeedsRun() {
        if (shared == null) shared = new House(kind, data);
        house = shared;
        server = new TestServer(house, 2);
        Contest contest = house.contest(2, 1);
        submission = contest.submit(contest.team("alice"));
        server.tick();
        jobs = server.runner.launched.stream().map(launch -> launch.job()).toList();
        assertEquals(2, jobs.size());
    }

    @RepeatedTest(ROUNDS)
    void theTwoLastSeedsSettleOnce() throws Exception {
        List<Sender> senders = jobs.stream().map(this::scoring).toList();

        List<Boolean> taken = together(
                () -> server.send(senders.get(0), TestServer.scored(jobs.get(0), 0.5)),
                () -> server.send(senders.get(1), TestServer.scored(jobs.get(1), 0.7)));

        assertEquals(List.of(true, true), taken);
        assertEquals("scored", house.verdict(submission));
        assertEquals(List.of("done", "done"), house.runStates(submission));
        assertEquals(List.of("charge"), house.ledger(submission));
    }

    @RepeatedTest(ROUNDS)
    void aSeedThatIsRejectedWhileTheOtherIsScoredRejectsAndRefundsOnce() throws Exception {
        Sender scored = scoring(jobs.get(0));
        Sender rejected = server.start(jobs.get(1), Purpose.TRAIN);

        List<Boolean> taken = together(
                () -> server.send(scored, TestServer.scored(jobs.get(0), 0.5)),
                () -> server.send(rejected, TestServer.rejected()));

        assertTrue(taken.get(1));
        assertEquals("rejected", house.verdict(submission));
        assertEquals(List.of("charge", "refund"), house.ledger(submission));
        assertEquals(
                taken.get(0) ? "none" : "cancelled", house.faults(submission).getFirst());
    }

    @RepeatedTest(ROUNDS)
    void oneResultSentTwiceAtOnceCountsOnce() throws Exception {
        server.finish(jobs.get(0), 0.5);
        Sender last = scoring(jobs.get(1));

        List<Boolean> taken = together(
                () -> server.send(last, TestServer.scored(jobs.get(1), 0.7)),
                () -> server.send(last, TestServer.scored(jobs.get(1), 0.7)));

        assertEquals(List.of(true, true), taken);
        assertEquals("scored", house.verdict(submission));
        assertEquals(List.of("none", "none"), house.faults(submission));
    }

    @RepeatedTest(ROUNDS)
    void ofTwoProcessesThatStartOneJobOneMay() throws Exception {
        List<Boolean> started = together(
                () -> server.start(jobs.get(0), Purpose.TRAIN), () -> server.start(jobs.get(0), Purpose.TRAIN));

        assertEquals(1, started.stream().filter(may -> may).count());
    }

    @RepeatedTest(ROUNDS)
    void aResultThatMeetsTheGivingUpOfItsAttemptIsTakenOrRefusedAsAWhole() throws Exception {
        server.finish(jobs.get(0), 0.5);
        Sender last = scoring(jobs.get(1));

        List<Boolean> taken = together(
                () -> server.send(last, TestServer.scored(jobs.get(1), 0.7)),
                () -> house.attempts.end(jobs.get(1), Fault.LOST, "not heard of"));

        assertEquals(taken.get(0) ? "scored" : "none", house.verdict(submission));
        assertEquals(taken.get(0) ? "none" : "lost", house.faults(submission).get(1));
        assertEquals(
                taken.get(0) ? "done" : "waiting", house.runStates(submission).get(1));
    }

    private Sender scoring(JobName job) {
        server.train(job);
        return server.start(job, Purpose.SCORE);
    }

    /** Whether each was taken; false = told to stop. */
    private static List<Boolean> together(Runnable one, Runnable other) throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Boolean>> ends = Stream.of(one, other)
                    .map(work -> threads.submit(() -> {
                        both.await();
                        return isTaken(work);
                    }))
                    .toList();
            return List.of(ends.get(0).get(), ends.get(1).get());
        }
    }

    private static boolean isTaken(Runnable work) {
        try {
            work.run();
            return true;
        } catch (Refusal told) {
            assertEquals(409, told.status().getCode());
            return false;
        }
    }
}
