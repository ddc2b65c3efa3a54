package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.app.TestHouse;
import touchstone.api.evaluation.EvaluatorHome;
import touchstone.fixtures.Authority;

/**
 * A server as on a cluster, with the very file of settings that the manifests mount: plain HTTP for the Ingress beside TLS for jobs,
 * under a certificate that is exchanged while it runs.
 */
class ServerOverTlsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final int STOPPED = 3;

    @TempDir
    private static Path folder;

    private static Authority authority;
    private static RealServer server;
    private static int tlsPort;

    @BeforeAll
    static void start() throws Exception {
        authority = Authority.make(folder, "authority");
        try (ServerSocket free = new ServerSocket(0)) {
            tlsPort = free.getLocalPort();
        }
        mount(authority.sign("dns:localhost"), "first");
        Path settings = TestHouse.repository().resolve("k8s/base/server.yml");
        String text = Files.readString(settings)
                .replace("port: 8443", "port: " + tlsPort)
                .replace("/tls/", folder.resolve("tls") + "/")
                .replace("refresh-interval: 1m", "refresh-interval: 1s");
        Path key = Files.write(folder.resolve("given.key"), new byte[32]);
        Path data = folder.resolve("data");
        RealServer.run(data, null, "", "init", "--key-file", key.toString());
        RealServer.run(data, null, "", "init", "--key-file", key.toString());
        server = new RealServer(data, null);
        server.environment.put(
                "MICRONAUT_CONFIG_FILES",
                Files.writeString(folder.resolve("server.yml"), text).toString());
        server.environment.put("TOUCHSTONE_PUBLIC_URL", "https://contest.example");
        server.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void httpAndTlsAnswerBesideEachOther() throws Exception {
        assertTrue(server.printed().contains("Listening on " + server.address()), server.printed());
        assertEquals(200, get(HttpClient.newHttpClient(), server.address()));
        assertEquals(200, get(trusting(), "https://localhost:" + tlsPort));
        assertThrows(
                SSLHandshakeException.class,
                () -> get(HttpClient.newHttpClient(), "https://localhost:" + tlsPort),
                "nobody else's authority signed it");
    }

    /** Whatever gets hold of a job's network finds no way in there but the job's own. */
    @Test
    void beneathTlsOnlyJobsAreAnswered() throws Exception {
        String tls = "https://localhost:" + tlsPort;
        for (String path : List.of(
                "/",
                "/api/tasks",
                "/api/session",
                "/api/operator/runs",
                "/prometheus",
                "/openapi.json",
                "/healthy",
                "/api/runs",
                "/nowhere")) {
            for (String method : List.of("GET", "POST")) {
                HttpResponse<String> answer = ask(trusting(), tls + path, method);
                assertEquals(404, answer.statusCode(), path);
                assertTrue(answer.body().contains("\"code\":\"jobs-only\""), path + ": " + answer.body());
                assertTrue(answer.headers().firstValue("Touchstone-Request").isPresent(), path);
            }
        }
        for (String path : List.of("/health", "/health/liveness", "/health/readiness"))
            assertEquals(200, ask(trusting(), tls + path, "GET").statusCode(), path);
        String job = "/api/runs/" + UUID.randomUUID() + "/attempts/1/start";
        assertEquals(401, ask(trusting(), tls + job, "POST").statusCode());
        // What a proxy says of itself changes nothing.
        HttpResponse<String> plain = ask(HttpClient.newHttpClient(), server.address() + "/api/tasks", "GET");
        assertEquals(200, plain.statusCode(), plain.body());
    }

    private static HttpResponse<String> ask(HttpClient client, String address, String method) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("X-Forwarded-Proto", "https")
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theAddressForBrowsersComesFromTheEnvironment() throws Exception {
        HttpRequest signUp = HttpRequest.newBuilder(URI.create(server.address() + "/api/accounts"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"name\": \"alice\", \"password\": \"a long enough password\"}"))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(signUp, HttpResponse.BodyHandlers.ofString());
        assertEquals(201, answer.statusCode(), answer.body());
        String cookie = answer.headers().firstValue("Set-Cookie").orElse("");
        assertTrue(cookie.contains("__Host-") && cookie.contains("Secure"), answer.headers()::toString);
    }

    /** The real evaluator, as its container is started. The server answers that it knows no such job, and it ends. */
    @Test
    void aJobComesThrough() throws Exception {
        List<String> words = new ArrayList<>(new EvaluatorHome(TestHouse.repository()).commandLine());
        words.addAll(List.of("train", "--server", "https://localhost:" + tlsPort));
        words.addAll(List.of("--run", UUID.randomUUID().toString(), "--attempt", "1", "--token-file"));
        words.add(Files.writeString(folder.resolve("token"), "no-such-token").toString());
        words.addAll(List.of("--ca", authority.certificate().toString()));
        Process job = new ProcessBuilder(words).redirectErrorStream(true).start();
        job.getOutputStream().close();
        String said = new String(job.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(job.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(STOPPED, job.exitValue(), said);
        assertTrue(said.contains("was answered with 401"), said);
    }

    @Test
    void aNewCertificateIsTakenWithoutAStart() throws Exception {
        BigInteger before = shown();
        Authority.Signed renewed = authority.sign("dns:localhost");
        mount(renewed, "second");
        BigInteger wanted = serial(renewed.certificate());
        assertNotEquals(before, wanted);
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!shown().equals(wanted)) {
            assertTrue(System.nanoTime() < until, "the server still shows the old certificate");
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
        assertEquals(200, get(trusting(), "https://localhost:" + tlsPort));
    }

    /** As the kubelet mounts a secret: files that are links into a folder, itself a link that is exchanged at one stroke. */
    private static void mount(Authority.Signed signed, String version) throws IOException {
        Path tls = Files.createDirectories(folder.resolve("tls"));
        Path content = Files.createDirectories(tls.resolve("..version-" + version));
        Files.copy(signed.certificate(), content.resolve("tls.crt"));
        Files.copy(signed.key(), content.resolve("tls.key"));
        Path link = Files.createSymbolicLink(tls.resolve("..data_tmp"), content.getFileName());
        Files.move(link, tls.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        for (String file : List.of("tls.crt", "tls.key")) {
            if (!Files.exists(tls.resolve(file))) Files.createSymbolicLink(tls.resolve(file), Path.of("..data", file));
        }
    }

    private static int get(HttpClient client, String server) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server + "/health/liveness")).build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static HttpClient trusting() throws Exception {
        return HttpClient.newBuilder().sslContext(context()).build();
    }

    private static SSLContext context() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", certificate(authority.certificate()));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** Serial number of the certificate that the server shows now. */
    private static BigInteger shown() throws Exception {
        try (SSLSocket socket = (SSLSocket) context().getSocketFactory().createSocket("localhost", tlsPort)) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        }
    }

    private static BigInteger serial(Path file) throws Exception {
        return certificate(file).getSerialNumber();
    }

    private static X509Certificate certificate(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
