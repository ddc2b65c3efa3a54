package touchstone.api.judging;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server as an operator starts it: a process of its own, with the real evaluator below it. */
final class RealServer implements AutoCloseable {
    /** The root of the checkout, where the evaluator was built. */
    private static final String HOME = System.getenv().getOrDefault("TOUCHSTONE_HOME", "..");

    /** Small and quick to start, for tests. */
    private static final List<String> QUICK = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /** As the launcher starts it, for figures. */
    static final List<String> LAUNCHED = List.of("--enable-native-access=ALL-UNNAMED", "-Xmx192m", "-XX:+UseSerialGC");

    private final List<String> options;
    private final int port;
    private final List<String> printed = Collections.synchronizedList(new ArrayList<>());
    private @Nullable Process process;
    private @Nullable Thread reader;

    /** What the server finds in its environment beside the rest. */
    final Map<String, String> environment = new HashMap<>();

    /** @param databaseUrl null = H2 in the data folder */
    RealServer(Path data, @Nullable String databaseUrl) throws IOException {
        options = options(data, databaseUrl);
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
    }

    private static List<String> options(Path data, @Nullable String databaseUrl) {
        List<String> options = new ArrayList<>(List.of("--data", data.toString()));
        if (databaseUrl != null) options.addAll(List.of("--database-url", databaseUrl));
        return options;
    }

    /** So that other machines reach it. */
    void listenEverywhere() {
        options.addAll(List.of("--host", "0.0.0.0"));
    }

    String address() {
        return "http://127.0.0.1:" + port;
    }

    long pid() {
        return Objects.requireNonNull(process).pid();
    }

    /** Returns when the server listens. */
    void start() throws IOException {
        start(QUICK);
    }

    void start(List<String> java) throws IOException {
        List<String> words = new ArrayList<>(List.of("serve", "--port", Integer.toString(port)));
        words.addAll(options);
        Process started = command(java, words, environment);
        process = started;
        BufferedReader output =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            printed.add(line);
            if (line.startsWith("Listening on")) {
                reader = Thread.ofPlatform().daemon().start(() -> output.lines().forEach(printed::add));
                return;
            }
        }
        throw new IllegalStateException("the server did not start:\n" + String.join("\n", printed));
    }

    /** As {@code kill -9} does. */
    void kill() throws InterruptedException {
        if (process != null) process.destroyForcibly().waitFor();
    }

    /** As {@code kill} does. */
    void stop() throws InterruptedException {
        if (process == null) return;
        process.destroy();
        process.waitFor();
    }

    /** As {@code kill} does, without waiting. */
    void begToStop() {
        if (process != null) process.destroy();
    }

    /** Whether the process has ended by then, and all that it printed is here. */
    boolean awaitEnd(Duration most) throws InterruptedException {
        if (process == null || reader == null) return true;
        return process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS) && reader.join(most);
    }

    /** Processes of jobs that talk to this server. */
    long children() {
        return ProcessHandle.allProcesses()
                .filter(handle -> handle.info()
                        .arguments()
                        .map(List::of)
                        .filter(words -> words.contains(address()) && words.contains("--run"))
                        .isPresent())
                .count();
    }

    String printed() {
        return String.join("\n", printed);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    /** Runs one of the launcher's commands to its end. */
    static void run(Path data, @Nullable String databaseUrl, String input, String... words)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(options(data, databaseUrl));
        Process process = command(QUICK, all, Map.of());
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0)
            throw new IllegalStateException(all + " failed:\n" + output);
    }

    private static Process command(List<String> java, List<String> arguments, Map<String, String> environment)
            throws IOException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(java);
        words.add("-Dtouchstone.judging.slots=1");
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), "touchstone.api.cli.Main"));
        words.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment()
                .put("TOUCHSTONE_HOME", Path.of(HOME).toAbsolutePath().toString());
        builder.environment().putAll(environment);
        return builder.start();
    }
}
