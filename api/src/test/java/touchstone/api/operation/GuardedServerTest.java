package touchstone.api.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.runtime.server.EmbeddedServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.app.DatabaseAddress;
import touchstone.api.app.KeyFile;
import touchstone.api.app.Server;
import touchstone.api.app.Settings;
import touchstone.api.app.TestHouse;

/** A server behind a proxy that it trusts, with limits and a token for its metrics. */
final class GuardedServerTest {
    private static final String TOKEN = "scrape-7b1c";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path data;

    private static EmbeddedServer server;

    @BeforeAll
    static void start() throws Exception {
        KeyFile.create(data.resolve("touchstone.key"));
        server = Server.start(
                new Server.Options(
                        TestHouse.repository(),
                        data,
                        Settings.Mode.PRODUCTION,
                        DatabaseAddress.inFolder(data),
                        "127.0.0.1",
                        0,
                        "https://contest.example"),
                Map.of(
                        "touchstone.judging.enabled", "false",
                        "touchstone.http.trusted-proxies", "127.0.0.1,10.0.0.0/8",
                        "touchstone.metrics.token", TOKEN));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        URI address = URI.create("http://127.0.0.1:" + server.getPort() + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .method(method, HttpRequest.BodyPublishers.ofString(method.equals("POST") ? "{}" : ""))
                .header("Content-Type", "application/json");
        if (headers.length > 0) request.headers(headers);
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static int signIn(String forwarded) throws Exception {
        return send("POST", "/api/session", "X-Forwarded-For", forwarded).statusCode();
    }

    @Test
    void oneAddressIsSlowedAndNoOther() throws Exception {
        // Whatever it writes before its own address; the limit fills up again as time goes by.
        int passed = 0;
        HttpResponse<String> slowed = send("POST", "/api/session", "X-Forwarded-For", "198.51.100.1");
        while (slowed.statusCode() == 400 && passed < 600)
            slowed = send("POST", "/api/session", "X-Forwarded-For", "6.6.6." + passed++ + ", 198.51.100.1, 10.0.0.9");

        assertTrue(passed >= 59, () -> "slowed too early");
        assertEquals(429, slowed.statusCode(), slowed.body());
        assertEquals(
                "slow-down",
                new ObjectMapper().readTree(slowed.body()).path("code").asText());
        assertTrue(Long.parseLong(slowed.headers().firstValue("Retry-After").orElseThrow()) >= 1);
        assertEquals(400, signIn("198.51.100.2"));
        assertEquals(400, signIn("198.51.100.1, 198.51.100.3"));
        assertEquals(
                200,
                send("GET", "/api/session", "X-Forwarded-For", "198.51.100.1").statusCode());
    }

    @Test
    void codesAreNotGuessedQuickly() throws Exception {
        int status = 0;
        for (int i = 0; i < 11; i++)
            status = send("POST", "/api/invitations/accept", "X-Forwarded-For", "198.51.100.9")
                    .statusCode();
        assertEquals(429, status);
    }

    /** Whatever way of writing an address leads somewhere is counted as that address. */
    @Test
    void anotherWayToWriteAnAddressIsNotCountedByItself() throws Exception {
        for (String path :
                new String[] {"/api/invitations/accept/", "/api/invitations/accep%74", "/api/invitations//accept"}) {
            String forwarded = "198.51.100." + (20 + path.length());
            int status = 0;
            for (int i = 0; i < 11; i++)
                status = send("POST", path, "X-Forwarded-For", forwarded).statusCode();
            assertTrue(status == 404 || status == 429, path + " answers " + status);
        }
    }

    @Test
    void metricsNeedTheirToken() throws Exception {
        assertEquals(401, send("GET", "/prometheus").statusCode());
        assertEquals(
                401,
                send("GET", "/prometheus", "Authorization", "Bearer " + TOKEN + "x")
                        .statusCode());
        assertEquals(
                200,
                send("GET", "/prometheus", "Authorization", "Bearer " + TOKEN).statusCode());
    }

    @Test
    void aServerThatCannotWriteUploadsLivesAndIsNotReady() throws Exception {
        Path incoming = data.resolve("blobs/incoming");
        Files.createDirectories(incoming.getParent());
        Files.deleteIfExists(incoming);
        Files.writeString(incoming, "in the way");
        try {
            server.getApplicationContext().getBean(Readiness.class).lookAgain();
            HttpResponse<String> readiness = send("GET", "/health/readiness");
            assertEquals(503, readiness.statusCode());
            assertEquals("{\"status\":\"DOWN\",\"wrong\":[\"uploads\"]}", readiness.body());
            assertEquals(200, send("GET", "/health/liveness").statusCode());
        } finally {
            Files.delete(incoming);
        }
        server.getApplicationContext().getBean(Readiness.class).lookAgain();
        assertEquals(200, send("GET", "/health/readiness").statusCode());
    }
}
