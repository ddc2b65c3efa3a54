package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.http.Refusal;
import touchstone.api.judging.JobFence.Sender;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobState;
import touchstone.api.runner.Launch;
import touchstone.api.runner.PodMark;
import touchstone.api.submission.Judgement;
import touchstone.spec.job.Beat;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.job.JobResult;

/** Judgings whose jobs run on a cluster, and so go on without the server that started them. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class ClusterJudgingTest {
    @TempDir
    private static Path data;

    private static @Nullable House shared;

    @Parameter
    private TestDatabase kind;

    private House house;
    private House.Contest contest;
    private UUID submission;
    private TestServer server;

    @AfterAll
    static void close() {
        if (shared != null) shared.close();
        shared = null;
    }

    @BeforeEach
    void aSubmission() {
        if (shared == null) shared = new House(kind, data);
        house = shared;
        house.database.change("update task set state = 'paused'");
        contest = house.contest(1, 1);
        submission = contest.submit(contest.team("alice"));
        server = onCluster(Machine.here());
    }

    private TestServer onCluster(Machine machine) {
        TestServer made = new TestServer(house, 2, machine);
        made.runner.cluster = true;
        return made;
    }

    private TestServer dispatchedByAServerThatDied() {
        TestServer dead = onCluster(TestServer.withDeadServer());
        house.open.tick();
        dead.dispatch.tick();
        return dead;
    }

    @Test
    void aJobGoesOnWithoutTheServerThatStartedIt() {
        TestServer dead = dispatchedByAServerThatDied();
        JobName job = dead.job();
        Sender train = dead.start(job, Purpose.TRAIN);

        server.runner.becomes(job, new JobState.Running(new PodMark("node-1", null)));
        server.tick();

        assertEquals(List.of("open"), house.faults(submission));
        house.desk.beat(train, new Beat(1, 1, 3, 1));
        dead.putWeights(train);
        dead.send(train, TestServer.trained(job));
        dead.send(dead.start(job, Purpose.SCORE), TestServer.scored(job, 0.75));
        assertEquals("scored", house.verdict(submission));
        server.tick();
        assertEquals(List.of(job), server.runner.stopped.stream().distinct().toList(), "its Job is removed");
    }

    @Test
    void anAttemptWhoseServerDiedBeforeItMadeTheJobIsGivenBack() {
        JobName job = dispatchedByAServerThatDied().job();
        server.tick();
        assertEquals(List.of("never-started"), house.faults(submission));
        house.clock.pass(Backoff.LONGEST);
        server.tick();
        assertEquals(new JobName(job.run(), 2), server.job());
        assertEquals(0, house.failures(submission));
    }

    /** A Job whose Secret is missing has a pod that never comes up. */
    @Test
    void aJobThatItsServerDiedMakingIsMadeAnew() {
        TestServer dead = dispatchedByAServerThatDied();
        JobName job = dead.job();
        server.runner.becomes(job, new JobState.Starting());
        server.passLooking(Duration.ofHours(1));
        assertEquals(List.of("open"), house.faults(submission), "it waits for a machine");

        server.runner.places.put(job, new PodMark("node-1", null));
        server.passLooking(House.CONFIG.lease().multipliedBy(2));
        assertEquals(List.of("open"), house.faults(submission));
        server.passLooking(House.CONFIG.lease().multipliedBy(2));
        assertEquals("never-started", house.faults(submission).getFirst());
    }

    /** A tag may have been moved since: what a machine says that it runs stays with the result, whoever tells first. */
    @Test
    void aResultKeepsTheImageThatItsMachineRuns() {
        contest.submit(contest.team("bob"));
        server.tick();
        JobName seenFirst = server.runner.launched.getFirst().job();
        JobName seenLate = server.runner.launched.getLast().job();
        JobState pulled = new JobState.Running(new PodMark("node-1", "evaluator@sha256:1"));
        server.runner.becomes(seenFirst, new JobState.Running(new PodMark("node-1", null)));
        server.observe.tick();
        server.runner.becomes(seenFirst, pulled);
        server.observe.tick();
        for (JobName job : List.of(seenFirst, seenLate)) {
            Sender train = server.start(job, Purpose.TRAIN);
            server.putWeights(train);
            server.send(train, on(TestServer.trained(job), "NVIDIA H100"));
            server.runner.becomes(job, pulled);
            server.observe.tick();
            server.send(server.start(job, Purpose.SCORE), TestServer.scored(job, 0.75));
            assertEquals(
                    Map.of("gpu", "NVIDIA H100", "imageDigest", "evaluator@sha256:1", "threads", "1"),
                    house.json.readWords(house.database.get(
                            "select fingerprint from attempt where run = ?",
                            row -> row.text("fingerprint"),
                            job.run())));
        }
    }

    @Test
    void nothingIsConcludedWhileTheClusterIsOutOfSight() {
        dispatchedByAServerThatDied();
        server.runner.seesAll = false;
        server.tick();
        assertEquals(List.of("open"), house.faults(submission));
        server.runner.seesAll = true;
        server.tick();
        assertEquals(List.of("never-started"), house.faults(submission).subList(0, 1));
    }

    @Test
    void aJobThatAPersonDeletesIsMadeAgainAndCountsForNothing() {
        server.tick();
        server.start(server.job(), Purpose.TRAIN);
        server.runner.forgetAll();
        server.tick();
        assertEquals("cancelled", house.faults(submission).getFirst());
        server.tick();
        assertEquals(2, server.job().attempt());
        assertEquals(0, house.failures(submission));
    }

    @Test
    void aJobMayWaitForAMachineForHoursAndSaysSo() {
        server.tick();
        JobName job = server.job();
        server.runner.becomes(job, new JobState.Queued("0/2 nodes are available: 2 Insufficient nvidia.com/gpu."));
        server.observe.tick();
        server.passLooking(Duration.ofHours(3));
        assertEquals(List.of("open"), house.faults(submission));
        assertTrue(progress().waitsFor().contains("no machine free"), progress().waitsFor());

        Sender train = server.start(job, Purpose.TRAIN);
        server.runner.becomes(job, new JobState.Running(new PodMark("node-1", null)));
        server.observe.tick();
        assertNull(progress().waitsFor());
        server.passBeating(train, Duration.ofMinutes(1));
        assertEquals(List.of("open"), house.faults(submission), "what it waited does not count among what it may take");
        server.passLooking(House.CONFIG.lease().plusSeconds(20));
        assertEquals(List.of("lost"), house.faults(submission));
    }

    private Judgement.Progress progress() {
        UUID judging =
                house.database.get("select id from judging where submission = ?", row -> row.uuid("id"), submission);
        return new RunningJob(house.database, house.json, house.clock)
                .progress(judging)
                .orElseThrow();
    }

    @Test
    void whatTheClusterDoesToAJobIsNotHeldAgainstIt() {
        for (JobState state : List.of(
                new JobState.Displaced("something more urgent took its machine"),
                new JobState.NeverStarted("its pod did not come up"))) {
            server.tick();
            server.runner.becomes(server.job(), state);
            server.observe.tick();
            house.clock.pass(Backoff.LONGEST);
            server.tick();
        }
        assertEquals(List.of("cancelled", "never-started", "open"), house.faults(submission));
        assertEquals(0, house.failures(submission));
        server.ends(new JobState.Lost("its machine is gone"));
        server.observe.tick();
        assertEquals(1, house.failures(submission));
    }

    /** As where no container reaches the server, or no image can be had. */
    @Test
    void whereNothingBeginsNoRunLosesATryAndJobsAreSentOneAtATime() {
        server = new TestServer(house, 20, Machine.here());
        server.runner.cluster = true;
        Beginnings beginnings = new Beginnings(house.database, server.runner, house.clock);
        for (int i = 0; i < 11; i++) contest.submit(contest.team("team-" + i));
        server.tick();
        assertEquals(12, server.runner.launched.size());
        assertEquals(Optional.empty(), beginnings.trouble());
        breakAll();
        assertEquals(List.of("never-started"), house.faults(submission));
        assertEquals(0, house.failures(submission));
        String trouble = beginnings.trouble().orElseThrow();
        assertTrue(trouble.contains("fetch could not reach the server"), trouble);

        for (int i = 1; i <= 2; i++) {
            house.clock.pass(Backoff.LONGEST);
            server.tick();
            assertEquals(12 + i, server.runner.launched.size());
            breakAll();
        }
        house.clock.pass(Backoff.LONGEST);
        server.tick();
        server.start(server.job(), Purpose.TRAIN);
        assertEquals(Optional.empty(), beginnings.trouble());
        server.tick();
        assertEquals(12 + 2 + 12, server.runner.launched.size());
    }

    private void breakAll() {
        for (JobName job : List.copyOf(server.runner.jobs().keySet()))
            server.runner.becomes(job, new JobState.Broken("fetch could not reach the server"));
        server.observe.tick();
    }

    @Test
    void whereNoOtherMachineIsKnownARunGoesWhereItFailed() {
        server.tick();
        server.runner.places.put(server.job(), new PodMark("node-1", null));
        server.ends(new JobState.Broken("train ended with exit code 134"));
        server.observe.tick();
        house.clock.pass(Backoff.LONGEST);
        server.tick();
        assertEquals(2, server.job().attempt());
        assertEquals(List.of(), server.runner.launched.getLast().failedOn());
    }

    /** Also from one where nothing of it began, such as a machine whose cards' driver is broken. */
    @Test
    void aRunIsKeptFromTheMachinesWhereItFailedUntilItFindsNoOther() {
        Sender begun = oneRunsOnNodeTwo();
        neverStartsOn("node-1");
        assertEquals(List.of("node-1"), nextAttempt(begun).failedOn());

        server.runner.becomes(server.job(), new JobState.NeverStarted("no machine is free for it but such where"));
        assertEquals(List.of(), nextAttempt(begun).failedOn());
        assertEquals(3, server.job().attempt());
    }

    /** Not for an hour, as for a machine that is busy: there is none to wait for. */
    @Test
    void aRunThatFailedOnEveryMachineMayGoToAnyAgain() {
        Sender begun = oneRunsOnNodeTwo();
        neverStartsOn("node-1");
        assertEquals(List.of("node-1"), nextAttempt(begun).failedOn());

        neverStartsOn("node-2");
        assertEquals(List.of(), nextAttempt(begun).failedOn());
        assertEquals(3, server.job().attempt());
    }

    /** Another is the job that was started last. */
    private Sender oneRunsOnNodeTwo() {
        server.tick();
        JobName job = server.job();
        Sender begun = server.start(job, Purpose.TRAIN);
        server.runner.becomes(job, new JobState.Running(new PodMark("node-2", null)));
        contest.submit(contest.team("bob"));
        server.tick();
        return begun;
    }

    private void neverStartsOn(String node) {
        server.runner.places.put(server.job(), new PodMark(node, null));
        server.runner.becomes(server.job(), new JobState.NeverStarted("train does not start: StartError"));
    }

    private Launch nextAttempt(Sender begun) {
        server.observe.tick();
        house.clock.pass(Backoff.LONGEST);
        house.desk.beat(begun, new Beat(1, 1, 3, 1));
        server.tick();
        return server.runner.launched.getLast();
    }

    @Test
    void fetchingLeavesNoTraceAndEndsWithTheAttemptsBeginning() throws Exception {
        server.tick();
        JobName job = server.job();
        for (int i = 0; i < 2; i++) {
            JobOrder order = house.desk.start(job, Purpose.FETCH, "session-" + i);
            assertEquals(
                    List.of("task"),
                    order.inputs().stream().map(JobOrder.Input::name).toList());
        }
        Sender fetching = new Sender(job, Purpose.FETCH, "session-0");
        house.desk.input(fetching, "task").close();
        assertEquals(404, statusOf(() -> house.desk.input(fetching, "hidden")));
        assertEquals(404, statusOf(() -> house.desk.input(fetching, "strategy")));
        assertEquals(409, statusOf(() -> house.desk.beat(fetching, new Beat(1, 1, 3, 1))));
        assertEquals(409, statusOf(() -> server.send(fetching, TestServer.rejected())));

        server.finish(job, 0.5);
        assertEquals(409, statusOf(() -> house.desk.start(job, Purpose.FETCH, "late")));
        assertEquals("scored", house.verdict(submission));
    }

    @Test
    void aResultFromAnotherCardThanTheRecipeDemandsIsThrownAway() {
        house.database.change(
                "update task_version set document = replace(document, '\"gpu\":null', ?) where task = ?",
                "\"gpu\":{\"product\":\"NVIDIA-H100\",\"count\":1}",
                contest.task);
        server.tick();
        assertEquals(
                "NVIDIA-H100", server.runner.launched.getLast().device().gpu().product());
        Sender train = server.start(server.job(), Purpose.TRAIN);
        server.putWeights(train);
        server.send(train, on(TestServer.trained(server.job()), "NVIDIA T4"));
        assertEquals(List.of("ours"), house.faults(submission));

        server.runner.becomes(server.job(), new JobState.Finished());
        server.observe.tick();
        house.clock.pass(Duration.ofMinutes(5));
        server.tick();
        Sender again = server.start(server.job(), Purpose.TRAIN);
        server.putWeights(again);
        server.send(again, on(TestServer.trained(server.job()), "NVIDIA H100"));
        assertEquals(List.of("ours", "open"), house.faults(submission));
    }

    private static int statusOf(Runnable act) {
        return assertThrows(Refusal.class, act::run).status().getCode();
    }

    private static JobResult.Trained on(JobResult.Trained trained, String gpu) {
        return new JobResult.Trained(
                trained.weights(),
                trained.initialWeights(),
                trained.validation(),
                trained.seconds(),
                Map.of("gpu", gpu),
                trained.notes());
    }
}
