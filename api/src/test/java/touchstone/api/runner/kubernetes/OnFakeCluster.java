package touchstone.api.runner.kubernetes;

import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
import touchstone.kubernetes.fake.Node;
import touchstone.kubernetes.fake.Rule;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.task.TaskFile;

/** A cluster with one machine, played in this process, and a runner of a server of the house on it. */
abstract class OnFakeCluster {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    static final String NAMESPACE = "touchstone-jobs";
    static final String TOKEN = "the-servers-token";
    static final TaskFile.Device CPU = new TaskFile.Device("cpu", 1);
    static final TaskFile.Device CUDA = new TaskFile.Device("cuda", 1);

    @TempDir
    private Path folder;

    final FakeKubernetes cluster = new FakeKubernetes();
    final AtomicLong nanosAhead = new AtomicLong();
    private final List<KubernetesRunner> runners = new ArrayList<>();
    final JobName job = new JobName(UUID.randomUUID(), 1);
    KubernetesRunner runner;

    @BeforeEach
    void aClusterWithOneMachine() throws ApiException {
        cluster.addNode(Node.cpu("node-1"));
        createNamespace();
        grantRights();
        runner = runner("house", null);
    }

    void createNamespace() throws ApiException {
        new CoreV1Api(cluster.client())
                .createNamespace(new V1Namespace().metadata(new V1ObjectMeta().name(NAMESPACE)))
                .execute();
    }

    /** What the server's Role gives it, and nothing else. */
    void grantRights() {
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
    KubernetesRunner runner(String house, @Nullable String queue) {
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

    KubernetesConfig config(@Nullable String queue) {
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
