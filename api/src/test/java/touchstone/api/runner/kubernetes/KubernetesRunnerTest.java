package touchstone.api.runner.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1ResourceQuota;
import io.kubernetes.client.openapi.models.V1ResourceQuotaSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobState;
import touchstone.api.runner.Launch;
import touchstone.api.runner.PodMark;
import touchstone.kubernetes.fake.Container;
import touchstone.kubernetes.fake.FakeKubernetes;
import touchstone.kubernetes.fake.Fault;
import touchstone.kubernetes.fake.Node;
import touchstone.kubernetes.fake.Rule;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.task.TaskFile;

/** Every way in which a job on a cluster can end, or not even begin, and what the runner makes of it. */
class KubernetesRunnerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String NAMESPACE = "touchstone-jobs";
    private static final String TOKEN = "the-servers-token";
    private static final TaskFile.Device CPU = new TaskFile.Device("cpu", 1);
    private static final TaskFile.Device CUDA = new TaskFile.Device("cuda", 1);

    @TempDir
    private Path folder;

    private final FakeKubernetes cluster = new FakeKubernetes();
    private final AtomicLong nanosAhead = new AtomicLong();
    private final List<KubernetesRunner> runners = new ArrayList<>();
    private final JobName job = new JobName(UUID.randomUUID(), 1);
    private KubernetesRunner runner;

    @BeforeEach
    void aClusterWithOneMachine() throws ApiException {
        cluster.addNode(Node.cpu("node-1"));
        createNamespace();
        grantRights();
        runner = runner("house", null);
    }

    private void createNamespace() throws ApiException {
        new CoreV1Api(cluster.client())
                .createNamespace(new V1Namespace().metadata(new V1ObjectMeta().name(NAMESPACE)))
                .execute();
    }

    /** What the server's Role gives it, and nothing else. */
    private void grantRights() {
        cluster.rights()
                .grant(
                        TOKEN,
                        "system:serviceaccount:touchstone:touchstone",
                        new Rule(
                                NAMESPACE, "batch", Set.of("jobs"), Set.of("create", "get", "list", "watch", "delete")),
                        new Rule(NAMESPACE, "", Set.of("pods"), Set.of("get", "list", "watch")),
                        new Rule(NAMESPACE, "", Set.of("pods/log"), Set.of("get")),
                        new Rule(NAMESPACE, "", Set.of("secrets"), Set.of("create", "delete")));
    }

    @AfterEach
    void close() {
        runners.forEach(KubernetesRunner::close);
        cluster.close();
    }

    /** One that hears of all that happens from now on. */
    private KubernetesRunner runner(String house, @Nullable String queue) {
        long jobs = cluster.traffic().of("watch jobs").calls();
        long pods = cluster.traffic().of("watch pods").calls();
        KubernetesRunner made = new KubernetesRunner(
                config(queue), house, Duration.ofHours(1), 1L << 30, () -> System.nanoTime() + nanosAhead.get());
        runners.add(made);
        await(() -> made.seesAll()
                && cluster.traffic().of("watch jobs").calls() > jobs
                && cluster.traffic().of("watch pods").calls() > pods);
        return made;
    }

    private KubernetesConfig config(@Nullable String queue) {
        try {
            Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), cluster.kubeconfig(TOKEN));
            return new KubernetesConfig(
                    NAMESPACE,
                    URI.create("http://127.0.0.1:8080"),
                    "touchstone-evaluator:1",
                    "touchstone-evaluator-cuda:1",
                    null,
                    null,
                    queue,
                    4,
                    null,
                    null,
                    "nvidia.com/gpu",
                    List.of("nvidia.com/gpu:NoSchedule"),
                    null,
                    kubeconfig.toString(),
                    Duration.ofHours(24),
                    Duration.ofMinutes(30),
                    Duration.ofMinutes(3),
                    Duration.ofMinutes(2),
                    Duration.ofMillis(300),
                    1024);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Launch launch(TaskFile.Device device) {
        return new Launch(
                job,
                List.of(new Launch.Command(Purpose.TRAIN, "token-t"), new Launch.Command(Purpose.SCORE, "token-s")),
                device,
                false,
                List.of());
    }

    private Launch another() {
        Launch wanted = launch(CPU);
        return new Launch(new JobName(UUID.randomUUID(), 1), wanted.commands(), wanted.device(), false, List.of());
    }

    private void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end)
                throw new AssertionError("waited for " + PATIENCE.toSeconds() + " seconds; " + runner.jobs()
                        + ", trouble: " + runner.trouble());
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    private @Nullable JobState state() {
        return runner.jobs().get(job);
    }

    private <T extends JobState> T awaitState(Class<T> type) {
        await(() -> type.isInstance(state()));
        return type.cast(state());
    }

    /** The Job and its Secret are there, and the runner has heard what became of them. */
    private void awaitMade() {
        await(() -> cluster.traffic().of("create secrets").calls() == 1);
        cluster.settle();
        awaitComparison();
    }

    private void awaitComparison() {
        long before = cluster.traffic().of("list pods").calls();
        await(() -> cluster.traffic().of("list pods").calls() >= before + 2);
    }

    private Container running(String container) {
        Container found = cluster.awaitContainer(NAMESPACE, JobManifest.name(job), container);
        awaitState(JobState.Running.class);
        return found;
    }

    private Container training() {
        runner.start(launch(CPU));
        return running(JobManifest.TRAIN);
    }

    private int count(String kind) throws ApiException {
        CoreV1Api core = new CoreV1Api(cluster.client());
        return switch (kind) {
            case "pods" ->
                core.listNamespacedPod(NAMESPACE).execute().getItems().size();
            case "secrets" ->
                core.listNamespacedSecret(NAMESPACE).execute().getItems().size();
            default ->
                new BatchV1Api(cluster.client())
                        .listNamespacedJob(NAMESPACE)
                        .execute()
                        .getItems()
                        .size();
        };
    }

    private boolean isEmpty() {
        try {
            cluster.settle();
            return count("jobs") + count("pods") + count("secrets") == 0;
        } catch (ApiException e) {
            throw new IllegalStateException(e);
        }
    }

    // Ends well.

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

    // The job's own ends.

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

    // What the cluster does to it.

    @Test
    void aMachineThatRunsShortPutsItOutWhichIsNoLimitOfTheJob() {
        training();
        cluster.evict(
                NAMESPACE,
                JobManifest.name(job),
                "The node was low on resource: memory. Container train was using 900Mi");
        String detail = awaitState(JobState.Lost.class).detail();
        assertTrue(detail.contains("low on resource"), detail);
    }

    @Test
    void aMoreUrgentPodTakesItsMachine() {
        training();
        cluster.preempt(NAMESPACE, JobManifest.name(job));
        awaitState(JobState.Displaced.class);
    }

    @Test
    void aMachineThatIsNotHeardOfIsLost() {
        training();
        cluster.loseNode("node-1");
        cluster.advance(Duration.ofMinutes(6));
        awaitState(JobState.Lost.class);
    }

    @Test
    void aMachineThatIsGoneIsLost() {
        training();
        cluster.removeNode("node-1");
        awaitState(JobState.Lost.class);
    }

    @Test
    void aJobThatAPersonDeletesIsNotThereAnyMore() throws Exception {
        training();
        new BatchV1Api(cluster.client())
                .deleteNamespacedJob(JobManifest.name(job), NAMESPACE)
                .propagationPolicy("Background")
                .execute();
        await(() -> runner.jobs().isEmpty());
        assertTrue(runner.seesAll());
    }

    @Test
    void aPodThatAPersonDeletesIsLost() throws Exception {
        String pod = training().pod();
        new CoreV1Api(cluster.client()).deleteNamespacedPod(pod, NAMESPACE).execute();
        awaitState(JobState.Lost.class);
    }

    // What keeps it from beginning.

    @Test
    void itWaitsForACardAsLongAsItTakesAndSaysSoAfterAWhile() {
        runner.start(launch(CUDA));
        awaitMade();
        awaitState(JobState.Starting.class);
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
        runner.start(launch(new TaskFile.Device("cuda", 1, new TaskFile.Gpu("NVIDIA-H100", null, null, 1))));
        awaitMade();
        awaitState(JobState.Starting.class);
        nanosAhead.addAndGet(Duration.ofMinutes(10).toNanos());
        awaitState(JobState.Queued.class);
    }

    @Test
    void inADayWithoutAMachineItIsGivenBack() {
        runner.start(launch(CUDA));
        awaitState(JobState.Starting.class);
        awaitMade();
        cluster.advance(Duration.ofHours(27));
        String detail = awaitState(JobState.NeverStarted.class).detail();
        assertTrue(detail.contains("no machine"), detail);
    }

    @Test
    void anImageThatCannotBeHadIsToldWhenItStaysSo() {
        cluster.takeAwayImage("touchstone-evaluator:1");
        runner.start(launch(CPU));
        awaitMade();
        cluster.advance(Duration.ofSeconds(30));
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
        cluster.takeAwayImage("touchstone-evaluator:1");
        runner.start(launch(CPU));
        awaitMade();
        cluster.advance(Duration.ofSeconds(30));
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
        runner.start(launch(CPU));
        awaitMade();
        awaitState(JobState.Starting.class);
        nanosAhead.addAndGet(Duration.ofMinutes(20).toNanos());
        awaitComparison();
        awaitState(JobState.Queued.class);
        nanosAhead.addAndGet(Duration.ofMinutes(11).toNanos());
        awaitState(JobState.NeverStarted.class);
    }

    @Test
    void anImageThatComesBackInTimeIsNoFault() {
        cluster.takeAwayImage("touchstone-evaluator:1");
        runner.start(launch(CPU));
        awaitMade();
        cluster.advance(Duration.ofSeconds(30));
        cluster.giveBackImage("touchstone-evaluator:1");
        cluster.advance(Duration.ofMinutes(5));
        running(JobManifest.TRAIN);
    }

    @Test
    void aQueueLetsItInWhenItIsItsTurn() throws Exception {
        runner = runner("queueing-house", "judging");
        runner.start(launch(CPU));
        awaitMade();
        awaitState(JobState.Starting.class);
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
    void aJobThatTheClusterCallsInvalidCannotBeMade() {
        cluster.faults()
                .next(1, "create", "jobs", new Fault.Answer(422, "Invalid", "Job.batch is invalid: spec: no", null));
        runner.start(launch(CPU));
        String detail = awaitState(JobState.Unmakeable.class).detail();
        assertTrue(detail.contains("Job.batch is invalid"), detail);
        runner.forget(job);
        assertEquals(Map.of(), runner.jobs());
        assertEquals(4, runner.freeSlots());
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

    // What the cluster does not do now, and does later.

    /** It is on its way, takes no fault, and keeps all but a few others from coming, until {@code mend}. */
    private void isOnlyLater(String because, ThrowingRunnable mend) throws Exception {
        runner.start(launch(CPU));
        String why = awaitState(JobState.Queued.class).why();
        assertTrue(why.contains(because), why);
        assertTrue(runner.freeSlots() <= 2, "there were 4");
        assertTrue(
                runner.trouble().orElseThrow().contains(because),
                runner.trouble().orElseThrow());
        mend.run();
        running(JobManifest.TRAIN);
        await(() -> runner.trouble().isEmpty() && runner.freeSlots() == 3);
    }

    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    @Test
    void aQuotaThatIsUsedUpMeansLater() throws Exception {
        CoreV1Api core = new CoreV1Api(cluster.client());
        core.createNamespacedResourceQuota(NAMESPACE, jobs("0")).execute();
        isOnlyLater("exceeded quota", () -> core.replaceNamespacedResourceQuota("jobs", NAMESPACE, jobs("10"))
                .execute());
    }

    private static V1ResourceQuota jobs(String number) {
        return new V1ResourceQuota()
                .metadata(new V1ObjectMeta().name("jobs"))
                .spec(new V1ResourceQuotaSpec().hard(Map.of("count/jobs.batch", new Quantity(number))));
    }

    @Test
    void aNamespaceThatIsGoneMeansLater() throws Exception {
        new CoreV1Api(cluster.client()).deleteNamespace(NAMESPACE).execute();
        cluster.settle();
        isOnlyLater(NAMESPACE, this::createNamespace);
    }

    @Test
    void rightsThatAreMissingMeanLater() throws Exception {
        cluster.rights()
                .grant(
                        TOKEN,
                        "system:serviceaccount:touchstone:touchstone",
                        new Rule(NAMESPACE, "batch", Set.of("jobs"), Set.of("get", "list", "watch", "delete")),
                        new Rule(NAMESPACE, "", Set.of("pods"), Set.of("get", "list", "watch")));
        isOnlyLater("cannot create resource", this::grantRights);
    }

    @Test
    void aSecretThatCannotBeMadeMeansLaterAndIsMadeThen() throws Exception {
        cluster.faults().next(3, "create", "secrets", Fault.internalError());
        runner.start(launch(CPU));
        running(JobManifest.TRAIN);
        await(() -> runner.trouble().isEmpty());
    }

    @Test
    void aQuotaUnderContentionIsNoSecretThatIsThere() throws Exception {
        cluster.faults()
                .next(1, "create", "secrets", new Fault.Answer(409, "Conflict", "the object has been modified", null));
        runner.start(launch(CPU));
        running(JobManifest.TRAIN);
        assertEquals(1, count("secrets"));
    }

    @Test
    void aTokenThatIsRefusedMeansLater() throws Exception {
        cluster.rights().revoke(TOKEN);
        isOnlyLater("401", this::grantRights);
    }

    @Test
    void aClusterThatCannotBeReachedMeansLaterAndWhatRunsGoesOn() throws Exception {
        Container train = training();
        cluster.away();
        await(() -> runner.trouble().isPresent());
        assertEquals(0, runner.freeSlots());
        assertInstanceOf(JobState.Running.class, state());
        nanosAhead.addAndGet(Duration.ofMinutes(10).toNanos());
        assertFalse(runner.seesAll(), "nothing may be concluded now");
        assertInstanceOf(JobState.Running.class, state());

        cluster.back();
        train.exit(0);
        running(JobManifest.SCORE).exit(0);
        awaitState(JobState.Finished.class);
        await(() -> runner.seesAll() && runner.freeSlots() == 3);
    }

    /** As a policy may refuse what one task asks for: all others go on. */
    @Test
    void aJobThatAloneIsRefusedStepsAside() {
        cluster.faults().whenever(JobManifest.name(job), "create", "jobs", Fault.internalError());
        runner.start(launch(CPU));
        awaitState(JobState.Queued.class);
        for (int i = 0; i < 5; i++) {
            Launch other = another();
            await(() -> runner.freeSlots() > 0);
            runner.start(other);
            await(() -> runner.jobs().get(other.job()) instanceof JobState.Running);
            runner.forget(other.job());
        }
        String detail = awaitState(JobState.NeverStarted.class).detail();
        assertTrue(detail.contains("did not take the job"), detail);
        runner.forget(job);
        await(() -> runner.jobs().isEmpty() && runner.freeSlots() == 4);
        await(this::isEmpty);
    }

    @Test
    void aClusterThatRefusesForLongGetsOtherJobsToTry() {
        cluster.faults().always("create", "jobs", Fault.internalError());
        runner.start(launch(CPU));
        awaitState(JobState.Queued.class);
        nanosAhead.addAndGet(Duration.ofMinutes(4).toNanos());
        awaitState(JobState.NeverStarted.class);
        runner.forget(job);
        assertEquals(Map.of(), runner.jobs());
        assertTrue(runner.freeSlots() > 0);
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
    void whereThereIsNoOtherMachineItIsGivenBackSoon() {
        runner.start(new Launch(job, launch(CPU).commands(), CPU, false, List.of("node-1")));
        awaitMade();
        awaitState(JobState.Starting.class);
        nanosAhead.addAndGet(Duration.ofMinutes(5).toNanos());
        awaitState(JobState.Queued.class);
        nanosAhead.addAndGet(Duration.ofMinutes(6).toNanos());
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

    @Test
    void askedTooOftenItAsksLater() throws Exception {
        cluster.faults().next(2, "create", "jobs", Fault.tooManyRequests(Duration.ofSeconds(1)));
        runner.start(launch(CPU));
        running(JobManifest.TRAIN);
    }

    @Test
    void anAnswerThatIsLostMakesNoSecondJob() throws Exception {
        cluster.faults().next(1, "create", "jobs", new Fault.AnswerLost());
        cluster.faults().next(1, "create", "secrets", new Fault.AnswerLost());
        runner.start(launch(CPU));
        running(JobManifest.TRAIN);
        await(() -> runner.trouble().isEmpty());
        assertEquals(1, count("jobs"));
        assertEquals(1, count("secrets"));
    }

    @Test
    void aJobThatIsStoppedBeforeItIsMadeIsNotLeftBehind() {
        cluster.faults().next(1, "create", "jobs", new Fault.Slow(Duration.ofMillis(300)));
        runner.start(launch(CPU));
        runner.stop(job);
        await(() -> runner.jobs().isEmpty() && runner.freeSlots() == 4);
        await(this::isEmpty);
    }

    // What is not heard.

    @Test
    void watchesThatBreakOffAreTakenUpAgain() {
        Container train = training();
        cluster.dropWatches();
        cluster.compact();
        train.exit(0);
        running(JobManifest.SCORE).exit(0);
        awaitState(JobState.Finished.class);
    }

    @Test
    void aJobThatIsToldOfBeforeItsPodIsJudgedByItsPod() {
        training();
        cluster.slowWatches("pods", Duration.ofSeconds(2));
        cluster.evict(NAMESPACE, JobManifest.name(job), "The node was low on resource: memory.");
        String detail = awaitState(JobState.Lost.class).detail();
        assertTrue(detail.contains("low on resource"), detail);
    }

    /** Without a runner, which would compare by itself. */
    private Cluster watching() {
        JobManifest manifest = new JobManifest(config(null), "house", Duration.ofHours(1), 1L << 30);
        Cluster.Clients clients = new Cluster.Clients(
                KubernetesRunner.client(config(null), PATIENCE), KubernetesRunner.client(config(null), Duration.ZERO));
        Cluster made = new Cluster(clients, NAMESPACE, manifest, System::nanoTime);
        await(() -> cluster.watches() == 4);
        return made;
    }

    @Test
    void aJobThatIsGoneSinceAComparisonStartsNoInformersAnew() throws Exception {
        runner.start(launch(CPU));
        awaitMade();
        try (Cluster other = watching()) {
            Cluster.Versions expected = other.compare();
            assertEquals(Set.of(JobManifest.name(job)), expected.jobs().keySet());
            // The pod's end is heard of after its Job's.
            cluster.slowWatches("pods", Duration.ofMillis(500));
            runner.forget(job);
            await(() -> other.seen().isEmpty());
            await(() -> other.seen().containsKey(JobManifest.name(job)));
            assertFalse(other.checkInformers(expected));
        }
    }

    @Test
    void whatNoEventToldAComparisonFinds() throws Exception {
        Container train = training();
        cluster.faults().always("watch", "jobs", Fault.unavailable());
        cluster.faults().always("watch", "pods", Fault.unavailable());
        cluster.dropWatches();
        train.exit(0);
        cluster.awaitContainer(NAMESPACE, JobManifest.name(job), JobManifest.SCORE)
                .exit(0);
        awaitState(JobState.Finished.class);

        V1Job deleted = new BatchV1Api(cluster.client())
                .readNamespacedJob(JobManifest.name(job), NAMESPACE)
                .execute();
        new BatchV1Api(cluster.client())
                .deleteNamespacedJob(deleted.getMetadata().getName(), NAMESPACE)
                .propagationPolicy("Background")
                .execute();
        await(() -> runner.jobs().isEmpty());
    }

    @Test
    void aWatchOfPodsThatTellsNothingIsStartedAnew() throws Exception {
        Container train = training();
        try (Cluster other = watching()) {
            await(() -> other.seen().containsKey(JobManifest.name(job))
                    && other.seen().get(JobManifest.name(job)).pod() != null);
            assertFalse(other.checkInformers(other.compare()));
            cluster.slowWatches("pods", Duration.ofHours(1));
            train.exit(0);
            running(JobManifest.SCORE);
            long lists = cluster.traffic().of("list pods").calls();
            runner.close();
            assertTrue(other.checkInformers(other.compare()));
            await(() -> cluster.traffic().of("list pods").calls() > lists + 1);
        }
    }

    // A cluster that is newer than the client.

    @Test
    void fieldsThatNoModelKnowsDoNotKeepAWatchFromBeingRead() {
        cluster.becomeNewer();
        runner.close();
        runner = runner("house", null);
        cluster.faults().always("list", "*", Fault.unavailable());
        await(() -> runner.trouble().isPresent());
        training().exit(0);
        running(JobManifest.SCORE).exit(0);
        awaitState(JobState.Finished.class);
    }

    @Test
    void fieldsThatNoModelKnowsDoNotKeepAListFromBeingRead() {
        cluster.faults().always("watch", "*", Fault.unavailable());
        cluster.dropWatches();
        cluster.becomeNewer();
        training().exit(0);
        running(JobManifest.SCORE).exit(0);
        awaitState(JobState.Finished.class);
        runner.forget(job);
        await(this::isEmpty);
        assertEquals(Optional.empty(), runner.trouble());
    }
}
