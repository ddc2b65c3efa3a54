package touchstone.evaluator.fuzz;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs Jazzer on readers of hostile data, one after another, each in a process of its own for so many seconds <em>of
 * computing</em>. Arguments: {@code all} or names of readers, joined by commas; seconds. Inputs that do harm are left under
 * {@code target/fuzz/READER/harm}; ends with 1 where there are any.
 */
final class Fuzz {
    static final Path SEEDS = Path.of("src/test/resources/fuzz").toAbsolutePath();
    private static final Path WORK = Path.of("target/fuzz").toAbsolutePath();
    private static final String INSTRUMENTED =
            "touchstone.spec.**:touchstone.evaluator.**:org.snakeyaml.**:de.siegmar.**:org.apache.commons.compress.**";

    private Fuzz() {}

    public static void main(String[] arguments) throws Exception {
        List<Reader> readers = arguments[0].equals("all")
                ? List.of(Reader.values())
                : Arrays.stream(arguments[0].split(",")).map(Fuzz::reader).toList();
        Duration each = Duration.ofSeconds(Long.parseLong(arguments[1]));
        long harmful = 0;
        for (Reader reader : readers) harmful += run(reader, each);
        if (harmful > 0) System.exit(1);
    }

    private static Reader reader(String word) {
        return Arrays.stream(Reader.values())
                .filter(reader -> reader.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no reader '" + word + "'"));
    }

    /** How many inputs do harm. */
    private static long run(Reader reader, Duration computing) throws IOException, InterruptedException {
        Path folder = WORK.resolve(reader.word());
        Path harm = Files.createDirectories(folder.resolve("harm"));
        long began = System.nanoTime();
        Duration used = compute(reader, folder, computing);
        try (Stream<Path> inputs = Files.list(harm)) {
            long harmful = inputs.count();
            System.out.printf(
                    "%s: %d s of computing in %d s, %d inputs do harm; see %s%n",
                    reader.word(),
                    used.toSeconds(),
                    (System.nanoTime() - began) / 1_000_000_000,
                    harmful,
                    folder.resolve("log"));
            return harmful;
        }
    }

    /** Ends the process when it has computed for as long: a busy machine fuzzes no less, only later. */
    private static Duration compute(Reader reader, Path folder, Duration computing)
            throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        Process jazzer = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-Djava.awt.headless=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + FuzzTarget.class.getName(),
                        "--target_args=" + reader.name(),
                        "--instrumentation_includes=" + INSTRUMENTED,
                        "--keep_going=20",
                        "--reproducer_path=" + folder,
                        "-artifact_prefix=" + folder.resolve("harm") + "/",
                        "-dict=" + SEEDS.resolve("words.dict"),
                        "-max_len=16384",
                        "-timeout=1200",
                        "-rss_limit_mb=0",
                        // By the clock: a busy machine makes everything slow.
                        "-report_slow_units=100000",
                        "-print_final_stats=1",
                        corpus.toString(),
                        SEEDS.resolve(reader.word()).toString())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        Duration used = Duration.ZERO;
        while (!jazzer.waitFor(1, TimeUnit.SECONDS)) {
            used = jazzer.info().totalCpuDuration().orElse(used);
            // Asked to end, it would take that for a crash.
            if (used.compareTo(computing) >= 0) jazzer.destroyForcibly();
        }
        if (used.isZero()) throw new IOException("Jazzer did not start; see " + folder.resolve("log"));
        return used;
    }
}
