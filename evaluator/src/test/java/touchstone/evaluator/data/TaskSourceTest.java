package touchstone.evaluator.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
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
        TaskPack older = withDigests(tiny, digests);
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

    /** Of two tasks with the same one the same weights are taken, without training. */
    @Test
    void theTrainingDigestNamesAllButTheHiddenTest() throws IOException {
        TaskPack tiny = TestTasks.tiny();
        TaskPack mended = changed("hidden/test-labels.idx", 8);
        assertNotEquals(tiny.digest(), mended.digest());
        assertEquals(tiny.trainingDigest(), mended.trainingDigest());
        for (String part : List.of("train", "validation")) {
            assertNotEquals(
                    tiny.trainingDigest(), changed(part + "-labels.idx", 8).trainingDigest(), part);
            assertNotEquals(
                    tiny.trainingDigest(), changed(part + "-images.idx", 16).trainingDigest(), part);
        }
        for (String words : List.of("threads: 1", "seed: ", "epochs: "))
            assertNotEquals(tiny.trainingDigest(), edited(words).trainingDigest(), words);
        Map<String, String> ofAnother = new TreeMap<>(tiny.digests());
        ofAnother.put("evaluator", Digests.of("touchstone-evaluator 1".getBytes(StandardCharsets.UTF_8)));
        assertNotEquals(tiny.trainingDigest(), withDigests(tiny, ofAnother).trainingDigest());
    }

    /** The first byte behind the file's head is another: a class of the same set, a darker or brighter pixel. */
    private TaskPack changed(String file, int head) throws IOException {
        Path task = copy();
        byte[] content = Files.readAllBytes(task.resolve(file));
        content[head] ^= 1;
        Files.write(task.resolve(file), content);
        return TestTasks.task(task);
    }

    /** The number behind these words is another. */
    private TaskPack edited(String words) throws IOException {
        Path task = copy();
        String yaml = Files.readString(task.resolve("task.yaml"));
        assertTrue(yaml.contains(words), yaml);
        Files.writeString(
                task.resolve("task.yaml"),
                words.endsWith(" ") ? yaml.replace(words, words + "1") : yaml.replace(words, "threads: 2"));
        return TestTasks.task(task);
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

    private static TaskPack withDigests(TaskPack task, Map<String, String> digests) {
        return new TaskPack(
                task.text(),
                task.file(),
                task.base(),
                task.facts(),
                task.validation(),
                task.hidden(),
                task.initial(),
                task.normalization(),
                digests,
                task.datasheet());
    }

    private Path copy() throws IOException {
        Path task = Files.createDirectories(folder.resolve("task"));
        try (var files = Files.walk(TestTasks.tinyFolder())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copied =
                        task.resolve(TestTasks.tinyFolder().relativize(file).toString());
                Files.createDirectories(copied.getParent());
                Files.copy(file, copied, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return task;
    }
}
