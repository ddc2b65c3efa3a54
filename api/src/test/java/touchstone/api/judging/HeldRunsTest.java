package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.runner.JobState;

final class HeldRunsTest {
    @TempDir
    private Path data;

    @Test
    void whatIsHeldIsJudgedAfterARetry() {
        try (House house = new House(TestDatabase.H2, data)) {
            House.Contest contest = house.contest(1, 1);
            TestServer server = new TestServer(house, 2);
            UUID submission = contest.submit(contest.team("alice"));
            for (int i = 0; i < JudgingConfig.FAILURES_MAX; i++) {
                server.tick();
                server.ends(new JobState.OverLimit("train ran out of memory"));
                server.observe.tick();
                house.clock.pass(Backoff.LONGEST);
            }
            assertEquals("waiting-on-us", house.judgingState(submission));

            assertEquals(1, house.held.retryAll());

            assertEquals("waiting", house.judgingState(submission));
            assertEquals(List.of("waiting"), house.runStates(submission));
            assertEquals(0, house.failures(submission));
            assertEquals(0, house.held.retryAll());
            server.tick();
            server.finish(server.job(), 0.5);
            assertEquals("scored", house.verdict(submission));
        }
    }

    @Test
    void allAreLockedInTheOrderInWhichASetLocksThem() {
        try (House house = new House(TestDatabase.H2, data)) {
            House.Contest contest = house.contest(1, 1);
            for (int i = 0; i < 3; i++) contest.submit(contest.team("team-" + i));
            house.open.tick();
            house.database.change("update judging set state = 'waiting-on-us'");
            List<UUID> byId = house.database.list("select id from judging order by id", row -> row.uuid("id"));
            for (int i = 0; i < byId.size(); i++)
                house.database.change(
                        "update judging set created = ? where id = ?",
                        house.clock.instant().minusSeconds(i),
                        byId.get(i));

            assertEquals(3, byId.size());
            assertEquals(byId, house.held.held());
        }
    }
}
