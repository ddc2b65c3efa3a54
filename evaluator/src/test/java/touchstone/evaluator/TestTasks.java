package touchstone.evaluator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.data.TaskSource;
import touchstone.evaluator.strategy.StrategyReader;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.fixtures.Fixtures;
import touchstone.spec.text.Problems;

/** The generated tasks and strategies, made once for all tests of this process. */
public final class TestTasks {
    private static final Path FOLDER = Path.of("target", "fixtures").toAbsolutePath();
    private static boolean written;

    private TestTasks() {}

    public static synchronized Path folder() {
        if (written) return FOLDER;
        try {
            Fixtures.writeAll(FOLDER);
        } catch (IOException e) {
            throw new UncheckedIOException("writing the fixtures", e);
        }
        written = true;
        return FOLDER;
    }

    public static Path tinyFolder() {
        return folder().resolve("tiny");
    }

    public static Path strategy(String name) {
        return folder().resolve("strategies").resolve(name + ".zip");
    }

    public static TaskPack tiny() {
        return task(tinyFolder());
    }

    public static TaskPack roman() {
        return task(folder().resolve("roman-numerals"));
    }

    /** A copy of the tiny task in which its file says something else. */
    public static Path tinyWith(Path folder, String before, String after) {
        try (Stream<Path> files = Files.walk(tinyFolder())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = folder.resolve(tinyFolder().relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
            Path yaml = folder.resolve("task.yaml");
            String text = Files.readString(yaml);
            if (!text.contains(before)) throw new AssertionError("task.yaml has no '" + before + "'");
            Files.writeString(yaml, text.replace(before, after));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static TaskPack task(Path path) {
        Problems problems = new Problems();
        try {
            return TaskSource.read(path, problems)
                    .orElseThrow(() -> new AssertionError(problems.list().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a sound strategy makes of a task. */
    public static TrainingSet set(TaskPack pack, Path strategy) {
        Problems problems = new Problems();
        try {
            return StrategyReader.read(pack, strategy, problems)
                    .orElseThrow(() -> new AssertionError(problems.list().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A folder with the files of a strategy; {@code strategy.yaml} gets its first line. */
    public static Path write(Path folder, Map<String, String> files) {
        try {
            Files.createDirectories(folder);
            for (var file : files.entrySet()) {
                String head = file.getKey().equals("strategy.yaml") ? "strategy: 1\n" : "";
                Path path = folder.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, (head + file.getValue()).getBytes(StandardCharsets.UTF_8));
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
