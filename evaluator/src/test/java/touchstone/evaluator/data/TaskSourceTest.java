package touchstone.evaluator.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.device.NumericEngine;
import touchstone.spec.task.TaskFile;
import touchstone.spec.text.Problems;

final class TaskSourceTest {

    private static final TaskFile.Device CPU = new TaskFile.Device("cpu", 1);

    @TempDir
    private Path folder;

    @Test
    void theDigestNamesLibrariesAndInstructions() {
        String version = TaskSource.evaluatorVersion(CPU);
        assertTrue(version.endsWith(", AVX2"), version);
        assertTrue(
                version.contains(
                        "pytorch " + NumericEngine.start(CPU).fingerprint().get("pytorch") + ","),
                version);
        assertEquals(
                Digests.of(version.getBytes(StandardCharsets.UTF_8)),
                TestTasks.tiny().digests().get("evaluator"));
        assertNotEquals(version, TaskSource.evaluatorVersion(new TaskFile.Device("cuda", 1)));
    }

    /** Else a newer evaluator would train an old task to other bits under the old digest. */
    @Test
    void aTaskOfAnotherEvaluatorIsNotTrained() throws IOException {
        TaskPack tiny = TestTasks.tiny();
        Map<String, String> digests = new TreeMap<>(tiny.digests());
        digests.put("evaluator", Digests.of("touchstone-evaluator 1".getBytes(StandardCharsets.UTF_8)));
        TaskPack older = new TaskPack(
                tiny.text(),
                tiny.file(),
                tiny.base(),
                tiny.facts(),
                tiny.validation(),
                tiny.hidden(),
                tiny.initial(),
                tiny.normalization(),
                digests,
                tiny.datasheet());
        PackedTask.write(older, folder);
        Problems problems = new Problems();
        assertTrue(TaskSource.read(folder.resolve("task.zip"), problems).isEmpty());
        assertEquals("publish it again", problems.list().getFirst().instead());
        assertTrue(
                TaskSource.readSamples(folder.resolve("task.zip"), new Problems())
                        .isPresent(),
                "a check may go on");
        PackedTask.write(tiny, folder);
        assertTrue(TaskSource.read(folder.resolve("task.zip"), new Problems()).isPresent());
    }

    @Test
    void theDigestNamesTheThreads() throws IOException {
        Path task = copy();
        assertEquals(TestTasks.tiny().digest(), TestTasks.task(task).digest());
        String yaml = Files.readString(task.resolve("task.yaml"));
        Files.writeString(task.resolve("task.yaml"), yaml.replace("threads: 1", "threads: 2"));
        assertNotEquals(TestTasks.tiny().digest(), TestTasks.task(task).digest());
    }

    @Test
    void aModelTooLargeIsRefused() throws IOException {
        Path task = copy();
        String yaml = Files.readString(task.resolve("task.yaml"));
        Files.writeString(
                task.resolve("task.yaml"),
                yaml.replace("{architecture: mlp, width: 32}", "{architecture: resnet18, width: 134}"));
        Problems problems = new Problems();
        assertTrue(TaskSource.read(task, problems).isEmpty());
        assertEquals(
                "the model has 48937742 weights", problems.list().getFirst().message());
    }

    private Path copy() throws IOException {
        Path task = Files.createDirectories(folder.resolve("task"));
        try (var files = Files.walk(TestTasks.tinyFolder())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copied =
                        task.resolve(TestTasks.tinyFolder().relativize(file).toString());
                Files.createDirectories(copied.getParent());
                Files.copy(file, copied);
            }
        }
        return task;
    }
}
