package touchstone.api.evaluation;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the evaluator lies, and the command line that starts it. */
public record EvaluatorHome(Path home) {
    private static final String MAIN = "touchstone.evaluator.job.Main";

    /** {@code java …} without the command's own arguments, on the Java that this server runs on. */
    public List<String> commandLine() {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx512m", "-XX:+UseSerialGC"));
        words.addAll(List.of("-cp", classPath(), MAIN));
        return words;
    }

    /** The words that bound what a child may allocate, where the system has {@code prlimit}; -Xmx bounds the heap alone. */
    static List<String> memoryLimit(long bytes) {
        return PRLIMIT.map(prlimit -> List.of(prlimit.toString(), "--data=" + bytes))
                .orElse(List.of());
    }

    private static final Optional<Path> PRLIMIT = Stream.of(
                    System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(File.pathSeparator))
            .map(folder -> Path.of(folder, "prlimit"))
            .filter(Files::isExecutable)
            .findFirst();

    private String classPath() {
        Path evaluator = home.resolve("evaluator").toAbsolutePath();
        Path target = evaluator.resolve("target");
        String code = jar(target).map(Path::toString).orElse(classes(evaluator));
        return code + File.pathSeparator + target.resolve("lib") + File.separator + "*";
    }

    /** Of a source tree that was only compiled: there the jar of the messages may be older than they are. */
    private static String classes(Path evaluator) {
        return evaluator.resolve("target/classes") + File.pathSeparator + evaluator.resolve("spec/target/classes");
    }

    private static Optional<Path> jar(Path target) {
        if (!Files.isDirectory(target)) return Optional.empty();
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.getFileName().toString().matches("touchstone-evaluator-[0-9.]+\\.jar"))
                    .findFirst();
        } catch (IOException e) {
            throw new IllegalStateException("Could not look for the evaluator in " + target, e);
        }
    }
}
