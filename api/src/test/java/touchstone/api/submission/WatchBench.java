package touchstone.api.submission;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.app.BenchClient;
import touchstone.api.app.BenchServer;

/**
 * What 500 people cost who each look on a submission of their own as the web client does, with If-None-Match: 100 that
 * run and beat, every 1.5 s, and 400 that wait, every 3 s. Run by {@code ./touchstone bench --server watch}.
 */
final class WatchBench {
    private static final int WATCHERS = 500;
    private static final int RUNNING = 100;
    private static final long RUNNING_MILLIS = 1500;
    private static final long WAITING_MILLIS = 3000;
    private static final int THREADS = 50;
    private static final int WARM_UP_SECONDS = 40;
    private static final int MEASURED_SECONDS = 40;

    @TempDir
    private Path data;

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger unchanged = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    @Test
    void fiveHundredLookOn() throws IOException, InterruptedException, SQLException {
        try (BenchServer server = new BenchServer(data);
                ScheduledExecutorService watching = Executors.newScheduledThreadPool(THREADS)) {
            fill(server);
            String authorization = "Accept-Encoding: gzip\r\nAuthorization: Bearer " + server.token() + "\r\n";
            List<BenchClient> clients = new ArrayList<>();
            for (String id : server.list("select submission from judging order by state, id"))
                clients.add(new BenchClient(server.port, "/api/submissions/" + id, authorization));
            for (int i = 0; i < clients.size(); i++) {
                BenchClient client = clients.get(i);
                long every = i < RUNNING ? RUNNING_MILLIS : WAITING_MILLIS;
                watching.scheduleAtFixedRate(() -> look(client), i * every / WATCHERS, every, TimeUnit.MILLISECONDS);
            }
            watching.scheduleAtFixedRate(() -> beat(server), 0, 2, TimeUnit.SECONDS);
            TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
            int askedBefore = asked.get();
            int unchangedBefore = unchanged.get();
            Double before = server.processorSeconds();
            TimeUnit.SECONDS.sleep(MEASURED_SECONDS);
            Double after = server.processorSeconds();
            int all = asked.get() - askedBefore;
            System.out.printf(
                    Locale.ROOT,
                    "watch, %d watchers, PostgreSQL: %.0f requests/s, %.0f%% answered 304, the server used %s of one core; %d"
                            + " failed; load average %s%n",
                    WATCHERS,
                    all / (double) MEASURED_SECONDS,
                    100.0 * (unchanged.get() - unchangedBefore) / all,
                    share(before, after),
                    failed.get(),
                    BenchServer.loadAverage());
            watching.shutdownNow();
            assertTrue(failed.get() == 0, failed + " requests failed");
        }
    }

    private static String share(@Nullable Double before, @Nullable Double after) {
        return before == null || after == null
                ? "an unknown part"
                : "%.1f%%".formatted(100 * (after - before) / MEASURED_SECONDS);
    }

    private void look(BenchClient client) {
        try {
            client.get(client.tag);
            asked.incrementAndGet();
            if (client.status == 304) unchanged.incrementAndGet();
            else if (client.status != 200) failed.incrementAndGet();
        } catch (IOException e) {
            failed.incrementAndGet();
        }
    }

    /** Each job beats; an epoch is done every 20 s, at another moment for each. */
    private static void beat(BenchServer server) {
        try {
            server.change("""
                    update attempt set beat = beat + 1, heard_at = now(),
                           epoch = (extract(epoch from now() - started) / 20)::int % 100,
                           seconds_left = 2000 - extract(epoch from now() - started)::int
                    where open_key is not null
                    """);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void fill(BenchServer server) throws SQLException {
        server.change("""
                insert into team (id, task, name, name_folded, kind, created)
                select gen_random_uuid(), t.id, 'team-' || i, 'team-' || i, 'team', now()
                from task t, generate_series(1, ?) i
                """, WATCHERS);
        server.change("""
                insert into submission (id, number, team, task, version, account, blob, strategy_digest, title, report,
                    upload_began, accepted)
                select gen_random_uuid(), 1, team.id, t.id, 1, t.organizer, v.file_blob, v.digest, 'A strategy',
                       '{"strategy":null,"title":null,"diff":null,"problems":[]}', now(), now()
                from team join task t on t.id = team.task join task_version v on v.task = t.id
                """);
        server.change("""
                insert into judging (id, submission, task, version, judging_set, variant, state, valid, created)
                select gen_random_uuid(), s.id, s.task, 1, b.id, '',
                       case when row_number() over (order by s.id) <= ? then 'running' else 'waiting' end, true, now()
                from submission s join judging_set b on b.task = s.task
                """, RUNNING);
        server.change("""
                insert into run (id, judging, seed_index, seed, state, attempts, failures, not_before, priority)
                select gen_random_uuid(), id, 1, 1, state, 1, 0, now(), 0 from judging
                """);
        server.change("""
                insert into instance (id, host, boot_id, pid, pid_ticks, started, seen)
                values (gen_random_uuid(), 'bench', 'bench', 1, -1, now(), now())
                """);
        server.change("""
                insert into attempt (run, n, kind, open_key, state, runner, instance, session, phase, beat, epoch, epochs,
                    started)
                select r.id, 1, 'full', r.id, 'running', 'local', i.id, 'bench', 'train', 1, 1, 100,
                       now() - random() * interval '20 seconds'
                from run r, instance i where r.state = 'running' and i.host = 'bench'
                """);
    }
}
