package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.runner.JobName;

/**
 * How long it takes to give a free slot its job while 10,000 submissions of 500 teams wait, on PostgreSQL: reading the queue,
 * finding who is next, and the transaction that takes the run. Run by {@code ./touchstone bench --server claim}.
 */
final class ClaimBench {
    private static final int TEAMS = 500;
    private static final int EACH = 20;
    private static final int WARM_UP = 200;
    private static final int MEASURED = 1000;

    @TempDir
    private Path data;

    @Test
    void aFreeSlotGetsItsJob() throws IOException {
        try (House house = new House(TestDatabase.POSTGRESQL, data)) {
            House.Contest contest = house.contest(1, 1);
            fill(house, contest);
            TestServer server = new TestServer(house, 1);
            List<Double> millis = new ArrayList<>();
            for (int i = 0; i < WARM_UP + MEASURED; i++) {
                long began = System.nanoTime();
                server.dispatch.tick();
                if (i >= WARM_UP) millis.add((System.nanoTime() - began) / 1e6);
                assertEquals(i + 1, server.runner.launched.size());
                end(house, server.job());
                server.runner.states.clear();
            }
            millis.sort(Double::compare);
            System.out.printf(
                    Locale.ROOT,
                    "claim, %d waiting, %d teams, PostgreSQL: median %.1f ms, 90%% %.1f, 99%% %.1f, largest %.1f ms over %d claims;"
                            + " load average %s%n",
                    TEAMS * EACH,
                    TEAMS,
                    millis.get(MEASURED / 2),
                    millis.get(MEASURED * 90 / 100),
                    millis.get(MEASURED * 99 / 100),
                    millis.getLast(),
                    MEASURED,
                    loadAverage());
        }
    }

    /** Uploads of the teams one after the other, so that fairness has something to do. */
    private static void fill(House house, House.Contest contest) {
        UUID first = contest.submit(contest.team("the-first"));
        house.database.change("""
                insert into team (id, task, name, name_folded, kind, created)
                select gen_random_uuid(), ?, 'team-' || i, 'team-' || i, 'team', now() from generate_series(1, ?) i
                """, contest.task, TEAMS);
        house.database.change("""
                insert into submission (id, number, team, task, version, account, blob, strategy_digest, title, report,
                    upload_began, accepted)
                select gen_random_uuid(), i, t.id, s.task, 1, s.account, s.blob, s.strategy_digest, s.title, s.report,
                       s.accepted, s.accepted
                from submission s, team t, generate_series(1, ?) i
                where s.id = ? and t.task = s.task and t.name like 'team-%' order by i, t.id
                """, EACH, first);
        house.database.change("""
                insert into judging (id, submission, task, version, judging_set, variant, state, valid, created)
                select gen_random_uuid(), s.id, s.task, 1, b.id, '', 'waiting', true, now()
                from submission s join judging_set b on b.task = s.task where s.id <> ?
                """, first);
        house.database.change("""
                insert into run (id, judging, seed_index, seed, state, attempts, failures, not_before, priority)
                select gen_random_uuid(), id, 1, 1, 'waiting', 0, 0, ?, 0 from judging
                """, house.clock.instant());
        house.database.change("update submission set withdrawn = now() where id = ?", first);
        for (String table : List.of("team", "submission", "judging", "run")) house.database.change("analyze " + table);
    }

    /** As if its result had arrived; a new one takes its place, so that as many wait. */
    private static void end(House house, JobName job) {
        house.database.transaction(() -> {
            house.database.change(
                    "update attempt set open_key = null, state = 'ended', phase = 'ended', ended = started where run = ?",
                    job.run());
            house.database.change(
                    "update judging set state = 'waiting' where id = (select judging from run where id = ?)",
                    job.run());
            house.database.change("update run set state = 'waiting' where id = ?", job.run());
        });
    }

    private static String loadAverage() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }
}
