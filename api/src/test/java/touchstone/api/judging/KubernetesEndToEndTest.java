package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.util.Config;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.app.DatabaseAddress;
import touchstone.api.app.TestHouse;
import touchstone.api.evaluation.EvaluatorHome;
import touchstone.fixtures.Authority;
import touchstone.fixtures.Fixtures;
import touchstone.kubernetes.fake.ChildProcesses;
import touchstone.kubernetes.fake.Container;
import touchstone.kubernetes.fake.FakeKubernetes;
import touchstone.kubernetes.fake.Node;

/**
 * From an upload to the board over TLS, with a real server and the real evaluator in the containers of Jobs. The server is
 * killed on the way: the job goes on without it.
 *
 * <p>On a {@link RealCluster}, where one is named, in a namespace of its own that it removes. Otherwise a cluster is played, and
 * its containers are processes of this machine.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KubernetesEndToEndTest {
    private static final String NAMESPACE =
            "touchstone-test-" + UUID.randomUUID().toString().substring(0, 8);
    private static final String PASSWORD = "a long enough password";
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    /** Between two looks at a process that cannot tell when it is ready. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    @TempDir
    private static Path folder;

    private static String image = "registry.example/touchstone-evaluator@sha256:" + "0".repeat(64);
    private static String host = "localhost";
    private static @Nullable FakeKubernetes played;
    private static @Nullable ApiClient cluster;
    private static Authority authority;
    private static RealServer server;
    private static Script alice;
    private static Script olivia;
    private static double taskSent;

    @BeforeAll
    static void openContest() throws Exception {
        Path kubeconfig = kubeconfig();
        cluster = Config.fromConfig(kubeconfig.toString());
        CoreV1Api core = new CoreV1Api(cluster);
        core.createNamespace(new V1Namespace()
                        .metadata(new V1ObjectMeta()
                                .name(NAMESPACE)
                                .labels(Map.of("pod-security.kubernetes.io/enforce", "restricted"))))
                .execute();
        authority = Authority.make(folder, "authority");
        core.createNamespacedConfigMap(NAMESPACE, trusted(authority)).execute();
        if (played != null) createClaim();
        int tlsPort = freePort();
        Path data = folder.resolve("data");
        Fixtures.writeTiny(folder.resolve("fixtures"));
        RealServer.run(data, null, "", "init");
        RealServer.run(data, null, PASSWORD + "\n", "admin", "create", "--name", "olivia", "--organizer");
        server = new RealServer(data, null);
        speakTls(authority, tlsPort);
        server.environment.put("TOUCHSTONE_RUNNER", "kubernetes");
        server.environment.put("TOUCHSTONE_KUBERNETES_NAMESPACE", NAMESPACE);
        server.environment.put("TOUCHSTONE_KUBERNETES_SERVER", "https://" + host + ":" + tlsPort);
        server.environment.put("TOUCHSTONE_KUBERNETES_CA", "touchstone-ca");
        server.environment.put("TOUCHSTONE_KUBERNETES_IMAGE", image);
        if (played != null) server.environment.put("TOUCHSTONE_KUBERNETES_CACHE", "task-cache");
        server.environment.put("TOUCHSTONE_KUBERNETES_JOBS", "2");
        server.environment.put("TOUCHSTONE_KUBERNETES_KUBECONFIG", kubeconfig.toString());
        server.start();
        olivia = Script.signIn(server.address(), "olivia", PASSWORD);
        olivia.sendZip("/api/tasks", folder.resolve("fixtures/tiny.zip"));
        alice = Script.signUp(server.address(), "alice", PASSWORD);
    }

    @AfterAll
    static void close() throws Exception {
        if (server != null) server.close();
        if (played != null) played.close();
        else if (cluster != null)
            new CoreV1Api(cluster).deleteNamespace(NAMESPACE).execute();
    }

    private static Path kubeconfig() throws Exception {
        RealCluster real = RealCluster.of(System.getenv()).orElse(null);
        if (real == null) return playCluster();
        image = real.image();
        host = real.host();
        return real.kubeconfig();
    }

    private static Path playCluster() throws Exception {
        FakeKubernetes made = new FakeKubernetes();
        played = made;
        made.addNode(Node.cpu("node-1"));
        Files.createDirectory(folder.resolve("cache"));
        made.containers(new ChildProcesses(KubernetesEndToEndTest::process));
        return Files.writeString(folder.resolve("kubeconfig"), made.kubeconfig(FakeKubernetes.ADMIN_TOKEN));
    }

    private static void createClaim() throws ApiException {
        new CoreV1Api(cluster)
                .createNamespacedPersistentVolumeClaim(
                        NAMESPACE, new V1PersistentVolumeClaim().metadata(new V1ObjectMeta().name("task-cache")))
                .execute();
    }

    private static V1ConfigMap trusted(Authority authority) throws IOException {
        return new V1ConfigMap()
                .metadata(new V1ObjectMeta().name("touchstone-ca"))
                .data(Map.of("ca.crt", Files.readString(authority.certificate())));
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    /** With the settings that the manifests mount. */
    private static void speakTls(Authority authority, int port) throws IOException {
        String name = host.matches("[0-9.]+") ? "ip:" + host : "dns:" + host;
        Authority.Signed signed = authority.sign(name);
        String settings = Files.readString(TestHouse.repository().resolve("k8s/base/server.yml"))
                .replace("port: 8443", "port: " + port)
                .replace("/tls/tls.key", signed.key().toString())
                .replace("/tls/tls.crt", signed.certificate().toString());
        Path file = Files.writeString(folder.resolve("server.yml"), settings);
        server.environment.put("MICRONAUT_CONFIG_FILES", file.toString());
        if (played == null) server.listenEverywhere();
    }

    /** As the image starts it; the claim is a folder that outlasts pods. */
    private static ProcessBuilder process(Container container) {
        Path home = Path.of(System.getenv().getOrDefault("TOUCHSTONE_HOME", ".."));
        List<String> words = new ArrayList<>(new EvaluatorHome(home).commandLine());
        words.add(1, "-Djava.io.tmpdir=" + container.folder("/scratch"));
        for (String word : container.command())
            words.add(word.equals("/cache") ? folder.resolve("cache").toString() : container.localized(word));
        ProcessBuilder builder = new ProcessBuilder(words);
        container.environment().forEach((name, value) -> builder.environment().put(name, container.localized(value)));
        return builder;
    }

    @Test
    @Order(1)
    void fromUploadToBoard() throws Exception {
        String id = submit("baseline");
        JsonNode settled = await(id, KubernetesEndToEndTest::isSettled);

        assertEquals("scored", settled.path("verdict").asText(), settled::toString);
        double score = settled.path("score").path("value").asDouble();
        JsonNode row = alice.get("/api/tasks/tiny/leaderboard").path("rows").path(0);
        assertEquals(score, row.path("score").asDouble(), 1e-9);
        assertTrue(sent("task") > 0 && sent("strategy") > 0 && sent("hidden") > 0);
        assertEquals(0, sent("weights"), "they stay in the pod");
        taskSent = sent("task");
        if (played != null) {
            try (Stream<Path> kept = Files.list(folder.resolve("cache"))) {
                assertEquals(1, kept.count(), "the task's files stay for the next job");
            }
            assertEquals(taskSent, sent("task\",to=\"fetch"), "what judges found it there");
        }
        awaitNothingLeft();
    }

    @Test
    @Order(2)
    void aJobGoesOnWhileTheServerIsKilledAndStartedAgain() throws Exception {
        String id = submit("small-loss");
        await(id, view -> view.path("progress").path("phase").asText().equals("train"));
        if (played != null) assertEquals(taskSent, sent("task"), "it lies where the job runs");
        server.kill();
        server.start();
        JsonNode settled = await(id, KubernetesEndToEndTest::isSettled);
        assertEquals("scored", settled.path("verdict").asText(), settled::toString);
        awaitNothingLeft();
    }

    /** Nothing trusts the server's certificate: no job begins, none is charged, and all goes on when that is mended. */
    @Test
    @Order(3)
    void aPlaceThatIsSetUpWronglyCostsNoTry() throws Exception {
        CoreV1Api core = new CoreV1Api(cluster);
        core.replaceNamespacedConfigMap("touchstone-ca", NAMESPACE, trusted(Authority.make(folder, "stranger")))
                .execute();
        String id = submit("brighten");
        awaitNeverStarted();
        core.replaceNamespacedConfigMap("touchstone-ca", NAMESPACE, trusted(authority))
                .execute();
        JsonNode settled = await(id, KubernetesEndToEndTest::isSettled);
        assertEquals("scored", settled.path("verdict").asText(), settled::toString);
        awaitNothingLeft();
    }

    private static void awaitNeverStarted() throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (olivia.get("/api/operator/attempts?task=tiny&fault=never-started")
                .path("items")
                .isEmpty()) {
            if (System.nanoTime() > end) throw new AssertionError("none ended so\n" + server.printed());
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /** An alert that reads a name or a label which nobody tells stays silent for ever. */
    @Test
    @Order(4)
    void whatEveryAlertReadsIsTold() throws Exception {
        List<String> told = scrape().lines().toList();
        String alerts = Files.readString(TestHouse.repository().resolve("k8s/base/monitoring.yaml"))
                .lines()
                .filter(line -> line.strip().startsWith("expr:"))
                .collect(Collectors.joining("\n"));
        Matcher metrics =
                Pattern.compile("\\b([a-z]+(?:_[a-z]+)+)(?:\\{([^}]*)})?").matcher(alerts);
        Set<String> names = new TreeSet<>();
        while (metrics.find()) {
            String name = metrics.group(1);
            names.add(name);
            List<Pattern> labels = labels(Objects.requireNonNullElse(metrics.group(2), ""));
            assertTrue(
                    told.stream()
                            .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                            .anyMatch(line -> labels.stream()
                                    .allMatch(label -> label.matcher(line).find())),
                    metrics.group() + " in\n" + String.join("\n", told));
        }
        assertTrue(
                names.containsAll(
                        Set.of("touchstone_loop_age", "touchstone_runner_trouble", "touchstone_attempts_ended")),
                names::toString);
    }

    /** What a line must have to be read: where an alert names several values, any. */
    private static List<Pattern> labels(String selector) {
        return Pattern.compile("(\\w+)(=~?)\"([^\"]*)\"")
                .matcher(selector)
                .results()
                .map(label -> Pattern.compile("[{,]" + label.group(1) + "=\""
                        + (label.group(2).equals("=") ? Pattern.quote(label.group(3)) : "[^\"]*") + "\""))
                .toList();
    }

    /** After all others: what an operator reads of them, and the database says. */
    @Test
    @Order(5)
    void noneLostATryAndEachSaysWhereItRan() throws Exception {
        JsonNode scored =
                olivia.get("/api/operator/attempts?task=tiny&fault=none").path("items");
        assertEquals(3, scored.size(), scored::toString);
        for (JsonNode attempt : scored) {
            JsonNode told = attempt.path("fingerprint");
            assertEquals(attempt.path("node"), told.path("node"), told::toString);
            assertEquals(image, told.path("image").asText(), told::toString);
            assertTrue(told.path("imageDigest").asText().contains("sha256:"), told::toString);
        }
        server.stop();
        assertEquals(0, count("select count(*) from attempt where fault not in ('none', 'never-started')"));
        assertEquals(0, count("select sum(failures) from run"));
        assertEquals(3, count("select count(*) from attempt where fault = 'none' and runner = 'kubernetes'"));
        assertEquals(3, count("select count(*) from quota_entry"));
    }

    private static int count(String sql) throws SQLException {
        DatabaseAddress address = DatabaseAddress.inFolder(folder.resolve("data"));
        try (Connection connection = DriverManager.getConnection(address.url(), address.user(), address.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertTrue(rows.next());
            return rows.getInt(1);
        }
    }

    /** Bytes of this input that the server has sent to jobs since it started. */
    private static double sent(String input) throws IOException, InterruptedException {
        return scrape().lines()
                .filter(line -> line.startsWith("touchstone_job_sent") && line.contains("input=\"" + input + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static String scrape() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.address() + "/prometheus"))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    private static String submit(String strategy) throws IOException, InterruptedException {
        Path zip = folder.resolve("fixtures/strategies/" + strategy + ".zip");
        return alice.sendZip("/api/tasks/tiny/submissions", zip).path("id").asText();
    }

    private static boolean isSettled(JsonNode view) {
        return view.path("state").asText().equals("settled");
    }

    private static JsonNode await(String id, Predicate<JsonNode> condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        JsonNode view = alice.get("/api/submissions/" + id);
        while (!condition.test(view)) {
            if (System.nanoTime() > end) throw new AssertionError("still " + view + "\n" + server.printed());
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            view = alice.get("/api/submissions/" + id);
        }
        return view;
    }

    private static void awaitNothingLeft() throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        BatchV1Api batch = new BatchV1Api(cluster);
        CoreV1Api core = new CoreV1Api(cluster);
        while (!batch.listNamespacedJob(NAMESPACE).execute().getItems().isEmpty()
                || !core.listNamespacedPod(NAMESPACE).execute().getItems().isEmpty()
                || !core.listNamespacedSecret(NAMESPACE).execute().getItems().isEmpty()) {
            if (System.nanoTime() > end) throw new AssertionError("something is left\n" + server.printed());
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }
}
