package touchstone.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * An hour of a busy cluster, in less: submissions come evenly, as many as the cards can just take, to one server with the launcher's options,
 * and containers are played. Measures from the attempt's row to the first container, and what it costs.
 */
@Command(name = "bench --server kubernetes", mixinStandardHelpOptions = true)
public final class ClusterBench implements Callable<Integer> {
    private static final String PASSWORD = "a long enough password";
    private static final Duration HOUR = Duration.ofHours(1);

    /** Of a job's time; the rest is training. */
    private static final double SCORING = 0.1;

    private static final int A_TEAM = 10;
    private static final long PACE_MILLIS = 100;
    private static final Duration TOLD_EVERY = Duration.ofSeconds(20);

    /** After the last submission came: then it is stuck. */
    private static final Duration DRAINED_AFTER_MAX = Duration.ofMinutes(10);

    @Option(names = "--submissions", defaultValue = "5000", description = "In the hour (${DEFAULT-VALUE}).")
    private int anHour;

    @Option(names = "--cards", defaultValue = "200", description = "How many (${DEFAULT-VALUE}).")
    private int cards;

    @Option(names = "--minutes", defaultValue = "60", description = "Of the hour that are played (${DEFAULT-VALUE}).")
    private int minutes;

    @Option(names = "--speed", defaultValue = "6", description = "How much faster than an hour (${DEFAULT-VALUE}).")
    private double speed;

    private int submissions;

    private ClusterBench() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ClusterBench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        submissions = anHour * minutes / 60;
        Path folder = Files.createTempDirectory("touchstone-bench");
        Options options = new Options(
                Path.of(System.getenv().getOrDefault("TOUCHSTONE_HOME", ".")),
                folder,
                0,
                submissions,
                1,
                Options.POSTGRES,
                0,
                null,
                Options.KUBERNETES,
                true);
        // As many seconds as fill all cards all the time, less a twentieth: a queue that never ends would tell nothing.
        double job = 0.95 * cards * HOUR.toSeconds() / anHour / speed;
        try (SoakDatabase database = SoakDatabase.open(options);
                SoakCluster cluster = SoakCluster.ofCards(
                        options, cards, new PlayedJobs(seconds(job * (1 - SCORING)), seconds(job * SCORING)))) {
            measure(options, database, cluster, job);
        }
        Main.remove(folder);
        return 0;
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis((long) (seconds * 1_000));
    }

    private void measure(Options options, SoakDatabase database, SoakCluster cluster, double job) throws Exception {
        ServerProcess.run(options, database.url(), "", "init");
        ServerProcess.run(
                options, database.url(), PASSWORD + "\n", "admin", "create", "--name", "olivia", "--organizer");
        ServerProcess server = new ServerProcess(options, database.url(), cluster, 1);
        try {
            Web web = new Web(List.of(server), new Findings(System.err::println));
            String token = Contestant.token(web, "/api/session", "olivia", PASSWORD);
            TinyTask.publish(web, options.folder().resolve("fixtures"), token, ClusterBench::onCards);
            fillTeams(database);
            Usage before = Usage.of(server);
            long begun = System.nanoTime();
            play(database, begun);
            double took = (System.nanoTime() - begun) / 1e9;
            Usage after = Usage.of(server);
            List<Double> starts = starts(database, cluster.started());
            System.out.printf(
                    Locale.ROOT,
                    "kubernetes, %d submissions in %d min of an hour of %d, %.1f times as fast, settled after %.0f s, %d cards, jobs of %.1f s: from the attempt's row"
                            + " to its first container median %.2f s, 90%% %.2f, 99%% %.2f, largest %.2f s over %d attempts; the server used"
                            + " %.0f s of processor time, %.0f ms a submission, and held %.0f MB at most; load average %s%n",
                    submissions,
                    minutes,
                    anHour,
                    speed,
                    took,
                    cards,
                    job,
                    starts.get(starts.size() / 2),
                    starts.get(starts.size() * 90 / 100),
                    starts.get(starts.size() * 99 / 100),
                    starts.getLast(),
                    starts.size(),
                    after.seconds - before.seconds,
                    1_000 * (after.seconds - before.seconds) / submissions,
                    after.megabytes,
                    Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
            System.out.println("kubernetes, " + ClusterText.of(cluster.calls(), submissions));
            System.out.println(
                    "kubernetes, attempts: " + database.rows("select count(*), fault from attempt group by fault"));
        } finally {
            server.stop();
        }
    }

    /** Cards, and no limit but theirs. */
    private static String onCards(String task) {
        return task.replaceAll("device: \\{[^}]*}", "device: {class: cuda, threads: 1}")
                .replaceAll("(?m)^quota: .*$", "quota: {per-day: 100, total: 100, running: 100, rejected: free}");
    }

    private void fillTeams(SoakDatabase database) throws SQLException {
        database.change("""
                insert into team (id, task, name, name_folded, kind, created)
                select gen_random_uuid(), t.id, 'team-' || i, 'team-' || i, 'team', now() from task t, generate_series(0, %d) i
                """.formatted((submissions - 1) / A_TEAM));
    }

    private void play(SoakDatabase database, long begun) throws SQLException, IOException, InterruptedException {
        double length = minutes * 60 / speed;
        long told = begun;
        int made = 0;
        long settled = 0;
        while (settled < submissions) {
            double now = (System.nanoTime() - begun) / 1e9;
            if (now > length + DRAINED_AFTER_MAX.toSeconds())
                throw new IOException("stuck: " + settled + " of " + submissions + " are settled");
            int due = (int) Math.min(submissions, submissions * now / length);
            if (due > made) submit(database, made, due);
            made = due;
            boolean look = System.nanoTime() - told > TOLD_EVERY.toNanos() || made == submissions;
            if (look) settled = database.count("select count(*) from judging where state = 'settled'");
            if (System.nanoTime() - told > TOLD_EVERY.toNanos()) {
                told = System.nanoTime();
                System.err.printf("  %.0f s: %d came, %d settled%n", now, made, settled);
            }
            Thread.sleep(look ? 10 * PACE_MILLIS : PACE_MILLIS);
        }
    }

    /** As if they were checked and accepted just now: numbers {@code from}, and up to {@code to} without it. */
    private static void submit(SoakDatabase database, int from, int to) throws SQLException {
        database.change("""
                insert into submission (id, number, team, task, version, account, blob, strategy_digest, title, report,
                    upload_began, accepted)
                select gen_random_uuid(), 1 + i %% %d, team.id, t.id, 1, t.organizer, v.file_blob, md5(i::text) || md5(i::text),
                       'A strategy', '{"strategy":null,"title":null,"diff":null,"problems":[]}', now(), now()
                from generate_series(%d, %d) i
                join team on team.name = 'team-' || (i / %d)
                join task t on t.id = team.task join task_version v on v.task = t.id
                """.formatted(A_TEAM, from, to - 1, A_TEAM));
    }

    /** Seconds from an attempt's row to its first container, sorted. */
    private static List<Double> starts(SoakDatabase database, Map<String, Instant> started) throws SQLException {
        List<Double> seconds = new ArrayList<>();
        for (String row : database.rows("select run, n, extract(epoch from started) from attempt")) {
            String[] words = row.split(" ");
            @Nullable Instant began = started.get("touchstone-" + words[0] + "-" + words[1]);
            if (began != null) seconds.add(began.toEpochMilli() / 1e3 - Double.parseDouble(words[2]));
        }
        seconds.sort(Double::compare);
        return seconds;
    }

    /** @param seconds of processor time; @param megabytes that were resident at most */
    private record Usage(double seconds, double megabytes) {
        static Usage of(ServerProcess server) throws IOException {
            ProcessHandle handle = server.handle();
            if (handle == null) throw new IOException("the server is not running");
            double seconds =
                    handle.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
            for (String line : Files.readAllLines(Path.of("/proc/" + handle.pid() + "/status")))
                if (line.startsWith("VmHWM:"))
                    return new Usage(seconds, Long.parseLong(line.replaceAll("\\D", "")) / 1024.0);
            return new Usage(seconds, 0);
        }
    }
}
