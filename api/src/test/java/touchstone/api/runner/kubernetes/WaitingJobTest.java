package touchstone.api.runner.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.models.V1Job;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import touchstone.api.runner.JobState;
import touchstone.api.runner.Launch;
import touchstone.api.runner.PodMark;
import touchstone.kubernetes.fake.Container;
import touchstone.kubernetes.fake.Node;
import touchstone.spec.task.TaskFile;

/** What keeps a job from beginning, for how long that may be, and what it is told. */
class WaitingJobTest extends OnFakeCluster {
    /** Its Job is there, and nothing is told of what it waits for yet. */
    private void startAndWait(Launch launch) {
        runner.start(launch);
        awaitMade();
        awaitState(JobState.Starting.class);
    }

    /** Its machine has found that the image cannot be had. */
    private void startWithoutImage() {
        cluster.takeAwayImage("touchstone-evaluator:1");
        runner.start(launch(CPU));
        awaitMade();
        cluster.advance(Duration.ofSeconds(30));
    }

    @Test
    void itWaitsForACardAsLongAsItTakesAndSaysSoAfterAWhile() {
        startAndWait(launch(CUDA));
        nanosAhead.addAndGet(Duration.ofSeconds(121).toNanos());
        String why = awaitState(JobState.Queued.class).why();
        assertTrue(why.contains("nvidia.com/gpu"), why);
        nanosAhead.addAndGet(Duration.ofHours(5).toNanos());
        awaitState(JobState.Queued.class);

        cluster.addNode(Node.gpu("card-1", "NVIDIA-H100-80GB-HBM3", 1));
        Container train = cluster.awaitContainer(NAMESPACE, JobManifest.name(job), JobManifest.TRAIN);
        assertEquals("card-1", train.node());
        assertEquals("touchstone-evaluator-cuda:1", train.image());
    }

    @Test
    void aCardOfAnotherProductIsNoneForIt() {
        cluster.addNode(Node.gpu("card-1", "Tesla-T4", 1));
        startAndWait(launch(new TaskFile.Device("cuda", 1, new TaskFile.Gpu("NVIDIA-H100", null, null, 1))));
        nanosAhead.addAndGet(Duration.ofMinutes(10).toNanos());
        awaitState(JobState.Queued.class);
    }

    @Test
    void inADayWithoutAMachineItIsGivenBack() {
        startAndWait(launch(CUDA));
        cluster.advance(Duration.ofHours(27));
        String detail = awaitState(JobState.NeverStarted.class).detail();
        assertTrue(detail.contains("no machine"), detail);
    }

    @Test
    void anImageThatCannotBeHadIsToldWhenItStaysSo() {
        startWithoutImage();
        awaitComparison();
        awaitState(JobState.Starting.class);
        nanosAhead.addAndGet(Duration.ofSeconds(150).toNanos());
        String why = awaitState(JobState.Queued.class).why();
        assertTrue(why.contains("touchstone-evaluator:1"), why);
        nanosAhead.addAndGet(Duration.ofSeconds(60).toNanos());
        String detail = awaitState(JobState.NeverStarted.class).detail();
        assertTrue(detail.contains("touchstone-evaluator:1"), detail);
    }

    @Test
    void aPictureThatIsOldEndsNoJob() {
        startWithoutImage();
        awaitComparison();
        awaitState(JobState.Starting.class);
        cluster.away();
        await(() -> runner.trouble().isPresent());
        nanosAhead.addAndGet(Duration.ofHours(1).toNanos());
        awaitState(JobState.Queued.class);
        awaitState(JobState.Queued.class);

        cluster.back();
        awaitState(JobState.NeverStarted.class);
    }

    @Test
    void aPodThatIsBeingSetUpMayTakeAsLongAsALargeImageDoes() {
        cluster.startTime(Duration.ofMinutes(20));
        startAndWait(launch(CPU));
        nanosAhead.addAndGet(Duration.ofMinutes(20).toNanos());
        awaitComparison();
        awaitState(JobState.Queued.class);
        nanosAhead.addAndGet(Duration.ofMinutes(11).toNanos());
        awaitState(JobState.NeverStarted.class);
    }

    @Test
    void anImageThatComesBackInTimeIsNoFault() {
        startWithoutImage();
        cluster.giveBackImage("touchstone-evaluator:1");
        cluster.advance(Duration.ofMinutes(5));
        running(JobManifest.TRAIN);
    }

    @Test
    void aQueueLetsItInWhenItIsItsTurn() throws Exception {
        runner = runner("queueing-house", "judging");
        startAndWait(launch(CPU));
        nanosAhead.addAndGet(Duration.ofMinutes(3).toNanos());
        String why = awaitState(JobState.Queued.class).why();
        assertTrue(why.contains("queue"), why);
        assertEquals(0, count("pods"));

        V1Job queued = new BatchV1Api(cluster.client())
                .readNamespacedJob(JobManifest.name(job), NAMESPACE)
                .execute();
        queued.getSpec().suspend(false);
        new BatchV1Api(cluster.client())
                .replaceNamespacedJob(JobManifest.name(job), NAMESPACE, queued)
                .execute();
        running(JobManifest.TRAIN);
    }

    @Test
    void aQueueThatTakesTheMachineBackDisplacesTheJob() throws Exception {
        training();
        BatchV1Api batch = new BatchV1Api(cluster.client());
        V1Job running =
                batch.readNamespacedJob(JobManifest.name(job), NAMESPACE).execute();
        running.getSpec().suspend(true);
        batch.replaceNamespacedJob(JobManifest.name(job), NAMESPACE, running).execute();
        String detail = awaitState(JobState.Displaced.class).detail();
        assertTrue(detail.contains("queue"), detail);
    }

    @Test
    void aStrangersJobOfTheSameNameIsAFaultAndStaysUntouched() throws Exception {
        KubernetesRunner stranger = runner("another-house", null);
        stranger.start(launch(CPU));
        await(() -> stranger.jobs().get(job) instanceof JobState.Running);
        runner.start(launch(CPU));
        String detail = awaitState(JobState.Unmakeable.class).detail();
        assertTrue(detail.contains("has not made"), detail);
        runner.forget(job);
        await(() -> runner.jobs().isEmpty());
        assertEquals(1, count("jobs"));
    }

    @Test
    void whereItFailedItDoesNotGoAgain() {
        cluster.addNode(Node.cpu("node-2"));
        runner.start(new Launch(job, launch(CPU).commands(), CPU, false, List.of("node-1")));
        running(JobManifest.TRAIN);
        PodMark mark = (PodMark) awaitState(JobState.Running.class).place();
        assertEquals("node-2", mark.node());
    }

    @Test
    void whereThereIsNoOtherMachineItIsGivenBackInAnHour() {
        startAndWait(new Launch(job, launch(CPU).commands(), CPU, false, List.of("node-1")));
        nanosAhead.addAndGet(Duration.ofMinutes(5).toNanos());
        awaitState(JobState.Queued.class);
        nanosAhead.addAndGet(Duration.ofMinutes(56).toNanos());
        String detail = awaitState(JobState.NeverStarted.class).detail();
        assertTrue(detail.contains("where it failed before"), detail);
    }

    @Test
    void jobsThatNoMachineIsFreeForHoldNoSlots() {
        for (int i = 0; i < 4; i++) {
            Launch wanted = another();
            runner.start(new Launch(wanted.job(), wanted.commands(), CUDA, false, List.of()));
        }
        await(() -> cluster.traffic().of("create secrets").calls() == 4);
        await(() -> runner.jobs().values().stream()
                        .filter(state -> state instanceof JobState.Starting)
                        .count()
                == 4);
        assertEquals(0, runner.freeSlots());
        cluster.settle();
        awaitComparison();
        runner.jobs();
        nanosAhead.addAndGet(Duration.ofMinutes(3).toNanos());
        await(() -> runner.freeSlots() == 4);
    }
}
