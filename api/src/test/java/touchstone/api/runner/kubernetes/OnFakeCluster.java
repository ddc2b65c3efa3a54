package touchstone.api.runner.kubernetes;

import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobState;
import touchstone.api.runner.Launch;
import touchstone.kubernetes.fake.Container;
import touchstone.kubernetes.fake.FakeKubernetes;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.task.TaskFile;

/** A played cluster, and a runner of a server of the house on it. */
abstract class OnFakeCluster {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    static final String NAMESPACE = PlayedCluster.NAMESPACE;
    static final String TOKEN = PlayedCluster.TOKEN;
    static final TaskFile.Device CPU = new TaskFile.Device("cpu", 1);
    static final TaskFile.Device CUDA = new TaskFile.Device("cuda", 1);

    @TempDir
    private Path folder;

    final PlayedCluster played = new PlayedCluster();
    final FakeKubernetes cluster = played.fake;
    final AtomicLong nanosAhead = new AtomicLong();
    private final List<KubernetesRunner> runners = new ArrayList<>();
    final JobName job = new JobName(UUID.randomUUID(), 1);
    KubernetesRunner runner;

    @BeforeEach
    void aRunner() {
        runner = runner("house", null);
    }

    @AfterEach
    void close() {
        runners.forEach(KubernetesRunner::close);
        played.close();
    }

    /** One that hears of all that happens from now on. */
    KubernetesRunner runner(String house, @Nullable String queue) {
        long jobs = cluster.traffic().of("watch jobs").calls();
        long pods = cluster.traffic().of("watch pods").calls();
        KubernetesRunner made = PlayedCluster.runner(config(queue), house, () -> System.nanoTime() + nanosAhead.get());
        runners.add(made);
        await(() -> made.seesAll()
                && cluster.traffic().of("watch jobs").calls() > jobs
                && cluster.traffic().of("watch pods").calls() > pods);
        return made;
    }

    KubernetesConfig config(@Nullable String queue) {
        return played.config(folder, queue);
    }

    Launch launch(TaskFile.Device device) {
        return new Launch(
                job,
                List.of(new Launch.Command(Purpose.TRAIN, "token-t"), new Launch.Command(Purpose.SCORE, "token-s")),
                device,
                false,
                List.of());
    }

    Launch another() {
        Launch wanted = launch(CPU);
        return new Launch(new JobName(UUID.randomUUID(), 1), wanted.commands(), wanted.device(), false, List.of());
    }

    void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end)
                throw new AssertionError("waited for " + PATIENCE.toSeconds() + " seconds; " + runner.jobs()
                        + ", trouble: " + runner.trouble());
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    @Nullable
    JobState state() {
        return runner.jobs().get(job);
    }

    <T extends JobState> T awaitState(Class<T> type) {
        await(() -> type.isInstance(state()));
        return type.cast(state());
    }

    /** The Job and its Secret are there, and the runner has heard what became of them. */
    void awaitMade() {
        await(() -> cluster.traffic().of("create secrets").calls() == 1);
        cluster.settle();
        awaitComparison();
    }

    void awaitComparison() {
        long before = cluster.traffic().of("list pods").calls();
        await(() -> cluster.traffic().of("list pods").calls() >= before + 2);
    }

    Container running(String container) {
        Container found = cluster.awaitContainer(NAMESPACE, JobManifest.name(job), container);
        awaitState(JobState.Running.class);
        return found;
    }

    Container training() {
        runner.start(launch(CPU));
        return running(JobManifest.TRAIN);
    }

    int count(String kind) throws ApiException {
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

    boolean isEmpty() {
        try {
            cluster.settle();
            return count("jobs") + count("pods") + count("secrets") == 0;
        } catch (ApiException e) {
            throw new IllegalStateException(e);
        }
    }
}
