package touchstone.soak;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** One soak, from an empty folder to its report. */
final class Soak {
    private static final String PASSWORD = "a long enough password";
    private static final String ORGANIZER = "olivia";

    private static final int TEAMS_MAX = 6;
    private static final int SUBMISSIONS_A_TEAM = 8;

    /** Nothing was settled or accepted for so long: then it is stuck, and the soak ends with what it sees. */
    private static final Duration STUCK_AFTER = Duration.ofMinutes(30);

    private static final Duration TOLD_EVERY = Duration.ofSeconds(20);

    private final Options options;
    private final Consumer<String> tell;
    private final Findings findings;
    private final Progress progress = new Progress();
    private final BlockingQueue<UploadTrap> traps = new LinkedBlockingQueue<>();
    private final List<ServerProcess> servers = new CopyOnWriteArrayList<>();
    private final long begun = System.nanoTime();
    private @Nullable SoakCluster cluster;
    private long outageSeconds;

    /** @param tell gets a sentence now and then */
    Soak(Options options, Consumer<String> tell) {
        this.options = options;
        this.tell = tell;
        this.findings = new Findings(tell);
    }

    Report run() throws Exception {
        Files.createDirectories(options.folder());
        // Whoever ends the soak ends its servers; the database that was brought along sees to itself.
        Thread end = new Thread(() -> servers.forEach(ServerProcess::abandon));
        Runtime.getRuntime().addShutdownHook(end);
        try (SoakDatabase database = SoakDatabase.open(options);
                SoakCluster jobs = options.isOnCluster() ? new SoakCluster(options) : null) {
            cluster = jobs;
            try {
                return run(database);
            } finally {
                for (ServerProcess server : servers) server.stop();
                Runtime.getRuntime().removeShutdownHook(end);
            }
        }
    }

    private Report run(SoakDatabase database) throws Exception {
        tell.accept("Making a house in " + options.folder() + "…");
        ServerProcess.run(options, database.url(), "", "init");
        ServerProcess.run(
                options, database.url(), PASSWORD + "\n", "admin", "create", "--name", ORGANIZER, "--organizer");
        for (int i = 1; i <= options.servers(); i++)
            servers.add(new ServerProcess(options, database.url(), cluster, i));
        Web web = new Web(servers, findings);
        publish(web);
        List<Contestant> teams = signUp(web);

        tell.accept("Submitting and killing…");
        Killer killer = play(teams, database);
        killer.awaitWatches();

        Evidence evidence = new Evidence(database, options, findings);
        tell.accept("All is quiet; looking at what is left…");
        Map<String, Integer> quotas = quotasLeft(teams);
        if (cluster != null) cluster.requireEmpty(findings);
        stopAndLookAtBoard(web, database);
        evidence.ofJudgings(progress.acceptedAll());
        evidence.ofQuota(perTeam(), quotas);
        evidence.ofDigests();
        if (cluster != null) evidence.ofCluster();
        requireBoardsRebuild(database);
        evidence.age();
        ServerProcess.run(options, database.url(), "", "gc");
        evidence.ofBlobs();
        requireNoAlarm();
        return new Report(
                options.seed(),
                killer.done(),
                options.submissions(),
                progress.settled(),
                options.servers(),
                servers.stream().mapToInt(ServerProcess::starts).sum(),
                options.database().split("\\?")[0],
                outageSeconds,
                (System.nanoTime() - begun) / 1_000_000_000,
                web.broken.get(),
                web.askedToWait.get(),
                progress.everHeld(),
                evidence.ends(),
                cluster == null ? Map.of() : cluster.calls(),
                findings.list(),
                options.reproLine());
    }

    /** The tiny task, with a quota that lets each team submit its share and no more. */
    private void publish(Web web) throws IOException, InterruptedException {
        String quota = "quota: {per-day: " + perTeam() + ", total: " + perTeam() + ", running: 2, rejected: free}";
        TinyTask.publish(
                web,
                options.folder().resolve("fixtures"),
                Contestant.token(web, "/api/session", ORGANIZER, PASSWORD),
                text -> text.replaceAll("(?m)^quota: .*$", quota));
    }

    private int teams() {
        return Math.clamp(options.submissions() / SUBMISSIONS_A_TEAM, 1, TEAMS_MAX);
    }

    private int perTeam() {
        return (options.submissions() + teams() - 1) / teams();
    }

    private List<Contestant> signUp(Web web) throws IOException, InterruptedException {
        List<Contestant> all = new ArrayList<>();
        for (int i = 1; i <= teams(); i++) all.add(Contestant.signUp("team-" + i, PASSWORD, web, progress, traps));
        return all;
    }

    /** No team sends one strategy twice, and every team sends the same: so each is judged several times, by anyone. */
    static byte[] strategy(int number) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            ZipEntry entry = new ZipEntry("strategy.yaml");
            entry.setTime(0);
            zip.putNextEntry(entry);
            zip.write("""
                    strategy: 1
                    title: Number %d
                    weights:
                      - value: "if(label == 'i', %d.%02d, 1)"
                    """.formatted(number, 1 + number / 100, number % 100).getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private Killer play(List<Contestant> teams, SoakDatabase database) throws Exception {
        AtomicInteger playing = new AtomicInteger(teams.size());
        Killer killer = new Killer(
                servers, traps, progress, findings, () -> progress.accepted() >= options.submissions(), cluster);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < teams.size(); i++) {
            Contestant team = teams.get(i);
            int share = options.submissions() / teams.size() + (i < options.submissions() % teams.size() ? 1 : 0);
            threads.add(thread(team.name(), () -> {
                try {
                    List<byte[]> strategies = new ArrayList<>();
                    for (int number = 1; number <= share; number++) strategies.add(strategy(number));
                    team.play(strategies);
                } finally {
                    playing.decrementAndGet();
                }
            }));
        }
        Thread killing = thread("killer", () -> {
            boolean away = options.outage() == null;
            for (Plan.Kill kill : Plan.of(options).kills()) {
                if (!away && kill.afterSettled() >= options.submissions() / 2) {
                    takeAway(database);
                    away = true;
                }
                killer.carryOut(kill);
            }
            if (!away) takeAway(database);
        });
        watch(killer, playing, database);
        if (playing.get() == 0) {
            killing.join();
            for (Thread thread : threads) thread.join();
        } else {
            killing.interrupt();
            threads.forEach(Thread::interrupt);
        }
        return killer;
    }

    private interface Part {
        void play() throws Exception;
    }

    /** What breaks off is found, and told. */
    private Thread thread(String name, Part part) {
        return Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                part.play();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                findings.add(name + " broke off: " + e);
            }
        });
    }

    /** The operator of this house: looks now and then, and puts back what is held. */
    private void watch(Killer killer, AtomicInteger playing, SoakDatabase database) throws Exception {
        long told = System.nanoTime();
        while (playing.get() > 0) {
            Thread.sleep(500);
            if (progress.stillSeconds() > STUCK_AFTER.toSeconds()) {
                findings.add("stuck: nothing was settled for " + STUCK_AFTER.toMinutes() + " minutes at "
                        + progress.settled() + " of " + progress.accepted());
                return;
            }
            if (!options.isH2() && progress.takeHeld()) putBack(database);
            if (System.nanoTime() - told < TOLD_EVERY.toNanos()) continue;
            told = System.nanoTime();
            tell.accept("  " + (told - begun) / 1_000_000_000 + " s: " + killer.total() + " kills, "
                    + progress.accepted() + " accepted, " + progress.settled() + " settled");
        }
    }

    private void putBack(SoakDatabase database) throws InterruptedException {
        try {
            tell.accept("  the operator puts back what is held: "
                    + ServerProcess.run(options, database.url(), "", "admin", "retry")
                            .strip());
        } catch (IOException e) {
            tell.accept("  putting back failed, and is tried again: " + e.getMessage());
        }
    }

    /** The database goes away under load; nobody may fall, and everybody is told to come back. */
    private void takeAway(SoakDatabase database) throws IOException, InterruptedException {
        Duration outage = options.outage();
        if (outage == null) return;
        while (progress.settled() < options.submissions() / 2) Thread.sleep(50);
        tell.accept("  taking the database away for " + outage.toSeconds() + " s");
        for (int i = 0; i < servers.size(); i++) awaitListening(servers.get(i));
        List<Integer> starts = servers.stream().map(ServerProcess::starts).toList();
        database.stop();
        long gone = System.nanoTime();
        int probes = 0;
        while (System.nanoTime() - gone < outage.toNanos()) {
            for (ServerProcess server : servers) if (server.isUp()) probes += probe(server);
            Thread.sleep(1_000);
        }
        database.start();
        outageSeconds = (System.nanoTime() - gone) / 1_000_000_000;
        findings.require(probes > 0, "no server answered while the database was away");
        List<Integer> now = servers.stream().map(ServerProcess::starts).toList();
        findings.require(starts.equals(now), "a server fell with the database");
    }

    /** A server that only starts without its database does not; that is told apart from one that falls. */
    private void awaitListening(ServerProcess server) throws IOException, InterruptedException {
        new Web(List.of(server), findings).repeat(address -> Web.to(address, "/api/tasks"));
    }

    private int probe(ServerProcess server) throws InterruptedException {
        try {
            HttpResponse<byte[]> answer = new Web(servers, findings).once(Web.to(server.address(), "/api/tasks"));
            String body = new String(answer.body(), StandardCharsets.UTF_8);
            boolean right = answer.statusCode() == 503
                    && answer.headers().firstValue("Retry-After").isPresent();
            findings.require(right, "without a database a server answered " + answer.statusCode() + ": " + body);
            return 1;
        } catch (IOException e) {
            return 0; // It is being started again after a kill.
        }
    }

    /** As each team's page tells it, by the team's name. */
    private static Map<String, Integer> quotasLeft(List<Contestant> teams) throws IOException, InterruptedException {
        Map<String, Integer> left = new TreeMap<>();
        for (Contestant team : teams)
            left.put(team.name(), team.quota().path("totalLeft").asInt(-1));
        return left;
    }

    /** Every server shows the same board, and so does one that was just started and has it from the tables alone. */
    private void stopAndLookAtBoard(Web web, SoakDatabase database) throws Exception {
        byte[] served = board(web, 0);
        for (int i = 1; i < servers.size(); i++)
            findings.require(Arrays.equals(served, board(web, i)), "two servers show different boards");
        for (ServerProcess server : servers)
            findings.require(server.stop(), "a server did not end within a minute of being asked to");
        ServerProcess anew = new ServerProcess(options, database.url(), cluster, servers.size() + 1);
        servers.add(anew);
        Web fresh = new Web(List.of(anew), findings);
        findings.require(
                Arrays.equals(served, board(fresh, 0)), "the board that is rebuilt is not the board that was served");
        anew.stop();
        List<String> marks =
                new ArrayList<>(servers.stream().map(ServerProcess::address).toList());
        marks.add(options.data().toString());
        List<String> strays = Processes.naming(marks);
        findings.require(strays.isEmpty(), "stray processes: " + strays);
    }

    /** Every board that was ever shown comes out of the facts again, to the byte. */
    private void requireBoardsRebuild(SoakDatabase database) throws InterruptedException {
        try {
            tell.accept("  "
                    + ServerProcess.run(options, database.url(), "", "admin", "board-verify", "--task", "tiny")
                            .strip());
        } catch (IOException e) {
            findings.add(String.valueOf(e.getMessage()));
        }
    }

    private byte[] board(Web web, int server) throws IOException, InterruptedException {
        Web.Answer answer = web.repeat(server, address -> Web.to(address, "/api/tasks/tiny/leaderboard"));
        findings.require(answer.status() == 200, "the board was answered with " + answer.status());
        return answer.body();
    }

    /** An attempt with two results is a broken promise even when the scores came out right. */
    private void requireNoAlarm() throws IOException {
        try (Stream<Path> logs = Files.list(options.folder())) {
            for (Path log :
                    logs.filter(file -> file.toString().endsWith(".log")).toList()) {
                try (Stream<String> lines = Files.lines(log)) {
                    lines.filter(line -> line.contains("ALARM")).forEach(findings::add);
                }
            }
        }
    }
}
