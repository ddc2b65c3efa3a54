package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.fixtures.Fixtures;

/** Two real servers on one PostgreSQL and one data folder, one job at a time each. */
class TwoServersTest {
    private static final String PASSWORD = "a long enough password";
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final List<String> TEAMS = List.of("alice", "bob", "charlie", "dora");

    @TempDir
    private Path folder;

    @Test
    void shareTheWorkAndTheOneThatLivesFinishesWhatTheOtherLeft() throws Exception {
        Path data = folder.resolve("data");
        Fixtures.writeTiny(folder.resolve("fixtures"));
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            String url = postgres.getJdbcUrl("postgres", "postgres");
            RealServer.run(data, url, "", "init");
            RealServer.run(data, url, PASSWORD + "\n", "admin", "create", "--name", "olivia", "--organizer");
            try (RealServer one = new RealServer(data, url);
                    RealServer other = new RealServer(data, url)) {
                one.start();
                other.start();
                Script.signIn(one.address(), "olivia", PASSWORD)
                        .sendZip("/api/tasks", folder.resolve("fixtures/tiny.zip"));
                List<Script> teams = new ArrayList<>();
                List<String> submissions = new ArrayList<>();
                for (String name : TEAMS) {
                    Script team = Script.signUp(other.address(), name, PASSWORD);
                    teams.add(team);
                    submissions.add(team.sendZip(
                                    "/api/tasks/tiny/submissions", folder.resolve("fixtures/strategies/baseline.zip"))
                            .path("id")
                            .asText());
                }
                awaitTrue(() -> count(postgres, "select count(distinct instance) from attempt") == 2);
                awaitTrue(() -> one.children() == 1);

                one.kill();

                for (int i = 0; i < TEAMS.size(); i++) {
                    Script team = teams.get(i);
                    String path = "/api/submissions/" + submissions.get(i);
                    awaitTrue(() -> team.get(path).path("state").asText().equals("settled"));
                }
                assertEquals(0, one.children());
                assertEquals(4, count(postgres, "select count(*) from judging where verdict = 'scored'"));
                assertEquals(4, count(postgres, "select count(*) from attempt where fault = 'none'"));
                assertEquals(0, count(postgres, "select coalesce(sum(failures), 0) from run"));
                assertTrue(count(postgres, "select count(*) from attempt where fault = 'server-died'") <= 1);
                assertEquals(
                        1,
                        count(
                                postgres,
                                "select count(distinct measured) from metric where fold = 'public'"
                                        + " and name = 'accuracy'"),
                        "the same strategy has the same score, wherever it ran");
            }
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void awaitTrue(Condition condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) throw new AssertionError("waited for " + PATIENCE.toSeconds() + " seconds");
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private static int count(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                ResultSet results = connection.createStatement().executeQuery(sql)) {
            results.next();
            return results.getInt(1);
        }
    }
}
