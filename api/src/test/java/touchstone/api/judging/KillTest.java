package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.app.DatabaseAddress;
import touchstone.fixtures.Fixtures;

/**
 * Uploads to a real server, which trains with the real evaluator, and kills it at several points of a judging. Each time,
 * after a restart: judged, once, no child left, charged once.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KillTest {
    private static final String PASSWORD = "a long enough password";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Between two looks at a process that cannot tell when it is ready. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    @TempDir
    private static Path folder;

    private static RealServer server;
    private static Script alice;
    private static final List<String> submitted = new ArrayList<>();

    @BeforeAll
    static void openContest() throws Exception {
        Path data = folder.resolve("data");
        Fixtures.writeTiny(folder.resolve("fixtures"));
        RealServer.run(data, null, "", "init");
        RealServer.run(data, null, PASSWORD + "\n", "admin", "create", "--name", "olivia", "--organizer");
        server = new RealServer(data, null);
        server.start();
        Script.signIn(server.address(), "olivia", PASSWORD).sendZip("/api/tasks", folder.resolve("fixtures/tiny.zip"));
        alice = Script.signUp(server.address(), "alice", PASSWORD);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    @Test
    @Order(1)
    void fromUploadToBoard() throws Exception {
        String id = submit("baseline");

        JsonNode settled = awaitSettled(id);

        assertEquals("scored", settled.path("verdict").asText(), settled::toString);
        double score = settled.path("score").path("value").asDouble();
        assertTrue(score > 0.2 && score <= 1, settled::toString);
        assertEquals(
                settled.path("classes").size(),
                settled.path("validation").path("classes").size());
        assertTrue(settled.path("curve").size() > 1);
        assertTrue(settled.path("seconds").path("train").asDouble() > 0);
        assertEquals(64, settled.path("digests").path("finalWeights").asText().length());
        JsonNode row = alice.get("/api/tasks/tiny/leaderboard").path("rows").path(0);
        assertEquals("alice", row.path("team").asText());
        assertEquals(score, row.path("score").asDouble(), 1e-9);
        assertEquals(id, row.path("submission").asText());
    }

    @Test
    @Order(2)
    void killedWhenTheUploadWasAnswered() throws Exception {
        killAndRecover("brighten", view -> true);
    }

    @Test
    @Order(3)
    void killedWhenTrainingHadBegun() throws Exception {
        killAndRecover("small-loss", view -> phase(view).equals("train"));
    }

    @Test
    @Order(4)
    void killedWhileScoring() throws Exception {
        killAndRecover("true-labels", view -> phase(view).equals("score"));
    }

    /** After all others: what the database says of them. */
    @Test
    @Order(5)
    void nothingWasJudgedOrChargedTwice() throws Exception {
        int perDay = quota().path("perDay").asInt();
        assertEquals(perDay - submitted.size(), quota().path("left").asInt());
        server.stop();

        int all = submitted.size();
        assertEquals(all, count("select count(*) from judging where state = 'settled' and verdict = 'scored'"));
        assertEquals(all, count("select count(distinct submission) from judging"));
        assertEquals(all, count("select count(*) from quota_entry where kind = 'charge'"));
        assertEquals(0, count("select count(*) from quota_entry where kind = 'refund'"));
        assertEquals(all, count("select count(*) from attempt where fault = 'none'"));
        assertEquals(0, count("select count(*) from attempt where open_key is not null"));
        assertEquals(0, count("select coalesce(sum(failures), 0) from run"));
        assertEquals(all, count("select count(*) from metric where fold = 'public' and name = 'accuracy'"));
    }

    private static void killAndRecover(String strategy, Predicate<JsonNode> point) throws Exception {
        String id = submit(strategy);
        JsonNode view = await(id, seen -> point.test(seen) || isSettled(seen));
        assertTrue(!isSettled(view), "the point was missed");

        server.kill();

        awaitNoChildren();
        server.start();
        JsonNode settled = awaitSettled(id);
        assertEquals("scored", settled.path("verdict").asText(), settled::toString);
        awaitNoChildren();
    }

    private static String submit(String strategy) throws IOException, InterruptedException {
        Path zip = folder.resolve("fixtures/strategies/" + strategy + ".zip");
        String id = alice.sendZip("/api/tasks/tiny/submissions", zip).path("id").asText();
        submitted.add(id);
        return id;
    }

    private static String phase(JsonNode view) {
        return view.path("progress").path("phase").asText();
    }

    private static boolean isSettled(JsonNode view) {
        return view.path("state").asText().equals("settled");
    }

    private static JsonNode awaitSettled(String id) throws IOException, InterruptedException {
        return await(id, KillTest::isSettled);
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

    private static void awaitNoChildren() {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (server.children() > 0) {
            if (System.nanoTime() > end) throw new AssertionError("a child was left behind");
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private static JsonNode quota() throws IOException, InterruptedException {
        return alice.get("/api/tasks/tiny").path("you").path("quota");
    }

    private static int count(String sql) throws SQLException {
        DatabaseAddress address = DatabaseAddress.inFolder(folder.resolve("data"));
        try (Connection connection = DriverManager.getConnection(address.url(), address.user(), address.password());
                ResultSet results = connection.createStatement().executeQuery(sql)) {
            results.next();
            return results.getInt(1);
        }
    }
}
