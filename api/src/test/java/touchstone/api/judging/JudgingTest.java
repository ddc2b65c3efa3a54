package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.http.Refusal;
import touchstone.api.judging.House.Contest;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobState;
import touchstone.api.runner.ProcessMark;
import touchstone.api.submission.Judgement;
import touchstone.api.submission.Judgements;
import touchstone.spec.job.Beat;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.job.JobResult;

/** The states that a judging goes through, on both databases. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class JudgingTest {
    @TempDir
    private static Path data;

    private static @Nullable House shared;

    @Parameter
    private TestDatabase kind;

    private House house;
    private Contest contest;
    private UUID alice;
    private TestServer server;

    @AfterAll
    static void close() {
        if (shared != null) shared.close();
        shared = null;
    }

    @BeforeEach
    void newContest() {
        if (shared == null) shared = new House(kind, data);
        house = shared;
        // What earlier tests left waiting is not this test's business.
        house.database.change("update task set state = 'paused'");
        house.database.change(
                "update attempt set open_key = null, state = 'ended', phase = 'ended', fault = 'cancelled'"
                        + " where open_key is not null");
        house.database.change("update judging set state = 'cancelled' where state in ('waiting', 'running')");
        contest = house.contest(1, 1);
        alice = contest.team("alice");
        server = new TestServer(house, 2);
    }

    @Test
    void aSubmissionIsTrainedScoredAndSettled() {
        UUID submission = contest.submit(alice);

        server.tick();
        assertEquals("running", house.judgingState(submission));
        server.finish(server.job(), 0.75);

        assertEquals("settled", house.judgingState(submission));
        assertEquals("scored", house.verdict(submission));
        assertEquals(List.of("done"), house.runStates(submission));
        assertEquals(List.of("none"), house.faults(submission));
        assertEquals(List.of("charge"), house.ledger(submission));
        assertEquals(List.of("private 0.375", "public 0.75", "validation 0.5"), metrics(submission));
    }

    @Test
    void theFirstScoreFreezesTheTeamAndARejectionDoesNot() {
        contest.submit(alice);
        server.tick();
        server.send(server.start(server.job(), Purpose.TRAIN), TestServer.rejected());
        assertEquals(List.of(), frozen(alice));

        contest.submit(alice);
        server.tick();
        server.finish(server.job(), 0.75);
        List<Instant> first = frozen(alice);
        assertEquals(List.of(house.clock.instant()), first);

        house.clock.pass(Duration.ofHours(1));
        contest.submit(alice);
        server.tick();
        server.finish(server.job(), 0.8);
        assertEquals(first, frozen(alice));
    }

    private List<Instant> frozen(UUID team) {
        return house.database.list(
                "select frozen_at from team where id = ? and frozen_at is not null",
                row -> row.instant("frozen_at"),
                team);
    }

    @Test
    void slicesOfTheHiddenTestAreKeptAndNotTold() {
        UUID submission = contest.submit(alice);
        server.tick();
        server.finish(server.job(), 0.75);

        String kept = house.database.get(
                "select r.slices from run r join judging j on j.id = r.judging where j.submission = ?",
                row -> row.text("slices"),
                submission);
        assertTrue(kept.contains(TestServer.HIDDEN_VALUE), kept);
        String told = house.json.write(told(submission));
        assertTrue(told.contains("\"wide\""), "those of the validation set are told: " + told);
        assertFalse(told.contains(TestServer.HIDDEN_VALUE), told);
    }

    @Test
    void openTwiceMakesOneJudgingWithTheTasksSeeds() {
        contest = house.contest(3, 1);
        UUID submission = contest.submit(contest.team("bob"));

        house.open.tick();
        house.open.tick();

        assertEquals(List.of("waiting", "waiting", "waiting"), house.runStates(submission));
        assertEquals(List.of(1L, 2L, 3L), seeds(submission));
    }

    @Test
    void aTeamHasAsManyJudgingsRunningAsTheTaskAllows() {
        UUID first = contest.submit(alice);
        UUID second = contest.submit(alice);
        UUID bobs = contest.submit(contest.team("bob"));

        server.tick();

        assertEquals("running", house.judgingState(first));
        assertEquals("waiting", house.judgingState(second));
        assertEquals("running", house.judgingState(bobs));
        server.finish(server.runner.launched.getFirst().job(), 0.5);
        server.runner.becomes(server.runner.launched.getFirst().job(), new JobState.Finished());
        server.tick();
        assertEquals("running", house.judgingState(second));
    }

    @Test
    void nothingIsClaimedWithoutAFreeSlot() {
        server.runner.slots = 0;
        UUID submission = contest.submit(alice);

        server.tick();

        assertEquals("waiting", house.judgingState(submission));
        assertEquals(List.of(), house.faults(submission));
    }

    @Test
    void aSecondStartOfACommandIsRefused() {
        contest.submit(alice);
        server.tick();
        JobName job = server.job();
        server.start(job, Purpose.TRAIN);

        refused(() -> server.start(job, Purpose.TRAIN));
        refused(() -> server.start(job, Purpose.SCORE));
    }

    @Test
    void anotherSessionIsFencedOut() {
        contest.submit(alice);
        server.tick();
        Sender sender = server.start(server.job(), Purpose.TRAIN);
        Sender other = new Sender(sender.job(), Purpose.TRAIN, "another");

        refused(() -> house.desk.beat(other, new Beat(1, 0, 3, -1)));
        refused(() -> house.desk.curve(other, new CurvePoint(1, 1, 1, 1, 1, 1)));
        refused(() -> house.desk.log(other, "text"));
        refused(() -> house.desk.input(other, "task"));
        refused(() -> server.putWeights(other));
        refused(() -> server.send(other, TestServer.trained(other.job())));
    }

    @Test
    void trainingIsFencedOutWhenItHasEnded() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.train(server.job());

        refused(() -> house.desk.beat(train, new Beat(9, 3, 3, 0)));
        refused(() -> server.putWeights(train));
        server.start(server.job(), Purpose.SCORE);
        refused(() -> house.desk.input(train, "task"));
        assertEquals("running", house.judgingState(submission));
    }

    @Test
    void trainGetsTheStrategyAndScoreTheHiddenTestAndNeitherTheOthers() {
        contest.submit(alice);
        server.tick();
        JobName job = server.job();
        JobOrder order = house.desk.start(job, Purpose.TRAIN, UUID.randomUUID().toString());
        Sender train = new Sender(job, Purpose.TRAIN, order.session());

        assertEquals(List.of("task", "strategy"), names(order));
        assertEquals(1, order.seed());
        for (String name : List.of("hidden", "weights", "../task", "")) absent(() -> house.desk.input(train, name));
        server.putWeights(train);
        refused(() -> server.send(train, TestServer.scored(job, 1)));
        server.send(train, TestServer.trained(job));

        JobOrder scoreOrder =
                house.desk.start(job, Purpose.SCORE, UUID.randomUUID().toString());
        Sender score = new Sender(job, Purpose.SCORE, scoreOrder.session());
        assertEquals(List.of("task", "weights", "hidden"), names(scoreOrder));
        absent(() -> house.desk.input(score, "strategy"));
        refused(() -> server.send(score, TestServer.rejected()));
        refused(() -> server.send(score, TestServer.trained(job)));
        assertNotEquals(order.session(), scoreOrder.session());
    }

    @Test
    void aResultMayBeSentTwiceAndCountsOnce() {
        UUID submission = contest.submit(alice);
        server.tick();
        JobName job = server.job();
        Sender train = server.train(job);
        server.send(train, TestServer.trained(job));
        Sender score = server.start(job, Purpose.SCORE);
        server.send(train, TestServer.trained(job));
        server.send(score, TestServer.scored(job, 0.5));
        long settled = settledSeq(submission);

        server.send(score, TestServer.scored(job, 0.5));
        server.send(train, TestServer.trained(job));

        assertEquals(settled, settledSeq(submission));
        assertEquals(3, metrics(submission).size());
    }

    @Test
    void anotherResultForTheSameAttemptIsRefusedAndChangesNothing() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender score = server.finish(server.job(), 0.5);

        refused(() -> server.send(score, TestServer.scored(score.job(), 0.9)));

        assertTrue(metrics(submission).contains("public 0.5"));
    }

    @Test
    void weightsThatWereNotStoredCannotBeNamed() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);

        Refusal refusal = assertThrows(Refusal.class, () -> server.send(train, TestServer.trained(train.job())));

        assertEquals(422, refusal.status().getCode());
        assertEquals(List.of("open"), house.faults(submission));
        server.putWeights(train);
        server.send(train, TestServer.trained(train.job()));
    }

    @Test
    void aRejectedStrategyIsSettledWithItsProblemsAndCostsNothing() {
        contest = house.contest(3, 1);
        UUID submission = contest.submit(contest.team("bob"));
        server.tick();
        JobName first = server.runner.launched.getFirst().job();
        Sender train = server.start(first, Purpose.TRAIN);

        server.send(train, TestServer.rejected());
        server.send(train, TestServer.rejected());

        assertEquals("rejected", house.verdict(submission));
        assertEquals(List.of("done", "cancelled", "cancelled"), house.runStates(submission));
        assertEquals(List.of("contestant", "cancelled"), house.faults(submission));
        assertEquals(List.of("charge", "refund"), house.ledger(submission));
        server.sweep.tick();
        assertEquals(Set.of(first, server.job()), Set.copyOf(server.runner.stopped));
    }

    @Test
    void aRunThatOurFaultEndedIsTriedAgainLater() {
        UUID submission = contest.submit(alice);
        server.tick();
        server.runner.becomes(server.job(), new JobState.Broken("train ended with exit code 1"));

        server.observe.tick();

        assertEquals(List.of("ours"), house.faults(submission));
        assertEquals(List.of("waiting"), house.runStates(submission));
        server.tick();
        assertEquals(List.of("waiting"), house.runStates(submission), "it waits for its back-off");
        house.clock.pass(Backoff.LONGEST);
        server.tick();
        assertEquals(List.of("ours", "open"), house.faults(submission));
        server.finish(server.job(), 0.5);
        assertEquals("scored", house.verdict(submission));
    }

    @Test
    void afterThreeFailuresAPersonMustLookAndTheChargeIsGivenBack() {
        UUID submission = contest.submit(alice);
        for (int i = 0; i < 3; i++) {
            server.tick();
            server.runner.becomes(server.job(), new JobState.OverLimit("train ran out of memory"));
            server.observe.tick();
            house.clock.pass(Backoff.LONGEST);
        }
        server.tick();

        assertEquals(List.of("limit", "limit", "limit"), house.faults(submission));
        assertEquals(List.of("held"), house.runStates(submission));
        assertEquals("waiting-on-us", house.judgingState(submission));
        assertEquals("none", house.verdict(submission));
        assertEquals(List.of("charge", "refund"), house.ledger(submission));
    }

    @Test
    void aTaskThatCannotRunIsPausedAndNobodyIsBlamed() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);

        server.send(train, new JobResult.Faulted("organizer", "the initial weights do not fit the model"));

        assertEquals("waiting-on-us", house.judgingState(submission));
        assertEquals(
                "paused",
                house.database.get("select state from task where id = ?", r -> r.text("state"), contest.task));
        assertEquals(
                List.of("paused"),
                house.database.list("select kind from change_log where task = ?", r -> r.text("kind"), contest.task));
    }

    @Test
    void aDraftThatCannotRunPausesNothing() {
        house.database.change("update task_version set published = null where task = ?", contest.task);
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);

        server.send(train, new JobResult.Faulted("organizer", "the initial weights do not fit the model"));

        assertEquals("waiting-on-us", house.judgingState(submission));
        assertEquals(
                "open", house.database.get("select state from task where id = ?", r -> r.text("state"), contest.task));
    }

    @Test
    void aRunThatWasTrainedIsOnlyScoredAgain() {
        UUID submission = contest.submit(alice);
        server.tick();
        server.train(server.job());
        server.start(server.job(), Purpose.SCORE);
        server.runner.becomes(server.job(), new JobState.Interrupted("signal 15"));
        server.observe.tick();

        server.tick();

        assertEquals(List.of("server-died", "open"), house.faults(submission));
        assertEquals(
                List.of(Purpose.SCORE),
                server.runner.launched.getLast().commands().stream()
                        .map(command -> command.purpose())
                        .toList());
        refused(() -> server.start(server.job(), Purpose.TRAIN));
        Sender score = server.start(server.job(), Purpose.SCORE);
        server.send(score, TestServer.scored(server.job(), 0.5));
        assertEquals("scored", house.verdict(submission));
    }

    @Test
    void aJobThatStandsStillForALeaseIsGivenUp() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);
        server.passBeating(train, Duration.ofMinutes(3));
        assertEquals(List.of("open"), house.faults(submission));

        server.passLooking(House.CONFIG.lease());
        assertEquals(List.of("open"), house.faults(submission));
        house.clock.pass(Duration.ofSeconds(1));
        server.expire.tick();

        assertEquals(List.of("lost"), house.faults(submission));
        refused(() -> house.desk.beat(train, new Beat(99, 1, 3, 1)));
        server.sweep.tick();
        assertEquals(List.of(train.job()), server.runner.stopped);
    }

    /** While the server could not look, since its database was away or it stood still itself, no job could be heard. */
    @Test
    void aServerThatCouldNotLookForLongGivesUpNobody() {
        UUID submission = contest.submit(alice);
        UUID elsewhere = contest.submit(contest.team("bob"));
        TestServer other = new TestServer(house, 1, TestServer.elsewhere());
        server.runner.slots = 1;
        server.tick();
        other.dispatch.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);
        other.start(other.job(), Purpose.TRAIN);
        server.tick();

        house.clock.pass(Duration.ofHours(3));
        server.tick();

        assertEquals(List.of("open"), house.faults(submission));
        assertEquals(List.of("open"), house.faults(elsewhere));
        house.desk.beat(train, new Beat(2, 1, 3, 1));
        server.passLooking(House.CONFIG.lease());
        assertEquals(List.of("open"), house.faults(submission));
        assertEquals(List.of("lost"), house.faults(elsewhere), "the one that really fell silent");
    }

    /** It was given up, tried again, and then the first try reports after all. */
    @Test
    void aJobThatOutlivesItsLeaseAndThenReportsChangesNothing() {
        UUID submission = contest.submit(alice);
        server.tick();
        JobName first = server.job();
        server.train(first);
        Sender late = server.start(first, Purpose.SCORE);
        server.passLooking(House.CONFIG.lease().plusSeconds(20));
        assertEquals(List.of("lost"), house.faults(submission));
        house.clock.pass(Backoff.LONGEST);
        server.runner.forgetAll();
        server.tick();
        JobName second = server.job();
        assertEquals(2, second.attempt());

        refused(() -> server.send(late, TestServer.scored(first, 0.9)));
        assertEquals("none", house.verdict(submission));
        Sender now = server.start(second, Purpose.SCORE);
        refused(() -> server.send(late, TestServer.scored(first, 0.9)));
        server.send(now, TestServer.scored(second, 0.5));
        refused(() -> server.send(late, TestServer.scored(first, 0.9)));

        assertEquals("scored", house.verdict(submission));
        assertTrue(metrics(submission).contains("public 0.5"));
        assertEquals(List.of("charge"), house.ledger(submission));
    }

    @Test
    void aJobPastItsDeadlineIsGivenUpHoweverOftenItBeats() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);

        server.passBeating(train, Duration.ofMinutes(20));
        assertEquals(List.of("open"), house.faults(submission));
        server.passLooking(Duration.ofSeconds(50));
        house.desk.beat(train, new Beat(99, 1, 3, 1));
        server.passLooking(Duration.ofSeconds(20));

        assertEquals(List.of("limit"), house.faults(submission));
    }

    @Test
    void aWallClockThatJumpsAnHourEndsNothingAndHoldsNothingBack() {
        UUID submission = contest.submit(alice);
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);
        house.clock.jump(Duration.ofHours(1));
        server.tick();
        house.desk.beat(train, new Beat(1, 1, 3, 1));
        house.clock.jump(Duration.ofHours(-2));
        server.tick();
        assertEquals(List.of("open"), house.faults(submission));

        server.runner.becomes(server.job(), new JobState.Broken("a fault"));
        server.observe.tick();
        house.clock.jump(Duration.ofHours(-1));
        server.tick();

        assertEquals(List.of("ours", "open"), house.faults(submission));
    }

    @Test
    void attemptsOfADeadServerOnThisMachineAreTakenOverAndDoNotCount() {
        TestServer dead = new TestServer(house, 2, TestServer.withDeadServer());
        UUID begun = contest.submit(alice);
        UUID notBegun = contest.submit(contest.team("bob"));
        dead.house.open.tick();
        dead.dispatch.tick();
        JobName job = dead.runner.launched.getFirst().job();
        Sender old = dead.start(job, Purpose.TRAIN);
        house.attempts.recordPlace(job, new ProcessMark(4, 4));

        server.tick();

        assertEquals(List.of("server-died"), house.faults(begun));
        assertEquals(List.of("never-started"), house.faults(notBegun));
        assertEquals(List.of(job), server.runner.leftoversStopped);
        refused(() -> house.desk.beat(old, new Beat(1, 1, 3, 1)));
        server.tick();
        assertEquals(List.of("server-died", "open"), house.faults(begun));
        assertEquals(0, house.failures(begun));
    }

    @Test
    void twentyRestartsDoNotUseUpARunsTries() {
        UUID submission = contest.submit(alice);
        for (int i = 0; i < 20; i++) {
            TestServer dead = new TestServer(house, 2, TestServer.withDeadServer());
            dead.house.open.tick();
            dead.dispatch.tick();
            dead.start(dead.job(), Purpose.TRAIN);
            server.sweep.tick();
        }

        assertEquals(0, house.failures(submission));
        server.tick();
        server.finish(server.job(), 0.5);
        assertEquals("scored", house.verdict(submission));
    }

    @Test
    void aServerOnAnotherMachineIsGoneOnlyWhenItHasNotBeenSeenForALease() {
        TestServer other = new TestServer(house, 2, TestServer.elsewhere());
        UUID submission = contest.submit(alice);
        house.open.tick();
        other.dispatch.tick();
        Sender train = other.start(other.job(), Purpose.TRAIN);
        server.sweep.tick();
        server.passLooking(Duration.ofSeconds(50));
        other.instance.beSeen();
        house.desk.beat(train, new Beat(1, 1, 3, 1));
        server.passLooking(Duration.ofSeconds(50));
        assertEquals(List.of("open"), house.faults(submission));

        house.desk.beat(train, new Beat(2, 1, 3, 1));
        server.passLooking(Duration.ofSeconds(30));

        assertEquals(List.of("server-died"), house.faults(submission));
        assertEquals(List.of(), server.runner.leftoversStopped);
    }

    @Test
    void anAttemptWhoseJobWasNeverStartedIsPutBack() {
        UUID submission = contest.submit(alice);
        server.tick();
        server.runner.states.clear();

        server.sweep.tick();

        assertEquals(List.of("never-started"), house.faults(submission));
        assertEquals(List.of("waiting"), house.runStates(submission));
    }

    @Test
    void aJobWhoseAttemptIsClosedIsStopped() {
        contest.submit(alice);
        server.tick();
        JobName job = server.job();
        server.sweep.tick();
        assertEquals(List.of(), server.runner.stopped);
        house.attempts.end(job, Fault.LOST, "as a test wants it");

        server.sweep.tick();

        assertEquals(List.of(job), server.runner.stopped);
    }

    @Test
    void theLastTwoSeedsEndingTogetherSettleOnce() throws Exception {
        contest = house.contest(2, 1);
        UUID submission = contest.submit(contest.team("bob"));
        server.tick();
        List<JobName> jobs =
                server.runner.launched.stream().map(launch -> launch.job()).toList();
        List<Sender> senders = jobs.stream()
                .map(job -> {
                    server.train(job);
                    return server.start(job, Purpose.SCORE);
                })
                .toList();

        together(
                () -> server.send(senders.get(0), TestServer.scored(jobs.get(0), 0.5)),
                () -> server.send(senders.get(1), TestServer.scored(jobs.get(1), 0.7)));

        assertEquals("scored", house.verdict(submission));
        assertEquals(List.of("done", "done"), house.runStates(submission));
    }

    @Test
    void twoServersShareTheWorkAndStartNothingTwice() throws Exception {
        for (int i = 0; i < 10; i++) contest.submit(contest.team("team-" + i));
        UUID second = contest.submit(alice);
        contest.submit(alice);
        TestServer other = new TestServer(house, 20);
        server.runner.slots = 20;

        together(
                () -> {
                    house.open.tick();
                    server.dispatch.tick();
                },
                () -> {
                    house.open.tick();
                    other.dispatch.tick();
                });
        server.tick();
        other.tick();

        Set<JobName> launched = new HashSet<>();
        server.runner.launched.forEach(launch -> assertTrue(launched.add(launch.job())));
        other.runner.launched.forEach(launch -> assertTrue(launched.add(launch.job())));
        assertEquals(11, launched.size(), "ten teams and one of alice's two");
        assertEquals(List.of("open"), house.faults(second));
    }

    @Test
    void settledNumbersGrowInTheOrderOfSettling() {
        UUID first = contest.submit(alice);
        UUID second = contest.submit(contest.team("bob"));
        server.tick();
        server.finish(server.runner.launched.get(1).job(), 0.5);
        server.finish(server.runner.launched.get(0).job(), 0.5);

        assertTrue(settledSeq(first) > settledSeq(second));
        assertFalse(house.judgingState(first).equals("running"));
    }

    @Test
    void aContestantReadsTheJudgingFromTheQueueToTheScore() {
        UUID first = contest.submit(alice);
        UUID second = contest.submit(alice);
        UUID bobs = contest.submit(contest.team("bob"));
        house.open.tick();
        assertEquals(1, told(first).place());
        assertEquals(2, told(bobs).place());
        assertEquals(3, told(second).place());

        server.dispatch.tick();
        JobName job = server.runner.launched.getFirst().job();
        Sender train = server.start(job, Purpose.TRAIN);
        house.desk.beat(train, new Beat(1, 2, 3, 4.5));
        house.desk.curve(train, new CurvePoint(1, 2, 0.5, 2, 0.5, 0.1));
        house.desk.curve(train, new CurvePoint(1, 2, 0.5, 2, 0.5, 0.1));
        house.clock.pass(Duration.ofSeconds(7));

        Judgement running = told(first);
        assertEquals(Judgement.State.RUNNING, running.state());
        assertEquals(new Judgement.Progress("train", 2, 3, null, 5.0, 0L, 1), running.progress());
        assertEquals(List.of(new CurvePoint(1, 2, 0.5, 2, 0.5, 0.1)), running.curve());
        assertEquals(1, told(second).place());

        server.putWeights(train);
        server.send(train, TestServer.trained(job));
        server.send(server.start(job, Purpose.SCORE), TestServer.scored(job, 0.75));

        Judgement scored = told(first);
        assertEquals(Judgement.Verdict.SCORED, scored.verdict());
        assertEquals(Judgement.Score.of("accuracy", 0.75, 60), scored.score());
        assertEquals(Map.of("load", 2.0, "train", 2.0, "score", 3.0), scored.seconds());
        assertEquals(List.of("a note"), scored.notes());
        assertEquals(TestServer.trained(job).weights(), scored.finalWeights());
        assertEquals(0.5, Objects.requireNonNull(scored.validation()).metrics().get("accuracy"));
    }

    @Test
    void aContestantReadsWhoseFaultItIsAndWhatHappensNext() {
        UUID submission = contest.submit(alice);
        server.tick();
        server.runner.becomes(server.job(), new JobState.OverLimit("train ran out of memory"));
        server.observe.tick();
        assertEquals(
                "The last try ran out of memory or time on our machine. It is tried again by itself (1 of 3 tries failed so"
                        + " far); you need not do anything.",
                told(submission).fault());

        for (int i = 0; i < 2; i++) {
            house.clock.pass(Backoff.LONGEST);
            server.tick();
            assertNull(told(submission).fault());
            server.runner.becomes(server.job(), new JobState.OverLimit("train ran out of memory"));
            server.observe.tick();
        }

        assertEquals(Judgement.State.WAITING_ON_US, told(submission).state());
        assertTrue(Objects.requireNonNull(told(submission).fault()).contains("not charged"));
    }

    @Test
    void aCancelledJudgingIsNotDispatchedAndARunningOneIsStopped() {
        UUID waiting = contest.submit(alice);
        house.open.tick();
        assertEquals(Judgements.Cancelled.BEFORE_IT_STARTED, cancel(waiting));
        server.tick();
        assertEquals(List.of(), house.faults(waiting));
        UUID sentOff = contest.submit(alice);
        server.tick();
        assertEquals(Judgements.Cancelled.BEFORE_IT_STARTED, cancel(sentOff), "its job has not started");
        server.sweep.tick();
        UUID failed = contest.submit(alice);
        server.tick();
        server.start(server.job(), Purpose.TRAIN);
        server.runner.becomes(server.job(), new JobState.OverLimit("train ran out of memory"));
        server.observe.tick();
        assertEquals(Judgements.Cancelled.BEFORE_IT_STARTED, cancel(failed), "our fault left nothing of it");
        UUID running = contest.submit(alice);
        server.tick();
        server.start(server.job(), Purpose.TRAIN);

        assertEquals(Judgements.Cancelled.WHILE_IT_RAN, cancel(running));

        assertEquals("cancelled", house.judgingState(running));
        assertEquals(List.of("cancelled"), house.faults(running));
        server.sweep.tick();
        assertTrue(server.runner.stopped.contains(server.job()));
        UUID held = contest.submit(alice);
        for (int i = 0; i < JudgingConfig.FAILURES_MAX; i++) {
            server.tick();
            server.runner.becomes(server.job(), new JobState.OverLimit("train ran out of memory"));
            server.observe.tick();
            house.clock.pass(Backoff.LONGEST);
        }
        assertEquals("waiting-on-us", house.judgingState(held));
        assertEquals(Judgements.Cancelled.BEFORE_IT_STARTED, cancel(held));
        assertEquals("cancelled", house.judgingState(held));
        UUID settled = contest.submit(alice);
        server.tick();
        server.finish(server.job(), 0.5);
        assertEquals(Judgements.Cancelled.TOO_LATE, cancel(settled));
    }

    @Test
    void whoLooksOnIsToldAnewOnlyWhenSomethingHappened() {
        UUID submission = contest.submit(alice);
        assertEquals(Optional.empty(), house.judgements.stateOf(submission));
        house.open.tick();
        Optional<String> waiting = house.judgements.stateOf(submission);
        assertTrue(waiting.isPresent());
        house.clock.pass(Duration.ofSeconds(60));
        assertEquals(waiting, house.judgements.stateOf(submission));
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);
        house.desk.beat(train, new Beat(1, 1, 3, 200));
        Optional<String> epochOne = house.judgements.stateOf(submission);
        assertNotEquals(waiting, epochOne);
        Judgement told = told(submission);
        house.clock.pass(Duration.ofSeconds(10));
        house.desk.beat(train, new Beat(2, 1, 3, 190));
        house.clock.pass(Duration.ofSeconds(10));
        assertEquals(epochOne, house.judgements.stateOf(submission), "it beats, and nothing else is new");
        assertEquals(told, told(submission));
        house.clock.pass(Duration.ofSeconds(10));
        assertNotEquals(epochOne, house.judgements.stateOf(submission), "it has been silent for 20 seconds");
        assertEquals(15L, Objects.requireNonNull(told(submission).progress()).heardSecondsAgo());
        house.desk.beat(train, new Beat(3, 2, 3, 100));
        Optional<String> epochTwo = house.judgements.stateOf(submission);
        assertNotEquals(epochOne, epochTwo);
        house.desk.curve(train, new CurvePoint(2, 2, 0.5, 2, 0.5, 0.1));
        assertNotEquals(epochTwo, house.judgements.stateOf(submission));
        server.putWeights(train);
        server.send(train, TestServer.trained(server.job()));
        server.send(server.start(server.job(), Purpose.SCORE), TestServer.scored(server.job(), 0.5));
        Optional<String> settled = house.judgements.stateOf(submission);
        house.clock.pass(Duration.ofHours(1));
        assertEquals(settled, house.judgements.stateOf(submission));
    }

    @Test
    void whoWaitsReadsAPlaceAndARangeOfTimes() {
        UUID bob = contest.team("bob");
        UUID first = contest.submit(alice);
        house.open.tick();
        assertEquals(1, told(first).place());
        assertNull(told(first).startsIn(), "no run of this task is known yet");
        server.tick();
        Sender train = server.start(server.job(), Purpose.TRAIN);
        server.putWeights(train);
        server.send(train, TestServer.trained(server.job()));
        house.clock.pass(Duration.ofSeconds(100));
        server.send(server.start(server.job(), Purpose.SCORE), TestServer.scored(server.job(), 0.5));

        UUID running = contest.submit(alice);
        server.tick();
        UUID next = contest.submit(bob);
        UUID last = contest.submit(alice);
        house.open.tick();

        assertEquals("running", house.judgingState(running));
        assertNull(told(running).place());
        assertEquals(1, told(next).place());
        assertEquals(new Judgement.Wait(0, 120), told(next).startsIn(), "the one slot is free within one run");
        assertEquals(2, told(last).place());
        assertEquals(new Judgement.Wait(60, 240), told(last).startsIn(), "one run is before it, and one runs");
        database("update task set state = 'paused' where id = ?", contest.task);
        assertNull(told(next).place(), "nothing of a paused task starts");
    }

    @Test
    void aRejectedStrategyIsChargedWhereTheTaskSaysSo() {
        database(
                "update task_version set document = replace(document, '\"rejectedFree\":true', '\"rejectedFree\":false')"
                        + " where task = ?",
                contest.task);
        UUID submission = contest.submit(alice);
        server.tick();

        server.send(server.start(server.job(), Purpose.TRAIN), TestServer.rejected());

        assertEquals("rejected", house.verdict(submission));
        assertEquals(List.of("charge"), house.ledger(submission));
    }

    @Test
    void anAdministratorPutsOneFirstAndBack() {
        UUID bob = contest.team("bob");
        contest.submit(alice);
        UUID mine = contest.submit(bob);
        assertFalse(house.queue.putFirst(mine, true), "it is not in the queue yet");
        house.open.tick();
        assertEquals(2, told(mine).place());
        assertTrue(house.queue.putFirst(mine, true));
        assertEquals(1, told(mine).place());
        assertEquals(
                judgingOf(mine), house.queue.fairOrder().next().orElseThrow().judging());
        assertTrue(house.queue.putFirst(mine, false));
        assertEquals(2, told(mine).place());
    }

    @Test
    void noMoreBeginThanTheHouseAndTheTaskAllow() {
        UUID bob = contest.team("bob");
        contest.submit(alice);
        contest.submit(bob);
        house.open.tick();
        try {
            house.limits.setTask(contest.task, 0);
            server.dispatch.tick();
            assertEquals(0, server.runner.launched.size());
            house.limits.setTask(contest.task, 1);
            FairOrder seenByTwo = house.queue.fairOrder();
            FairOrder.Waiting one = seenByTwo.next().orElseThrow();
            assertTrue(seenByTwo.next().isEmpty());
            server.dispatch.tick();
            assertEquals(1, server.runner.launched.size());
            UUID other = judgings().stream()
                    .filter(judging -> !judging.equals(one.judging()))
                    .findFirst()
                    .orElseThrow();
            assertFalse(
                    house.database.transaction(() -> house.queue.mayBegin(bob, contest.task, 1, true)),
                    other.toString());
            house.limits.setTask(contest.task, null);
            house.limits.setHouse(1);
            server.dispatch.tick();
            assertEquals(1, server.runner.launched.size());
            assertFalse(house.database.transaction(() -> house.queue.mayBegin(bob, contest.task, 1, true)));
            house.limits.setHouse(null);
            server.dispatch.tick();
            assertEquals(2, server.runner.launched.size());
        } finally {
            house.limits.setHouse(null);
        }
    }

    @Test
    void aTaskThatCannotBeReadStopsNobodyElse() {
        Contest broken = house.contest(1, 1);
        UUID lost = broken.submit(broken.team("lost"));
        UUID mine = contest.submit(alice);
        database("update task_version set document = '{' where task = ?", broken.task);

        server.tick();

        assertEquals("running", house.judgingState(mine));
        assertEquals(List.of(), house.runStates(lost));
        assertEquals(
                "paused",
                house.database.get("select state from task where id = ?", row -> row.text("state"), broken.task));
    }

    private void database(String sql, Object... arguments) {
        house.database.change(sql, arguments);
    }

    private UUID judgingOf(UUID submission) {
        return house.database.get("select id from judging where submission = ?", row -> row.uuid("id"), submission);
    }

    private List<UUID> judgings() {
        return house.database.list("select id from judging where task = ?", row -> row.uuid("id"), contest.task);
    }

    private Judgement told(UUID submission) {
        return house.judgements.of(List.of(submission)).get(submission);
    }

    private Judgements.Cancelled cancel(UUID submission) {
        return house.database.transaction(() -> house.judgements.cancel(submission));
    }

    private static void together(Runnable one, Runnable other) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            CountDownLatch both = new CountDownLatch(2);
            List<Future<?>> ends = List.of(one, other).stream()
                    .<Future<?>>map(work -> threads.submit(() -> {
                        both.countDown();
                        both.await();
                        work.run();
                        return null;
                    }))
                    .toList();
            for (Future<?> end : ends) end.get();
        }
    }

    private static void refused(Runnable act) {
        assertEquals(409, assertThrows(Refusal.class, act::run).status().getCode());
    }

    private static void absent(Runnable act) {
        assertEquals(404, assertThrows(Refusal.class, act::run).status().getCode());
    }

    private static List<String> names(JobOrder order) {
        return order.inputs().stream().map(JobOrder.Input::name).toList();
    }

    private List<String> metrics(UUID submission) {
        return house.database.list("""
                select m.fold, m.measured from metric m join run r on r.id = m.run join judging j on j.id = r.judging
                where j.submission = ? order by m.fold
                """, row -> row.text("fold") + " " + row.decimal("measured"), submission);
    }

    private List<Long> seeds(UUID submission) {
        return house.database.list("""
                select r.seed from run r join judging j on j.id = r.judging where j.submission = ? order by r.seed_index
                """, row -> row.number("seed"), submission);
    }

    private long settledSeq(UUID submission) {
        return house.database.get(
                "select settled_seq from judging where submission = ?", row -> row.number("settled_seq"), submission);
    }
}
