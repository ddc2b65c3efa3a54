package touchstone.api.leaderboard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.app.BenchClient;
import touchstone.api.app.BenchServer;

/**
 * How many gzipped boards of 1,483 rows a second, on 16 connections from the same machine. Run by {@code ./touchstone bench
 * --server board}; the environment variable BOARD names a CSV whose last column has the scores, else they are made up.
 */
final class BoardBench {
    private static final int CONNECTIONS = 16;
    private static final int ROWS = 1483;
    private static final Duration COLD = Duration.ofSeconds(5);
    private static final Duration WARM_UP = Duration.ofSeconds(60);
    private static final Duration MEASURED = Duration.ofSeconds(20);
    private static final int ANSWERS_MAX = 2_000_000;

    @TempDir
    private Path data;

    @Test
    void theBoardIsAnswered() throws IOException, InterruptedException, SQLException, ExecutionException {
        try (BenchServer server = new BenchServer(data)) {
            fill(server, scores(System.getenv("BOARD")));
            print("cold, first 5 s", server, COLD);
            print("warming up", server, WARM_UP);
            print("warm", server, MEASURED);
        }
    }

    private static List<Double> scores(@Nullable String file) throws IOException {
        if (file == null)
            return IntStream.range(0, ROWS).mapToObj(i -> .2 + .66 * i / ROWS).toList();
        return Files.readAllLines(Path.of(file)).stream()
                .skip(1)
                .map(line -> Double.valueOf(line.substring(line.lastIndexOf(',') + 1)))
                .toList();
    }

    private static void fill(BenchServer server, List<Double> scores) throws SQLException {
        server.change("create table score (i int primary key, score double precision)");
        for (int i = 0; i < scores.size(); i++)
            server.change("insert into score (i, score) values (?, ?)", i, scores.get(i));
        server.change("""
                insert into team (id, task, name, name_folded, kind, created)
                select gen_random_uuid(), t.id, 'team-' || i, 'team-' || i, 'team', now() from task t, score
                """);
        server.change("insert into team_shown (team, seq, task, name) select id, 0, task, name from team");
        server.change("""
                insert into submission (id, number, team, task, version, account, blob, strategy_digest, title, report,
                    upload_began, accepted)
                select gen_random_uuid(), 1, team.id, t.id, 1, t.organizer, v.file_blob, v.digest, 'A strategy',
                       '{"diff":{"labelsChanged":120,"added":40,"dropped":7}}', now(), now()
                from team join task t on t.id = team.task join task_version v on v.task = t.id
                """);
        server.change("""
                insert into judging (id, submission, task, version, judging_set, variant, state, verdict, settled_seq, valid,
                    created)
                select gen_random_uuid(), s.id, s.task, 1, b.id, '', 'settled', 'scored', nextval('settled_seq'), true, now()
                from submission s join judging_set b on b.task = s.task
                """);
        server.change("""
                insert into run (id, judging, seed_index, seed, state, attempts, failures, not_before, priority)
                select gen_random_uuid(), id, 1, 1, 'done', 1, 0, now(), 0 from judging
                """);
        server.change("""
                insert into metric (run, fold, name, metric_version, measured)
                select r.id, 'public', 'accuracy', 1, score.score
                from run r join judging j on j.id = r.judging join submission s on s.id = j.submission
                join team on team.id = s.team join score on 'team-' || score.i = team.name
                """);
    }

    private record Measured(long[] nanos, int bytes) {}

    private static void print(String what, BenchServer server, Duration time)
            throws InterruptedException, ExecutionException, IOException {
        Double before = server.processorSeconds();
        try (var threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            List<Future<Measured>> all = IntStream.range(0, CONNECTIONS)
                    .mapToObj(i -> threads.submit(() -> ask(server.port, time)))
                    .toList();
            long[] nanos = new long[0];
            int bytes = 0;
            for (Future<Measured> one : all) {
                long[] more = one.get().nanos();
                bytes = one.get().bytes();
                int had = nanos.length;
                nanos = Arrays.copyOf(nanos, had + more.length);
                System.arraycopy(more, 0, nanos, had, more.length);
            }
            Arrays.sort(nanos);
            Double after = server.processorSeconds();
            System.out.printf(
                    Locale.ROOT,
                    "board, %s: %.0f answers/s of %d bytes gzipped, median %.1f ms, 99%% %.1f ms, largest %.0f ms; server used %.2f"
                            + " cores; load average %s%n",
                    what,
                    nanos.length / (double) time.toSeconds(),
                    bytes,
                    nanos[nanos.length / 2] / 1e6,
                    nanos[(int) (nanos.length * .99)] / 1e6,
                    nanos[nanos.length - 1] / 1e6,
                    before == null || after == null ? Double.NaN : (after - before) / time.toSeconds(),
                    BenchServer.loadAverage());
        }
    }

    private static Measured ask(int port, Duration time) {
        long[] nanos = new long[ANSWERS_MAX / CONNECTIONS];
        int answers = 0;
        long end = System.nanoTime() + time.toNanos();
        try (BenchClient client = new BenchClient(port, "/api/tasks/tiny/leaderboard", "Accept-Encoding: gzip\r\n")) {
            for (long now = System.nanoTime(); now < end && answers < nanos.length; answers++) {
                client.get("");
                long then = System.nanoTime();
                nanos[answers] = then - now;
                now = then;
                assertEquals(200, client.status);
            }
            return new Measured(Arrays.copyOf(nanos, answers), client.bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
