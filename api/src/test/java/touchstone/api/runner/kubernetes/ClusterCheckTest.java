package touchstone.api.runner.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.apis.SchedulingV1Api;
import io.kubernetes.client.openapi.models.CoreV1Event;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1ObjectReference;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PriorityClass;
import io.kubernetes.client.openapi.models.V1ResourceQuota;
import io.kubernetes.client.openapi.models.V1ResourceQuotaSpec;
import io.kubernetes.client.openapi.models.V1VolumeMount;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.api.evaluation.EvaluatorHome;
import touchstone.api.runner.JobName;
import touchstone.api.runner.Launch;
import touchstone.api.runner.kubernetes.Finding.Outcome;
import touchstone.kubernetes.fake.ChildProcesses;
import touchstone.kubernetes.fake.Container;
import touchstone.kubernetes.fake.FakeKubernetes;
import touchstone.kubernetes.fake.Node;
import touchstone.kubernetes.fake.Rule;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.task.TaskFile;

/** What an operator is told of a cluster that is right, and of every way in which one is wrong. */
class ClusterCheckTest {
    private static final String NAMESPACE = "touchstone-jobs";
    private static final String ACCOUNT = "system:serviceaccount:touchstone:touchstone";
    private static final String TOKEN = "the-servers-token";
    private static final String IMAGE = "registry.example/evaluator@sha256:" + "1".repeat(64);
    private static final String CUDA_IMAGE = "registry.example/evaluator-cuda@sha256:" + "2".repeat(64);
    private static final String SLICE = "nvidia.com/mig-1g.10gb";
    private static final String CACHE = "touchstone-cache";
    private static final String H100 = "NVIDIA-H100-80GB-HBM3";
    private static final String WELL = "{\"server\":null,\"named\":null,\"reached\":[],\"card\":null,\"noCard\":null}";
    private static final String WELL_ON_CARD = WELL.replace("\"card\":null", "\"card\":\"NVIDIA H100, driver 570.1\"");
    private static final Set<String> ALL = Set.of("*");
    private static final Duration LOOK = Duration.ofMillis(20);

    @TempDir
    private Path folder;

    private final FakeKubernetes cluster = new FakeKubernetes();
    private final AtomicLong ahead = new AtomicLong();
    private final CoreV1Api core = new CoreV1Api(cluster.client());
    private @Nullable String product;
    private String image = IMAGE;
    private @Nullable String cudaImage = CUDA_IMAGE;
    private String gpuResource = "nvidia.com/gpu";
    private @Nullable String cache;
    private @Nullable Path cachePlace;
    private Duration settingUp = Duration.ofMinutes(30);
    private final List<String> waiting = new ArrayList<>();
    private @Nullable String boardPriority;
    private @Nullable String ca;
    private URI server = URI.create("http://127.0.0.1:8080");
    private List<String> outside = List.of("1.1.1.1:443");
    private LongSupplier nanos = ahead::get;
    private Consumer<Duration> pause = time -> {
        cluster.settle();
        ahead.addAndGet(time.toNanos());
    };

    @BeforeEach
    void aClusterThatIsRight() throws ApiException {
        cluster.addNode(Node.cpu("node-1"));
        cluster.addNode(Node.gpu("cards-1", H100, 8));
        namespace(NAMESPACE, Map.of("pod-security.kubernetes.io/enforce", "restricted"));
        grant();
        cluster.containers(container -> says(container, well(container)));
    }

    @AfterEach
    void nothingIsLeft() throws ApiException {
        cluster.settle();
        assertEquals(
                List.of(),
                new BatchV1Api(cluster.client())
                        .listNamespacedJob(NAMESPACE)
                        .execute()
                        .getItems());
        assertEquals(List.of(), core.listNamespacedPod(NAMESPACE).execute().getItems());
        cluster.close();
    }

    private void namespace(String name, Map<String, String> labels) throws ApiException {
        core.createNamespace(
                        new V1Namespace().metadata(new V1ObjectMeta().name(name).labels(labels)))
                .execute();
    }

    private static String well(Container container) {
        return container.command().contains("--cuda") ? WELL_ON_CARD : WELL;
    }

    private static void says(Container container, String line) {
        container.log("a word before");
        container.log(line);
        container.exit(0);
    }

    /** What the server's Role gives it, and more. */
    private void grant(Rule... more) {
        List<Rule> rules = new ArrayList<>(List.of(PlayedCluster.serversRights()));
        rules.addAll(List.of(more));
        cluster.rights().grant(TOKEN, ACCOUNT, rules.toArray(Rule[]::new));
    }

    private KubernetesConfig config(String namespace, String token) {
        try {
            return new KubernetesConfig(
                    namespace,
                    server,
                    image,
                    cudaImage,
                    ca,
                    cache,
                    null,
                    4,
                    boardPriority,
                    null,
                    gpuResource,
                    List.of("nvidia.com/gpu:NoSchedule"),
                    null,
                    Files.writeString(folder.resolve("kubeconfig"), cluster.kubeconfig(token))
                            .toString(),
                    Duration.ofHours(24),
                    settingUp,
                    Duration.ofMinutes(3),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(3),
                    1024);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, Finding> check(KubernetesConfig config, @Nullable String account) {
        Map<String, Finding> findings = new LinkedHashMap<>();
        JobManifest manifest = new JobManifest(config, "check", Duration.ofHours(1), 1L << 30);
        new ClusterCheck(config, account, product, manifest, nanos, pause, outside)
                .run(finding -> findings.put(finding.check(), finding), waiting::add);
        return findings;
    }

    /** With the operator's own kubeconfig, as the server's account. */
    private Map<String, Finding> check() {
        return check(config(NAMESPACE, FakeKubernetes.ADMIN_TOKEN), ACCOUNT);
    }

    private Map<String, Finding> checkInPod() {
        return check(config(NAMESPACE, TOKEN), null);
    }

    private static void assertSays(Finding finding, Outcome outcome, String... parts) {
        assertEquals(outcome, finding.outcome(), finding::toString);
        for (String part : parts) assertTrue(finding.sentence().contains(part), () -> part + " in " + finding);
    }

    private static void assertOnly(Map<String, Finding> findings, Map<String, Outcome> others) {
        Map<String, Outcome> expected = new TreeMap<>();
        Map<String, Outcome> found = new TreeMap<>();
        findings.forEach((name, finding) -> {
            expected.put(name, others.getOrDefault(name, Outcome.OK));
            found.put(name, finding.outcome());
        });
        assertEquals(expected, found, findings::toString);
        assertTrue(found.keySet().containsAll(others.keySet()), findings::toString);
    }

    @Test
    void allIsRight() {
        Map<String, Finding> findings = check();
        assertOnly(findings, Map.of());
        assertEquals(
                List.of(
                        "api",
                        "rights",
                        "namespace",
                        "job",
                        "cards",
                        "digest",
                        "image",
                        "server",
                        "network",
                        "cuda-image",
                        "cuda-server",
                        "cuda-network",
                        "cuda-card"),
                List.copyOf(findings.keySet()));
        assertSays(findings.get("api"), Outcome.OK, "v1.36.2", ACCOUNT);
        assertSays(findings.get("cards"), Outcome.OK, "8 of nvidia.com/gpu on 1 nodes", H100);
        assertSays(findings.get("image"), Outcome.OK, IMAGE, "node-1");
        assertSays(findings.get("cuda-image"), Outcome.OK, CUDA_IMAGE, "cards-1");
        assertSays(findings.get("network"), Outcome.OK, "1.1.1.1:443");
        assertSays(findings.get("cuda-card"), Outcome.OK, "NVIDIA H100, driver 570.1");
    }

    @Test
    void whatTheServersAccountMayNotSeeIsNotKnown() {
        Map<String, Finding> findings = checkInPod();
        assertOnly(findings, Map.of("namespace", Outcome.NOT_KNOWN, "cards", Outcome.NOT_KNOWN));
        assertSays(findings.get("namespace"), Outcome.NOT_KNOWN, "kubectl get namespace " + NAMESPACE);
        assertSays(findings.get("cards"), Outcome.NOT_KNOWN, "kubectl get nodes -L nvidia.com/gpu.product");
    }

    @Test
    void aClusterThatDoesNotAnswer() {
        cluster.away();
        Map<String, Finding> findings = check();
        cluster.back();
        assertSays(findings.get("api"), Outcome.WRONG, cluster.url(), "can be reached");
        findings.remove("api");
        assertEquals(7, findings.size());
        findings.values().forEach(finding -> assertSays(finding, Outcome.NOT_KNOWN, "does not answer"));
    }

    @Test
    void credentialsThatAreRefused() {
        assertSays(check(config(NAMESPACE, "expired"), null).get("api"), Outcome.WRONG, "credentials are not accepted");
        assertSays(check(config(NAMESPACE, TOKEN), "system:somebody").get("api"), Outcome.WRONG, "cannot impersonate");
    }

    @Test
    void rightsThatAreMissing() {
        cluster.rights()
                .grant(TOKEN, ACCOUNT, new Rule(NAMESPACE, "batch", Set.of("jobs"), Set.of("create", "get", "list")));
        assertSays(
                check().get("rights"),
                Outcome.WRONG,
                "may not delete, watch jobs; get, list, watch pods; get pods/log; create, delete secrets",
                "k8s/base/access.yaml");
    }

    @Test
    void rightsThatAreTooMany() {
        grant(
                new Rule(NAMESPACE, "", Set.of("secrets"), Set.of("get")),
                new Rule(NAMESPACE, "", Set.of("pods/exec"), Set.of("create")),
                new Rule("elsewhere", "", ALL, ALL));
        assertSays(check().get("rights"), Outcome.WRONG, "in the namespace create pods/exec; get secrets.");
        grant(new Rule("*", "", Set.of("nodes"), Set.of("list")));
        assertSays(check().get("rights"), Outcome.WRONG, "in the whole cluster list nodes");
        grant(new Rule(NAMESPACE, "batch", ALL, ALL));
        assertSays(check().get("rights"), Outcome.WRONG, "in the namespace * *");
        assertSays(
                check(config(NAMESPACE, FakeKubernetes.ADMIN_TOKEN), null).get("rights"),
                Outcome.WRONG,
                "in the whole cluster * *",
                "--as " + ACCOUNT);
    }

    @Test
    void aNamespaceThatRefusesTooLittleOrIsNotThere() throws ApiException {
        namespace("open", Map.of());
        namespace("half", Map.of("pod-security.kubernetes.io/enforce", "baseline"));
        assertSays(
                check(config("open", FakeKubernetes.ADMIN_TOKEN), null).get("namespace"),
                Outcome.WRONG,
                "refuses no pod",
                "kubectl label --overwrite namespace open pod-security.kubernetes.io/enforce=restricted");
        assertSays(
                check(config("half", FakeKubernetes.ADMIN_TOKEN), null).get("namespace"),
                Outcome.WRONG,
                "not baseline");
        Map<String, Finding> absent = check(config("absent", FakeKubernetes.ADMIN_TOKEN), null);
        assertSays(absent.get("namespace"), Outcome.WRONG, "no namespace absent", "k8s/base/namespaces.yaml");
        assertSays(absent.get("job"), Outcome.WRONG, "k8s/base/namespaces.yaml");
        assertSays(absent.get("image"), Outcome.NOT_KNOWN, "takes no Job");
    }

    private void quota(String resource) throws ApiException {
        core.createNamespacedResourceQuota(
                        NAMESPACE,
                        new V1ResourceQuota()
                                .metadata(new V1ObjectMeta().name("jobs"))
                                .spec(new V1ResourceQuotaSpec().hard(Map.of(resource, new Quantity("0")))))
                .execute();
    }

    @Test
    void aJobThatIsRefused() throws ApiException {
        quota("count/jobs.batch");
        assertSays(check().get("job"), Outcome.WRONG, "exceeded quota: jobs", "Raise the ResourceQuota");
    }

    @Test
    void aPriorityClassThatIsNotThere() throws ApiException {
        boardPriority = "touchstone-board";
        assertSays(check().get("job"), Outcome.WRONG, "no PriorityClass touchstone-board", "k8s/base/jobs.yaml");
        Map<String, Finding> inPod = checkInPod();
        assertSays(inPod.get("job"), Outcome.OK);
        assertSays(inPod.get("image"), Outcome.WRONG, "made no pod", "get events");

        new SchedulingV1Api(cluster.client())
                .createPriorityClass(new V1PriorityClass()
                        .metadata(new V1ObjectMeta().name(boardPriority))
                        .value(900))
                .execute();
        assertOnly(check(), Map.of());
    }

    @Test
    void withoutAnImageForCardsNoneIsWanted() {
        cudaImage = null;
        cluster.removeNode("cards-1");
        assertOnly(check(), Map.of());
        product = H100;
        assertSays(check().get("cards"), Outcome.WRONG, "TOUCHSTONE_KUBERNETES_CUDA_IMAGE");
    }

    @Test
    void noNodeHasTheWantedCard() {
        product = "NVIDIA-A100-SXM4-80GB";
        Map<String, Finding> findings = check();
        assertSays(findings.get("cards"), Outcome.WRONG, product, "there are " + H100);
        assertSays(findings.get("cuda-image"), Outcome.WRONG, "no machine is free", "Add a node");
        assertSays(findings.get("image"), Outcome.OK);

        product = null;
        cluster.removeNode("cards-1");
        assertSays(check().get("cards"), Outcome.WRONG, "none of 1 nodes has nvidia.com/gpu", "device plugin");
    }

    @Test
    void aSliceOfACardIsLookedForAndTriedByItsOwnName() {
        gpuResource = SLICE;
        assertSays(check().get("cards"), Outcome.WRONG, "none of 2 nodes has " + SLICE, "--gpu-resource");
        sliced("slices-1", Map.of("nvidia.com/gpu.sharing-strategy", "time-slicing"));
        Map<String, Finding> findings = check();
        assertOnly(findings, Map.of());
        assertSays(findings.get("cards"), Outcome.OK, "7 of " + SLICE + " on 1 nodes");
        assertSays(findings.get("cuda-image"), Outcome.OK, "slices-1");
        cluster.removeNode("slices-1");
        sliced("slices-2", Map.of(SLICE + ".sharing-strategy", "time-slicing"));
        assertSays(check().get("cards"), Outcome.WRONG, "the same card on slices-2");
    }

    private void sliced(String name, Map<String, String> labels) {
        Node whole = Node.gpu(name, "NVIDIA-A100-SXM4-80GB", 1);
        Map<String, String> capacity = new TreeMap<>(whole.capacity());
        capacity.remove("nvidia.com/gpu");
        capacity.put(SLICE, "7");
        Map<String, String> all = new TreeMap<>(whole.labels());
        all.putAll(labels);
        cluster.addNode(new Node(name, all, capacity, whole.taints()));
    }

    @Test
    void anImageThatIsNamedByATagIsToldWithWhatItIsNow() {
        image = "registry.example/evaluator:1";
        Map<String, Finding> findings = check();
        assertOnly(findings, Map.of("digest", Outcome.NOT_KNOWN));
        assertSays(findings.get("digest"), Outcome.NOT_KNOWN, image + " is a tag", "TOUCHSTONE_KUBERNETES_IMAGE");
        assertSays(findings.get("image"), Outcome.OK, "; there it was registry.example/evaluator@sha256:");
        cudaImage = "registry.example/evaluator-cuda:1";
        assertSays(check().get("digest"), Outcome.NOT_KNOWN, image + " and " + cudaImage + " are tags");
    }

    /** An image of gigabytes that no node has yet. */
    @Test
    void aMachineThatGetsReadyIsGivenTheTimeThatJobsAreAndThatIsTold() {
        cluster.startTime(Duration.ofMinutes(20));
        cudaImage = null;
        pause = time -> {
            cluster.advance(time);
            ahead.addAndGet(time.toNanos());
        };
        assertOnly(check(), Map.of());
        assertEquals(20, waiting.size(), waiting::toString);
        for (String part : List.of("image, at most 30 minutes", "being set up on node-1", "kubectl -n " + NAMESPACE))
            assertTrue(waiting.getFirst().contains(part), waiting::toString);
        settingUp = Duration.ofMinutes(6);
        assertSays(check().get("image"), Outcome.WRONG, "after 6 minutes its pod is being set up");
    }

    /** A mount may fail once; what the machine says last is what it does. */
    @Test
    void aMachineThatStandsIsGivenUpAndOneThatFetchesIsNot() {
        cudaImage = null;
        cluster.startTime(Duration.ofMinutes(20));
        assertSays(
                checkWhile(List.of("Normal Pulling image \"x\"", "Warning Multi-Attach error for volume \"v\"")),
                Outcome.WRONG,
                "after 3 minutes",
                "(Multi-Attach error");
        waiting.clear();
        assertSays(
                checkWhile(List.of("Warning Multi-Attach error for volume \"v\"", "Normal Pulling image \"x\"")),
                Outcome.OK);
        assertTrue(waiting.get(1).endsWith(" on node-1 (Pulling image \"x\")"), waiting::toString);
    }

    /** @param events of the canary's pod: type, message */
    private Finding checkWhile(List<String> events) {
        List<String> left = new ArrayList<>(events);
        pause = time -> {
            cluster.advance(time);
            ahead.addAndGet(time.toNanos());
            if (!left.isEmpty()) tell(left.removeFirst());
        };
        return check().get("image");
    }

    private void tell(String event) {
        try {
            String[] words = event.split(" ", 2);
            String pod = core.listNamespacedPod(NAMESPACE)
                    .execute()
                    .getItems()
                    .getFirst()
                    .getMetadata()
                    .getName();
            core.createNamespacedEvent(
                            NAMESPACE,
                            new CoreV1Event()
                                    .metadata(new V1ObjectMeta().name(UUID.randomUUID() + "-event"))
                                    .involvedObject(new V1ObjectReference()
                                            .kind("Pod")
                                            .namespace(NAMESPACE)
                                            .name(pod))
                                    .type(words[0])
                                    .message(words[1])
                                    .lastTimestamp(cluster.clock().instant().atOffset(ZoneOffset.UTC)))
                    .execute();
        } catch (ApiException e) {
            throw new IllegalStateException(e.getResponseBody(), e);
        }
    }

    @Test
    void whatAMachineStandsForIsMendedInItsPlace() {
        cache = CACHE;
        KubernetesConfig config = config(NAMESPACE, TOKEN);
        String attach = Advice.on("it is being set up (Multi-Attach error for volume \"pvc-1\")", config);
        assertTrue(attach.contains(CACHE + ": accessModes: [ReadWriteMany]"), attach);
        String fetching = Advice.on("it is being set up (Pulling image \"x\")", config);
        assertTrue(fetching.contains("TOUCHSTONE_KUBERNETES_SETTING_UP"), fetching);
        String absent = Advice.on("canary does not start: ImagePullBackOff (Back-off pulling image \"x\")", config);
        assertTrue(absent.startsWith("Push the image"), absent);
    }

    @Test
    void whatNothingIsDoneForIsWaitedForThreeMinutes() {
        cudaImage = null;
        cluster.removeNode("node-1");
        cluster.removeNode("cards-1");
        assertSays(check().get("image"), Outcome.WRONG, "after 3 minutes no machine is free");
        assertTrue(
                waiting.getFirst().startsWith("waiting for image, at most 3 minutes: no machine"), waiting::toString);
        assertEquals(3, waiting.size(), waiting::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "nvidia.com/gpu.sharing-strategy, time-slicing",
        "nvidia.com/gpu.sharing-strategy, mps",
        "nvidia.com/gpu.replicas, 10",
        "nvidia.com/gpu.product, NVIDIA-A10G-SHARED"
    })
    void cardsThatSeveralPodsGet(String label, String value) {
        Node whole = Node.gpu("sliced-1", "NVIDIA-A10G", 4);
        Map<String, String> labels = new TreeMap<>(whole.labels());
        labels.put(label, value);
        cluster.addNode(new Node(whole.name(), labels, whole.capacity(), whole.taints()));
        assertSays(check().get("cards"), Outcome.WRONG, "the same card on sliced-1", "renameByDefault");
        product = H100;
        assertSays(check().get("cards"), Outcome.OK);
    }

    @Test
    void cardsThatAreWholeAreNotCalledShared() {
        Node whole = Node.gpu("whole-1", H100, 4);
        Map<String, String> labels = new TreeMap<>(whole.labels());
        labels.putAll(Map.of("nvidia.com/gpu.sharing-strategy", "none", "nvidia.com/gpu.replicas", "1"));
        cluster.addNode(new Node(whole.name(), labels, whole.capacity(), whole.taints()));
        assertSays(check().get("cards"), Outcome.OK, "12 of nvidia.com/gpu on 2 nodes");
    }

    @Test
    void aTaintThatNoJobTolerates() {
        cluster.removeNode("cards-1");
        Node other = Node.gpu("cards-2", H100, 2);
        cluster.addNode(new Node("cards-2", other.labels(), other.capacity(), List.of("team=vision:NoSchedule")));
        assertSays(
                check().get("cards"),
                Outcome.WRONG,
                "cards-2 has the taint team=vision:NoSchedule",
                "TOUCHSTONE_KUBERNETES_TOLERATIONS");
    }

    @Test
    void anImageThatCannotBeFetched() {
        cluster.takeAwayImage(CUDA_IMAGE);
        Map<String, Finding> findings = check();
        assertSays(findings.get("image"), Outcome.OK);
        assertSays(findings.get("cuda-image"), Outcome.WRONG, CUDA_IMAGE, "does not start", "Push the image");
        assertSays(findings.get("cuda-network"), Outcome.NOT_KNOWN);
        assertSays(findings.get("cuda-card"), Outcome.NOT_KNOWN);
    }

    @Test
    void whatIsNearToAPodIsTriedToo() {
        outside = List.of(Canary.METADATA, Canary.KUBELET);
        assertSays(check().get("network"), Outcome.OK, "169.254.169.254:80 (the cloud's metadata), its node's kubelet");
        cluster.containers(container -> {
            int forbidden = container.command().indexOf("--forbidden") + 1;
            List<String> tried = List.of(container.command().get(forbidden).split(","));
            String reached = "[\"" + String.join("\",\"", tried.subList(tried.size() - 2, tried.size())) + "\"]";
            says(container, well(container).replace("[]", reached));
        });
        assertSays(
                check().get("network"),
                Outcome.WRONG,
                "169.254.169.254:80 (the cloud's metadata), 10.0.0.1:10250 (its node's kubelet)",
                "k8s/base/network.yaml");
    }

    @Test
    void aCardThatNoJobComputesOn() {
        cluster.containers(container -> says(
                container,
                container.image().equals(CUDA_IMAGE)
                        ? WELL.replace("\"noCard\":null", "\"noCard\":\"this machine has none\"")
                        : WELL));
        Map<String, Finding> findings = check();
        assertOnly(findings, Map.of("cuda-card", Outcome.WRONG));
        assertSays(findings.get("cuda-card"), Outcome.WRONG, "this machine has none", "RUNTIME_CLASS_NAME");
    }

    @Test
    void theEvaluatorItselfSaysThatItHasNoCard() throws Exception {
        try (Health health = new Health(200)) {
            realChildren(health, "127.0.0.1:1", "");
            cudaImage = CUDA_IMAGE;
            assertSays(
                    checkInPod().get("cuda-card"),
                    Outcome.WRONG,
                    "a CUDA device is demanded: set TOUCHSTONE_LIBTORCH",
                    "RUNTIME_CLASS_NAME");
        }
    }

    @Test
    void aCardInAMachineOfAnotherKind() {
        Node grace = Node.gpu("grace-1", H100, 1);
        Map<String, String> labels = new TreeMap<>(grace.labels());
        labels.put("kubernetes.io/arch", "arm64");
        cluster.addNode(new Node(grace.name(), labels, grace.capacity(), grace.taints()));
        assertSays(
                check().get("cards"),
                Outcome.OK,
                "8 of nvidia.com/gpu on 1 nodes",
                "grace-1 is of the architecture arm64");
        cluster.removeNode("cards-1");
        Map<String, Finding> findings = check();
        assertSays(findings.get("cards"), Outcome.WRONG, "grace-1 is of the architecture arm64");
        assertSays(findings.get("cuda-image"), Outcome.WRONG, "no machine is free");
    }

    @Test
    void aPodThatTheQuotaRefusesIsToldInTheClustersWords() throws ApiException {
        quota("pods");
        assertSays(
                check().get("image"), Outcome.WRONG, "made no pod", "exceeded quota: jobs", "Raise the ResourceQuota");
    }

    @Test
    void theServersAuthorityIsNotThere() throws ApiException {
        ca = "touchstone-ca";
        String make = "kubectl -n touchstone-jobs create configmap touchstone-ca --from-file=ca.crt";
        assertSays(check().get("image"), Outcome.WRONG, "after 3 minutes", "\"touchstone-ca\" not found", make);
        core.createNamespacedConfigMap(
                        NAMESPACE,
                        new V1ConfigMap().metadata(new V1ObjectMeta().name(ca)).data(Map.of("ca.crt", "one")))
                .execute();
        assertOnly(check(), Map.of());
    }

    @Test
    void aCanaryThatCrashesOrIsNotUnderstood() {
        cluster.containers(container -> {
            container.log("Unmatched argument at index 0: 'canary'");
            container.exit(2);
        });
        assertSays(check().get("image"), Outcome.WRONG, "exit code 2", "Unmatched argument");
        cluster.containers(container -> says(container, "{\"hello\":1}"));
        assertSays(check().get("image"), Outcome.WRONG, "may be older");
    }

    @Test
    void aCanaryWhoseLogCannotBeReadIsReadByItsLastMessage() {
        cluster.containers(container -> {
            container.terminationMessage(well(container));
            container.exit(0);
        });
        assertOnly(check(), Map.of());
    }

    @Test
    void theEvaluatorItselfFindsNothingWrong() throws Exception {
        try (Health health = new Health(200);
                ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int shut = closed.getLocalPort();
            closed.close();
            realChildren(health, "127.0.0.1:" + shut, "");
            assertOnly(checkInPod(), Map.of("namespace", Outcome.NOT_KNOWN));
        }
    }

    @Test
    void theEvaluatorItselfFindsWhatIsOpenAndAServerThatIsIll() throws Exception {
        String open = cluster.url().substring("http://".length());
        try (Health health = new Health(503)) {
            realChildren(health, open, "10.96.0.1 kubernetes.default.svc\n");
            Map<String, Finding> findings = checkInPod();
            assertSays(findings.get("image"), Outcome.OK);
            assertSays(findings.get("server"), Outcome.WRONG, "/health answers 503: {\"status\":\"DOWN\"}");
            assertSays(
                    findings.get("network"),
                    Outcome.WRONG,
                    open,
                    "a name service (it said 10.96.0.1)",
                    "kubectl apply -f k8s/base/network.yaml");
        }
    }

    @Test
    void theEvaluatorItselfWritesIntoTheCacheOrSaysWhatKeepsItFromThat() throws Exception {
        cache = CACHE;
        assertSays(check().get("cache"), Outcome.NOT_KNOWN, "did not get so far");
        core.createNamespacedPersistentVolumeClaim(
                        NAMESPACE, new V1PersistentVolumeClaim().metadata(new V1ObjectMeta().name(CACHE)))
                .execute();
        assertSays(check().get("cache"), Outcome.NOT_KNOWN, "may be older");
        try (Health health = new Health(200)) {
            realChildren(health, "127.0.0.1:1", "");
            cachePlace = Files.createDirectory(folder.resolve("cache"));
            assertSays(checkInPod().get("cache"), Outcome.OK, CACHE, "MiB free");
            try (Stream<Path> left = Files.list(cachePlace)) {
                assertEquals(List.of(), left.toList());
            }
            // Rights would not do: tests may run as root.
            cachePlace = folder.resolve("none");
            assertSays(
                    checkInPod().get("cache"),
                    Outcome.WRONG,
                    "It is not there, or no folder",
                    "chown 65532:65532",
                    "accessModes: [ReadWriteMany]");
        }
    }

    @Test
    void theCanaryMayWriteIntoTheCacheAsTheCommandThatFetches() {
        cache = CACHE;
        KubernetesConfig config = config(NAMESPACE, TOKEN);
        Launch launch = new Launch(
                new JobName(UUID.randomUUID(), 1),
                List.of(new Launch.Command(Purpose.SCORE, "")),
                new TaskFile.Device("cpu", 1),
                false,
                List.of());
        JobManifest manifest = new JobManifest(config, "check", Duration.ofHours(1), 1L << 30);
        assertEquals(true, cacheMount(manifest.job(launch)).getReadOnly());
        assertNull(cacheMount(manifest.canary(launch, List.of(), Duration.ofHours(1)))
                .getReadOnly());
    }

    private static V1VolumeMount cacheMount(V1Job job) {
        return job.getSpec().getTemplate().getSpec().getContainers().getFirst().getVolumeMounts().stream()
                .filter(mount -> mount.getMountPath().equals("/cache"))
                .findFirst()
                .orElseThrow();
    }

    /** An evaluator of tomorrow. */
    @Test
    void aReportThatSaysMoreIsUnderstood() {
        cluster.containers(container -> says(container, well(container).replace("{", "{\"more\":1,")));
        assertOnly(check(), Map.of());
    }

    private record Health(HttpServer server) implements AutoCloseable {
        Health(int status) throws IOException {
            this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8));
            byte[] body = (status == 200 ? "{}" : "{\"status\":\"DOWN\"}").getBytes(StandardCharsets.UTF_8);
            server.createContext("/health", exchange -> {
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
        }

        URI address() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    /** @param names what the pod's name service knows, as a hosts file */
    private void realChildren(Health health, String forbidden, String names) throws IOException {
        Path hosts = Files.writeString(folder.resolve("hosts"), names);
        cudaImage = null;
        server = health.address();
        outside = List.of(forbidden);
        nanos = System::nanoTime;
        pause = time -> LockSupport.parkNanos(LOOK.toNanos());
        cluster.containers(new ChildProcesses(container -> {
            Path home = Path.of(System.getenv().getOrDefault("TOUCHSTONE_HOME", ".."));
            List<String> words = new ArrayList<>(new EvaluatorHome(home).commandLine());
            words.add(1, "-Djdk.net.hosts.file=" + hosts);
            for (String word : container.command())
                words.add(word.equals("/cache") ? String.valueOf(cachePlace) : container.localized(word));
            ProcessBuilder child = new ProcessBuilder(words);
            child.environment().remove("TOUCHSTONE_LIBTORCH");
            return child;
        }));
    }
}
