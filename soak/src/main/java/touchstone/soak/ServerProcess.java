package touchstone.soak;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A server as an operator runs it: a process that is started again whenever it has ended, as an init system does. */
final class ServerProcess {
    private static final long STOP_SECONDS_MAX = 60;
    private static final int RESTART_MILLIS = 500;

    private final Options options;
    private final @Nullable String databaseUrl;
    private final @Nullable SoakCluster cluster;
    private final int port;
    private final Path log;
    private final Thread keeper;
    private volatile boolean wanted = true;
    private volatile int downMillis = RESTART_MILLIS;
    private volatile @Nullable Process process;
    private volatile int starts;

    /** @param cluster where its jobs run; null = on this machine */
    ServerProcess(Options options, @Nullable String databaseUrl, @Nullable SoakCluster cluster, int number)
            throws IOException {
        this.options = options;
        this.cluster = cluster;
        this.databaseUrl = databaseUrl;
        this.log = options.folder().resolve("server-" + number + ".log");
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        keeper = Thread.ofPlatform().daemon().name("keeper of server " + number).start(this::keep);
    }

    int port() {
        return port;
    }

    String address() {
        return "http://127.0.0.1:" + port;
    }

    int starts() {
        return starts;
    }

    private void keep() {
        try {
            while (wanted) {
                Process started = start();
                process = started;
                starts++;
                started.waitFor();
                if (wanted) Thread.sleep(downMillis);
                downMillis = RESTART_MILLIS;
            }
        } catch (IOException e) {
            throw new IllegalStateException("a server could not be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Process start() throws IOException {
        List<String> words = new ArrayList<>(List.of("serve", "--port", Integer.toString(port)));
        words.addAll(dataOptions(options, databaseUrl));
        ProcessBuilder builder = command(options, words)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        if (cluster != null) builder.environment().putAll(cluster.environment(address()));
        return builder.start();
    }

    /** As {@code kill -9}; the children that it had at that moment. Empty when there was no process to kill. */
    List<ProcessHandle> kill(int staysAwayMillis) throws InterruptedException {
        Process victim = process;
        if (victim == null || !victim.isAlive()) return List.of();
        downMillis = staysAwayMillis;
        List<ProcessHandle> children = new ArrayList<>(victim.descendants().toList());
        children.add(victim.toHandle());
        victim.destroyForcibly();
        victim.waitFor();
        return children;
    }

    List<ProcessHandle> children() {
        Process running = process;
        return running == null ? List.of() : running.descendants().toList();
    }

    boolean isUp() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** The process that runs now; null = none. */
    @Nullable
    ProcessHandle handle() {
        Process running = process;
        return running == null ? null : running.toHandle();
    }

    /** For good, at once. */
    void abandon() {
        wanted = false;
        Process running = process;
        if (running != null) running.destroyForcibly();
    }

    /** As {@code kill}: the server ends in order, and is not started again. False = it had to be killed. */
    boolean stop() throws InterruptedException {
        wanted = false;
        keeper.interrupt();
        keeper.join();
        Process running = process;
        if (running == null) return true;
        running.destroy();
        if (running.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) return true;
        running.destroyForcibly().waitFor();
        return false;
    }

    /** Runs one of the launcher's commands to its end, and tells what it printed. */
    static String run(Options options, @Nullable String databaseUrl, String input, String... command)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(dataOptions(options, databaseUrl));
        Process process = command(options, words).redirectErrorStream(true).start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) throw new IOException(String.join(" ", command) + " failed:\n" + printed);
        return printed;
    }

    private static List<String> dataOptions(Options options, @Nullable String databaseUrl) {
        List<String> words = new ArrayList<>(List.of("--data", options.data().toString()));
        if (databaseUrl != null) words.addAll(List.of("--database-url", databaseUrl));
        return words;
    }

    /** As the launcher starts it; compiled less where servers live for seconds, and gain nothing by more. */
    private static ProcessBuilder command(Options options, List<String> arguments) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx192m", "-XX:+UseSerialGC"));
        if (options.kills() > 0) words.add("-XX:TieredStopAtLevel=1");
        words.add("-Dtouchstone.judging.slots=1");
        // A few contestants send what hundreds would.
        words.add("-Dtouchstone.http.rate-limits=false");
        words.addAll(List.of("-cp", classPath(options.home()), "touchstone.api.cli.Main"));
        words.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment()
                .put("TOUCHSTONE_HOME", options.home().toAbsolutePath().toString());
        return builder;
    }

    private static String classPath(Path home) throws IOException {
        Path target = home.resolve("api").resolve("target").toAbsolutePath();
        try (Stream<Path> files = Files.list(target)) {
            Path jar = files.filter(file -> file.getFileName().toString().matches("touchstone-api-[0-9.]+\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException(
                            "There is no server in " + target + ". Run ./touchstone build, or mvn package, first."));
            return jar + File.pathSeparator + target.resolve("lib") + File.separator + "*";
        }
    }
}
