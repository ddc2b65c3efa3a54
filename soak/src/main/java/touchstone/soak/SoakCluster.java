package touchstone.soak;

import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1ResourceQuota;
import io.kubernetes.client.openapi.models.V1ResourceQuotaSpec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import touchstone.kubernetes.fake.ChildProcesses;
import touchstone.kubernetes.fake.Container;
import touchstone.kubernetes.fake.Containers;
import touchstone.kubernetes.fake.FakeKubernetes;
import touchstone.kubernetes.fake.Fault;
import touchstone.kubernetes.fake.Node;
import touchstone.kubernetes.fake.Rule;
import touchstone.kubernetes.fake.Traffic;

/** The cluster below the servers, played in this process, with all that befalls one. */
final class SoakCluster implements AutoCloseable {
    static final String NAMESPACE = "touchstone-jobs";

    private static final String IMAGE = "registry.example/touchstone-evaluator@sha256:" + "0".repeat(64);
    private static final String TOKEN = "the-servers-token";
    private static final String QUOTA = "nothing";
    private static final int NODES = 2;
    private static final int CARDS_A_NODE = 8;

    /** What is lost for a while stays so for longer than a server that is killed. */
    private static final int AWAY_FACTOR = 3;

    /** Calls of each kind that one blow meets. */
    private static final int CALLS = 3;

    private static final int PLAYED_JOBS = 8;
    private static final int REAL_JOBS = 2;

    /** What events have missed is found within the soak's patience. */
    private static final Duration SOAK_COMPARES = Duration.ofSeconds(15);

    private static final Duration SERVER_COMPARES = Duration.ofMinutes(3);

    private static final Duration EMPTY_AFTER_MAX = Duration.ofMinutes(2);
    private static final long LOOK_AGAIN_MILLIS = 100;

    private final FakeKubernetes fake = new FakeKubernetes();
    private final BatchV1Api batch = new BatchV1Api(fake.client());
    private final CoreV1Api core = new CoreV1Api(fake.client());
    private final Set<Container> running = ConcurrentHashMap.newKeySet();
    private final Map<String, Instant> started = new ConcurrentHashMap<>();
    private final Path home;
    private final Path kubeconfig;
    private final int jobs;
    private final Duration compare;

    /** For a soak: two machines without cards. */
    SoakCluster(Options options) throws IOException, ApiException {
        this(options, options.played() ? PLAYED_JOBS : REAL_JOBS, SOAK_COMPARES);
        for (int i = 1; i <= NODES; i++) fake.addNode(Node.cpu("node-" + i));
        begin(
                options.played()
                        ? new PlayedJobs(Duration.ofSeconds(1), Duration.ofMillis(300))
                        : new ChildProcesses(this::process));
    }

    /** Machines of eight cards, and a server that has as many jobs. */
    static SoakCluster ofCards(Options options, int cards, PlayedJobs work) throws IOException, ApiException {
        SoakCluster cluster = new SoakCluster(options, cards, SERVER_COMPARES);
        for (int i = 0; i < cards; i += CARDS_A_NODE)
            cluster.fake.addNode(Node.gpu("node-" + i, "NVIDIA-H100-80GB-HBM3", Math.min(CARDS_A_NODE, cards - i)));
        cluster.begin(work);
        return cluster;
    }

    /** @param jobs that the servers may have on it at a time; @param compare between two full comparisons */
    private SoakCluster(Options options, int jobs, Duration compare) throws IOException, ApiException {
        this.home = options.home();
        this.jobs = jobs;
        this.compare = compare;
        kubeconfig = options.folder().resolve("kubeconfig");
        Files.writeString(kubeconfig, fake.kubeconfig(TOKEN));
        core.createNamespace(new V1Namespace().metadata(new V1ObjectMeta().name(NAMESPACE)))
                .execute();
        grantRights();
    }

    private void begin(Containers work) {
        fake.containers(container -> {
            started.putIfAbsent(container.job(), Instant.now());
            running.add(container);
            container.onStop(() -> running.remove(container));
            work.start(container);
        });
    }

    /** When the first container of each Job began to run. */
    Map<String, Instant> started() {
        return started;
    }

    /** What the manifests let the server do. */
    private void grantRights() throws IOException {
        fake.rights()
                .grant(
                        TOKEN,
                        "system:serviceaccount:touchstone:touchstone",
                        Rule.of(home.resolve("k8s/base/access.yaml")));
    }

    /** @param server where its jobs reach it */
    Map<String, String> environment(String server) {
        return Map.of(
                "TOUCHSTONE_RUNNER",
                "kubernetes",
                "TOUCHSTONE_KUBERNETES_NAMESPACE",
                NAMESPACE,
                "TOUCHSTONE_KUBERNETES_SERVER",
                server,
                "TOUCHSTONE_KUBERNETES_IMAGE",
                IMAGE,
                "TOUCHSTONE_KUBERNETES_JOBS",
                Integer.toString(jobs),
                "TOUCHSTONE_KUBERNETES_COMPARE",
                compare.toString(),
                "TOUCHSTONE_KUBERNETES_CUDA_IMAGE",
                IMAGE,
                "TOUCHSTONE_KUBERNETES_KUBECONFIG",
                kubeconfig.toString());
    }

    /** As the image starts it. */
    private ProcessBuilder process(Container container) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx512m", "-XX:+UseSerialGC"));
        words.add("-Djava.io.tmpdir=" + container.folder("/scratch"));
        words.addAll(List.of("-cp", evaluator(), "touchstone.evaluator.job.Main"));
        for (String word : container.command()) words.add(container.localized(word));
        ProcessBuilder builder = new ProcessBuilder(words);
        container.environment().forEach((name, value) -> builder.environment().put(name, container.localized(value)));
        return builder;
    }

    private String evaluator() {
        Path target = home.resolve("evaluator").resolve("target").toAbsolutePath();
        try (Stream<Path> files = Files.list(target)) {
            Path jar = files.filter(file -> file.getFileName().toString().matches("touchstone-evaluator-[0-9.]+\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("there is no evaluator in " + target));
            return jar + File.pathSeparator + target.resolve("lib") + File.separator + "*";
        } catch (IOException e) {
            throw new IllegalStateException("the evaluator is not built", e);
        }
    }

    /** @return false = there was no container that it could have met */
    boolean meet(Plan.Kill kill) throws InterruptedException {
        try {
            return switch (kill.victim()) {
                case CONTAINER, MEMORY, EVICTION, PREEMPTION, JOB_DELETED, POD_DELETED -> meetContainer(kill);
                default -> {
                    meetAll(kill);
                    yield true;
                }
            };
        } catch (ApiException e) {
            throw new IllegalStateException(kill + ": " + e.getCode() + " " + e.getResponseBody(), e);
        } catch (IOException e) {
            throw new IllegalStateException(kill.toString(), e);
        }
    }

    private boolean meetContainer(Plan.Kill kill) throws ApiException {
        Container container = some(kill.choice());
        if (container == null) return false;
        switch (kill.victim()) {
            case CONTAINER -> container.kill(kill.choice() % 2 == 0 ? 9 : 11);
            case MEMORY -> container.outOfMemory();
            case EVICTION -> fake.evict(NAMESPACE, container.pod(), "The node was low on resource: memory.");
            case PREEMPTION -> fake.preempt(NAMESPACE, container.pod());
            case JOB_DELETED ->
                send(batch.deleteNamespacedJob(container.job(), NAMESPACE)
                        .propagationPolicy("Background")
                        .buildCall(null));
            default -> send(core.deleteNamespacedPod(container.pod(), NAMESPACE).buildCall(null));
        }
        return true;
    }

    private interface Call {
        void go() throws ApiException, IOException;
    }

    /** Whether it was there still, and whether the answer came, is all the same; its form may be one that the client cannot read. */
    private static void send(okhttp3.Call call) {
        try (okhttp3.Response answer = call.execute()) {
            answer.code();
        } catch (IOException e) {
            // Another blow has met this call.
        }
    }

    private void meetAll(Plan.Kill kill) throws ApiException, IOException, InterruptedException {
        long away = (long) kill.downMillis() * AWAY_FACTOR;
        String node = "node-" + (1 + kill.choice() % NODES);
        switch (kill.victim()) {
            case NODE_SILENT -> {
                fake.loseNode(node);
                Thread.sleep(away);
                fake.findNode(node);
            }
            case NODE_GONE -> {
                fake.removeNode(node);
                Thread.sleep(away);
                fake.addNode(Node.cpu(node));
            }
            case API_AWAY -> {
                fake.away();
                Thread.sleep(away);
                fake.back();
            }
            case WATCHES -> fake.dropWatches();
            case COMPACTION -> {
                fake.compact();
                fake.dropWatches();
            }
            case BUSY -> nextCalls(Fault.tooManyRequests(Duration.ofSeconds(1)));
            case ERROR -> nextCalls(Fault.internalError());
            case ANSWER_LOST -> nextCalls(new Fault.AnswerLost());
            case TOKEN -> {
                fake.rights().revoke(TOKEN);
                Thread.sleep(away);
                grantRights();
            }
            case QUOTA -> {
                core.createNamespacedResourceQuota(NAMESPACE, noJobs()).execute();
                Thread.sleep(away);
                send(core.deleteNamespacedResourceQuota(QUOTA, NAMESPACE).buildCall(null));
            }
            case IMAGE -> {
                fake.takeAwayImage(IMAGE);
                Thread.sleep(away);
                fake.giveBackImage(IMAGE);
            }
            default -> throw new IllegalArgumentException(kill.victim() + " is not of a cluster");
        }
    }

    private void nextCalls(Fault fault) {
        fake.faults().next(CALLS, "create", "jobs", fault);
        fake.faults().next(CALLS, "create", "secrets", fault);
        fake.faults().next(CALLS, "delete", "jobs", fault);
    }

    private static V1ResourceQuota noJobs() {
        return new V1ResourceQuota()
                .metadata(new V1ObjectMeta().name(QUOTA))
                .spec(new V1ResourceQuotaSpec().hard(Map.of("count/jobs.batch", new Quantity("0"))));
    }

    private @Nullable Container some(int choice) {
        List<Container> all = List.copyOf(running);
        return all.isEmpty() ? null : all.get(choice % all.size());
    }

    /** Whatever servers made is deleted by them again when its end is on record. */
    void requireEmpty(Findings findings) throws ApiException, InterruptedException {
        fake.faults().clear();
        long end = System.nanoTime() + EMPTY_AFTER_MAX.toNanos();
        List<String> left = left();
        while (!left.isEmpty() && System.nanoTime() < end) {
            Thread.sleep(LOOK_AGAIN_MILLIS);
            left = left();
        }
        findings.require(
                left.isEmpty(),
                "left on the cluster after " + EMPTY_AFTER_MAX.toSeconds() + " s: " + left.size() + ", such as "
                        + left.stream().limit(5).toList());
    }

    private List<String> left() throws ApiException {
        List<String> left = new ArrayList<>();
        batch.listNamespacedJob(NAMESPACE)
                .execute()
                .getItems()
                .forEach(job -> left.add("Job " + job.getMetadata().getName()));
        core.listNamespacedPod(NAMESPACE)
                .execute()
                .getItems()
                .forEach(pod -> left.add("pod " + pod.getMetadata().getName()));
        core.listNamespacedSecret(NAMESPACE)
                .execute()
                .getItems()
                .forEach(secret -> left.add("Secret " + secret.getMetadata().getName()));
        running.forEach(container -> left.add("container " + container.name() + " of " + container.pod()));
        return left;
    }

    Map<String, Traffic.Count> calls() {
        return fake.traffic().counts();
    }

    @Override
    public void close() {
        fake.close();
    }
}
