package touchstone.api.runner.local;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Bounds what a child may allocate, where the system has {@code prlimit}. */
final class MemoryLimit {
    private static final Optional<Path> PRLIMIT = Stream.of(
                    System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .filter(folder -> !folder.isEmpty())
            .map(folder -> Path.of(folder, "prlimit"))
            .filter(Files::isExecutable)
            .findFirst();

    private MemoryLimit() {}

    static Optional<List<String>> prefix(long bytes) {
        return PRLIMIT.map(path -> List.of(path.toString(), "--data=" + bytes));
    }
}
