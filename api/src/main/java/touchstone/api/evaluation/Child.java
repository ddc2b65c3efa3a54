package touchstone.api.evaluation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** One child process: empty environment, bounded in time, memory and what it may print. */
final class Child {
    /** A check of a strategy with very many problems prints some hundred kilobytes. */
    private static final int OUTPUT_BYTES_MAX = 8_000_000;

    private static final int ERROR_BYTES_MAX = 16_000;

    /** Heap, code and the JVM's own data of one command without torch. */
    private static final long DATA_BYTES_MAX = 2_000_000_000L;

    private Child() {}

    sealed interface Output {
        record Ended(int exit, byte[] output, String errors) implements Output {}

        record TooSlow() implements Output {}
    }

    static Output run(EvaluatorHome home, List<String> arguments, Path scratch, Duration timeMax)
            throws IOException, InterruptedException {
        Files.createDirectories(scratch);
        List<String> words = new ArrayList<>(EvaluatorHome.memoryLimit(DATA_BYTES_MAX));
        words.addAll(home.commandLine());
        words.add(words.size() - 1, "-Djava.io.tmpdir=" + scratch.toAbsolutePath());
        words.addAll(arguments);
        words.add("--parent-watch");
        ProcessBuilder builder = new ProcessBuilder(words).directory(scratch.toFile());
        builder.environment().clear();
        builder.environment().put("LANG", "C.UTF-8");
        Process process = builder.start();
        // The child's standard input stays open: when this server dies it closes, and the child ends itself.
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                var output =
                        CompletableFuture.supplyAsync(() -> head(process.getInputStream(), OUTPUT_BYTES_MAX), readers);
                var errors =
                        CompletableFuture.supplyAsync(() -> head(process.getErrorStream(), ERROR_BYTES_MAX), readers);
                if (!process.waitFor(timeMax.toMillis(), TimeUnit.MILLISECONDS)) return new Output.TooSlow();
                return new Output.Ended(
                        process.exitValue(), output.join(), new String(errors.join(), StandardCharsets.UTF_8));
            } finally {
                process.destroyForcibly();
            }
        }
    }

    /** The first bytes; the rest is read and dropped, so that the child does not stand still. */
    private static byte[] head(InputStream stream, int bytesMax) {
        try (stream) {
            byte[] head = stream.readNBytes(bytesMax);
            stream.transferTo(OutputStream.nullOutputStream());
            return head;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
