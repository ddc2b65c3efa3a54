package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.micronaut.runtime.server.EmbeddedServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.app.TestServers;
import touchstone.api.storage.Database;
import touchstone.fixtures.Fixtures;

/**
 * PostgreSQL goes away while a job trains, longer than the lease, and comes back: the server stays up and asks everybody to
 * come back, and the job that went on meanwhile is neither lost nor charged twice. Times are shortened by configuration.
 */
class DatabaseGoneTest {
    private static final String PASSWORD = "a long enough password";
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration LEASE = Duration.ofSeconds(6);

    @TempDir
    private Path folder;

    @Test
    void everybodyIsAskedToComeBackAndNothingIsLost() throws Exception {
        Fixtures.writeTiny(folder.resolve("fixtures"));
        EmbeddedPostgres postgres = postgres(0);
        int port = postgres.getPort();
        Path data = folder.resolve("data");
        try (EmbeddedServer server = TestServers.start(
                data,
                postgres.getJdbcUrl("postgres", "postgres"),
                Map.of(
                        "datasources.default.connection-timeout",
                        "500",
                        "touchstone.judging.beat",
                        BEAT.toString(),
                        "touchstone.judging.lease",
                        LEASE.toString()))) {
            String address = server.getURI().toString();
            TestServers.organizer(server, "olivia", PASSWORD);
            Script.signIn(address, "olivia", PASSWORD).sendZip("/api/tasks", folder.resolve("fixtures/tiny.zip"));
            Script alice = Script.signUp(address, "alice", PASSWORD);
            String id = alice.sendZip("/api/tasks/tiny/submissions", folder.resolve("fixtures/strategies/baseline.zip"))
                    .path("id")
                    .asText();
            await(
                    alice,
                    id,
                    view -> view.path("progress").path("phase").asText().equals("train"));

            postgres.close();
            long gone = System.nanoTime();
            for (boolean first = true;
                    first || System.nanoTime() - gone < LEASE.multipliedBy(2).toNanos();
                    first = false) {
                HttpResponse<String> answer = get(address + "/api/tasks");
                assertEquals(503, answer.statusCode(), answer.body());
                assertEquals(
                        "application/problem+json",
                        answer.headers().firstValue("Content-Type").orElse(""));
                assertTrue(answer.body().contains("\"code\":\"busy\""), answer.body());
                assertTrue(Integer.parseInt(
                                answer.headers().firstValue("Retry-After").orElse("0"))
                        > 0);
                LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
            }
            assertEquals(503, get(address + "/health").statusCode());
            postgres = postgres(port);

            JsonNode settled =
                    await(alice, id, view -> view.path("state").asText().equals("settled"));
            assertEquals("scored", settled.path("verdict").asText(), settled::toString);
            Database database = server.getApplicationContext().getBean(Database.class);
            assertEquals(0L, (long) database.get("select sum(failures) as n from run", row -> row.number("n")));
            assertEquals(1L, (long) database.get("select count(*) as n from attempt", row -> row.number("n")));
            assertEquals(1L, (long) database.get("select count(*) as n from quota_entry", row -> row.number("n")));
            assertEquals(200, get(address + "/health").statusCode());
        } finally {
            postgres.close();
        }
    }

    /** @param port 0 = any */
    private EmbeddedPostgres postgres(int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("postgres"))
                .setCleanDataDirectory(false)
                .setServerConfig("synchronous_commit", "on");
        if (port != 0) builder.setPort(port);
        return builder.start();
    }

    private static HttpResponse<String> get(String address) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode await(Script script, String id, Predicate<JsonNode> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        JsonNode view = script.get("/api/submissions/" + id);
        while (!condition.test(view)) {
            if (System.nanoTime() > end) throw new AssertionError("still " + view);
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            view = script.get("/api/submissions/" + id);
        }
        return view;
    }
}
