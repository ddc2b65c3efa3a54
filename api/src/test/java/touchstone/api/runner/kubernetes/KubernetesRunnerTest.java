package touchstone.api.runner.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.api.runner.JobState;
import touchstone.api.runner.PodMark;
import touchstone.kubernetes.fake.Container;
import touchstone.kubernetes.fake.Fault;

/** A job from its start to its end, and the ways in which it ends by itself. */
class KubernetesRunnerTest extends OnFakeCluster {
    @Test
    void aJobTrainsScoresAndLeavesNothingWhenItIsForgotten() throws Exception {
        Container train = training();
        assertEquals("token-t", Files.readString(train.folder("/token").resolve("train")));
        assertFalse(Files.exists(train.folder("/token").resolve("score")));
        assertEquals("node-1", train.environment().get("TOUCHSTONE_NODE"));
        assertEquals("avx2", train.environment().get("ATEN_CPU_CAPABILITY"));
        PodMark mark = (PodMark) awaitState(JobState.Running.class).place();
        assertEquals("node-1", mark.node());
        assertEquals(3, runner.freeSlots());

        train.exit(0);
        Container score = running(JobManifest.SCORE);
        assertEquals("token-s", Files.readString(score.folder("/token").resolve("score")));
        assertEquals(score.folder("/handover"), train.folder("/handover"));
        score.exit(0);

        awaitState(JobState.Finished.class);
        runner.forget(job);
        assertEquals(Map.of(), runner.jobs());
        await(this::isEmpty);
        await(() -> runner.freeSlots() == 4);
    }

    /** Watches tell the rest, and lists come by the clock, however many jobs there are. */
    @Test
    void aJobThatGoesWellCostsThreeCalls() {
        training().exit(0);
        running(JobManifest.SCORE).exit(0);
        awaitState(JobState.Finished.class);
        runner.forget(job);
        await(this::isEmpty);
        Map<String, Long> calls = new TreeMap<>();
        cluster.traffic().counts().forEach((call, count) -> calls.put(call, count.calls()));
        calls.keySet().removeIf(call -> call.startsWith("list ") || call.equals("create namespaces"));
        assertEquals(
                Map.of("create jobs", 1L, "create secrets", 1L, "delete jobs", 1L, "watch jobs", 1L, "watch pods", 1L),
                calls);
    }

    @Test
    void startedTwiceItIsOneJob() throws Exception {
        training();
        runner.start(launch(CPU));
        await(() -> runner.jobs().size() == 1 && state() instanceof JobState.Running);
        assertEquals(1, count("jobs"));
    }

    @Test
    void aServerBesideThisOneSeesTheSameJobs() {
        KubernetesRunner other = runner("house", null);
        KubernetesRunner otherHouse = runner("another-house", null);
        training();
        await(() -> other.jobs().get(job) instanceof JobState.Running);
        assertEquals(Map.of(), otherHouse.jobs());
        other.stop(job);
        await(() -> runner.jobs().isEmpty());
        await(this::isEmpty);
    }

    @Test
    void aServerThatStartsFindsWhatRuns() {
        training();
        runner.close();
        runner = runner("house", null);
        assertInstanceOf(JobState.Running.class, state(), "at once: a job that is not seen would be given up");
        assertEquals(3, runner.freeSlots());
    }

    @Test
    void aCommandThatFailsIsToldWithWhatItPrinted() {
        Container train = training();
        train.log("java.lang.IllegalStateException: the moon is full");
        train.exit(1);
        String detail = awaitState(JobState.Broken.class).detail();
        assertTrue(detail.contains("train ended with exit code 1"), detail);
        assertTrue(detail.contains("the moon is full"), detail);
    }

    @Test
    void aCommandThatTheServerEndedEndsSo() {
        training().exit(3);
        awaitState(JobState.ToldToStop.class);
    }

    @Test
    void aKilledContainerIsToldWithItsSignal() {
        training().kill(11);
        String detail = awaitState(JobState.Broken.class).detail();
        assertTrue(detail.contains("signal 11"), detail);
    }

    /** Nothing that may go on for ever counts for nothing; and no server was restarted. */
    @ParameterizedTest
    @ValueSource(ints = {2, 15})
    void aCommandThatIsAskedToEndWhileItsPodStaysIsBroken(int signal) {
        training().kill(signal);
        String detail = awaitState(JobState.Broken.class).detail();
        assertTrue(detail.contains("was asked to end by signal " + signal), detail);
    }

    @Test
    void memoryIsALimit() {
        training().outOfMemory();
        String detail = awaitState(JobState.OverLimit.class).detail();
        assertTrue(detail.contains("out of memory"), detail);
    }

    @Test
    void timeIsALimit() {
        training();
        cluster.advance(Duration.ofHours(3));
        String detail = awaitState(JobState.OverLimit.class).detail();
        assertTrue(detail.contains("longer than a job may"), detail);
    }

    @Test
    void diskIsALimit() {
        training();
        cluster.evict(
                NAMESPACE,
                JobManifest.name(job),
                "Pod ephemeral local storage usage exceeds the total limit of containers 2Gi.");
        awaitState(JobState.OverLimit.class);
    }

    @Test
    void aJobThatIsStoppedBeforeItIsMadeIsNotLeftBehind() {
        cluster.faults().next(1, "create", "jobs", new Fault.Slow(Duration.ofMillis(300)));
        runner.start(launch(CPU));
        runner.stop(job);
        await(() -> runner.jobs().isEmpty() && runner.freeSlots() == 4);
        await(this::isEmpty);
    }
}
