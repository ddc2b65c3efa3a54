package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.check.StrategyCheck;
import touchstone.evaluator.data.Digests;
import touchstone.evaluator.data.PackedTask;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.data.TaskSource;
import touchstone.evaluator.model.Weights;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.text.Problems;

final class PublishCommandTest {

    @TempDir
    private Path folder;

    @Test
    void whatWasPublishedReadsBackAsItWas() throws IOException {
        JsonNode publication = publish(TestTasks.folder().resolve("tiny.zip"), 0);
        TaskPack source = TestTasks.tiny();
        TaskPack packed = TestTasks.task(folder.resolve("task.zip"));
        assertEquals(source.digest(), publication.get("digest").asText());
        assertEquals(source.digest(), packed.digest());
        assertEquals(
                source.initial().digest(), publication.get("initialWeights").asText());
        assertEquals(source.initial().digest(), packed.initial().digest());
        assertEquals(source.normalization(), packed.normalization());
        assertArrayEquals(source.base().images(), packed.base().images());
        assertArrayEquals(source.facts().statistics(), packed.facts().statistics());
        assertArrayEquals(source.facts().hashes(), packed.facts().hashes());
        assertEquals(200, packed.facts().hashes().length);
        assertArrayEquals(source.validation().labels(), packed.validation().labels());
        assertEquals(source.validation().metadata(), packed.validation().metadata());
        TrainingSet before = TestTasks.set(source, TestTasks.strategy("tiny-true-labels"));
        TrainingSet after = TestTasks.set(packed, TestTasks.strategy("tiny-true-labels"));
        assertEquals(before.ids(), after.ids());
        assertArrayEquals(before.keys(), after.keys());
        for (int i = 0; i < before.size(); i++) assertArrayEquals(before.labels()[i], after.labels()[i]);
        assertEquals(before.digest(), after.digest());
    }

    @Test
    void saysWhatItFound() throws IOException {
        JsonNode publication = publish(TestTasks.tinyFolder(), 0);
        assertEquals("tiny", publication.get("task").get("name").asText());
        JsonNode counts = publication.get("counts");
        assertEquals(200, counts.get("base").asInt());
        assertEquals(40, counts.get("validation").asInt());
        assertEquals(40, counts.get("publicFold").asInt());
        assertEquals(40, counts.get("privateFold").asInt());
        assertEquals(0, publication.get("problems").size());
        assertTrue(publication.get("datasheet").asText().length() > 100);
        JsonNode duplicates = publication.get("duplicates");
        assertEquals(80, duplicates.get("hidden").asInt());
        assertEquals(80, duplicates.get("nearSearched").asInt());
        assertEquals(0, duplicates.at("/train/exact").asInt());
    }

    @Test
    void theHiddenTestIsInItsOwnArchiveAlone() throws IOException {
        publish(TestTasks.tinyFolder(), 0);
        assertTrue(TestTasks.task(folder.resolve("task.zip")).hidden().isEmpty());
        assertEquals(
                Set.of("hidden.images.npy", "hidden.labels.npy", "hidden.csv"),
                files("hidden.zip").keySet());
        TaskPack packed = TestTasks.task(folder.resolve("task.zip"));
        TaskPack.Hidden hidden = PackedTask.readHidden(folder.resolve("hidden.zip"), packed);
        TaskPack.Hidden source = TestTasks.tiny().hidden().orElseThrow();
        assertArrayEquals(source.part().images(), hidden.part().images());
        assertArrayEquals(source.part().labels(), hidden.part().labels());
        assertArrayEquals(source.publicFold(), hidden.publicFold());
    }

    @Test
    void contestantsGetAnAllowListAndNothingElse() throws IOException {
        Path task = folder.resolve("copy");
        copy(TestTasks.tinyFolder(), task);
        Files.writeString(task.resolve("notes-to-myself.txt"), "the answers");
        publish(task, 0);
        assertEquals(
                Set.of(
                        "task.yaml",
                        "datasheet.md",
                        "train-images.idx",
                        "train-labels.idx",
                        "train.csv",
                        "validation-images.idx",
                        "validation-labels.idx",
                        "validation.csv",
                        "initial.safetensors"),
                files("public.zip").keySet());
        byte[] hidden = TestTasks.tiny().hidden().orElseThrow().part().images();
        String secret = new String(hidden, 0, 256, StandardCharsets.ISO_8859_1);
        for (String archive : new String[] {"public.zip", "task.zip"}) {
            files(archive)
                    .forEach((name, bytes) -> assertFalse(
                            new String(bytes, StandardCharsets.ISO_8859_1).contains(secret), archive + " " + name));
        }
    }

    @Test
    void theSameTaskGivesTheSameArchives() throws IOException {
        publish(TestTasks.tinyFolder(), 0);
        var first = new TreeMap<String, String>();
        for (String name : new String[] {"task.zip", "hidden.zip", "public.zip"}) {
            first.put(name, Digests.of(Files.readAllBytes(folder.resolve(name))));
        }
        publish(TestTasks.folder().resolve("tiny.zip"), 0);
        first.forEach((name, digest) -> assertEquals(digest, digestOf(name), name));
    }

    @Test
    void aDamagedByteIsRefused() throws IOException {
        publish(TestTasks.tinyFolder(), 0);
        for (String damaged : new String[] {
            "base.images.npy",
            "base.statistics.npy",
            "base.hashes.npy",
            "base.labels.npy",
            "validation.csv",
            "initial.weights"
        }) {
            TreeMap<String, byte[]> pieces = files("task.zip");
            byte[] bytes = pieces.get(damaged);
            bytes[bytes.length - 2] ^= 1;
            PackedTask.zip(folder.resolve("damaged.zip"), pieces);
            IOException refused = assertThrows(
                    IOException.class, () -> TaskSource.read(folder.resolve("damaged.zip"), new Problems()));
            assertEquals("damaged pack: '" + damaged + "' is not what the manifest says", refused.getMessage());
        }
    }

    @Test
    void aCheckNeedsNoWeights() throws IOException {
        publish(TestTasks.tinyFolder(), 0);
        TaskPack packed = TaskSource.readSamples(folder.resolve("task.zip"), new Problems())
                .orElseThrow();
        assertEquals(0, packed.initial().tensors().size());
        assertEquals(
                StrategyCheck.check(TestTasks.tiny(), TestTasks.strategy("tiny-true-labels")),
                StrategyCheck.check(packed, TestTasks.strategy("tiny-true-labels")));
    }

    @Test
    void anotherHiddenTestIsRefused() throws IOException {
        publish(TestTasks.tinyFolder(), 0);
        TaskPack packed = TestTasks.task(folder.resolve("task.zip"));
        TreeMap<String, byte[]> pieces = files("hidden.zip");
        byte[] labels = pieces.get("hidden.labels.npy");
        labels[labels.length - 4] ^= 1;
        PackedTask.zip(folder.resolve("other.zip"), pieces);
        assertThrows(IOException.class, () -> PackedTask.readHidden(folder.resolve("other.zip"), packed));
    }

    @Test
    void aTaskWithoutAHiddenTestIsNotPublished() throws IOException {
        Path task = folder.resolve("copy");
        copy(TestTasks.tinyFolder(), task);
        Files.delete(task.resolve("hidden/test-images.idx"));
        JsonNode publication = publish(task, 2);
        assertEquals(
                "the task has no hidden test",
                publication.get("problems").get(0).get("message").asText());
        assertTrue(publication.get("digest").isNull());
    }

    @Test
    void anEmptyFoldIsTold() throws IOException {
        Path task = folder.resolve("copy");
        copy(TestTasks.tinyFolder(), task);
        String yaml = Files.readString(task.resolve("task.yaml"));
        Files.writeString(
                task.resolve("task.yaml"),
                yaml.replace("public-fraction: 0.5", "public-fraction: 0.05")
                        .replace(", metadata: hidden/test.csv", ""));
        // One sample a class: a twentieth of it is nobody.
        ByteBuffer images = ByteBuffer.allocate(16 + 4 * 256)
                .putInt(0x803)
                .putInt(4)
                .putInt(16)
                .putInt(16);
        ByteBuffer labels = ByteBuffer.allocate(8 + 4).putInt(0x801).putInt(4).put(new byte[] {0, 1, 2, 3});
        Files.write(task.resolve("hidden/test-images.idx"), images.array());
        Files.write(task.resolve("hidden/test-labels.idx"), labels.array());
        assertEquals(
                "of the hidden test 0 of 4 samples are in the public fold",
                publish(task, 2).get("problems").get(0).get("message").asText());
    }

    @Test
    void brokenDataIsToldByItsFile() throws IOException {
        Path task = folder.resolve("copy");
        copy(TestTasks.tinyFolder(), task);
        byte[] labels = Files.readAllBytes(task.resolve("train-labels.idx"));
        labels[8 + 17] = 9;
        Files.write(task.resolve("train-labels.idx"), labels);
        Files.write(task.resolve("validation-images.idx"), new byte[] {1, 2, 3});
        JsonNode problems = publish(task, 2).get("problems");
        assertEquals(
                "label 9 of sample 17 is not a class",
                problems.get(0).get("message").asText());
        assertEquals("train-labels.idx", problems.get(0).get("file").asText());
        assertEquals(
                "this is not an IDX file of unsigned bytes",
                problems.get(1).get("message").asText());
    }

    @Test
    void theOrganizersOwnWeightsAreTheInitialOnes() throws IOException {
        Path task = folder.resolve("copy");
        copy(TestTasks.tinyFolder(), task);
        String yaml = Files.readString(task.resolve("task.yaml"));
        Files.writeString(
                task.resolve("task.yaml"), yaml.replace("initial: {seed: 17}", "initial: {file: start.safetensors}"));
        Weights own = Weights.initial(TestTasks.tiny().layers(), 99);
        Files.write(task.resolve("start.safetensors"), own.toBytes());
        assertEquals(own.digest(), publish(task, 0).get("initialWeights").asText());
        assertEquals(
                own.digest(),
                TestTasks.task(folder.resolve("task.zip")).initial().digest());
        assertEquals(
                own.digest(),
                TestTasks.task(folder.resolve("public.zip")).initial().digest());
        Files.writeString(
                task.resolve("task.yaml"),
                yaml.replace("initial: {seed: 17}", "initial: {file: start.safetensors}")
                        .replace("width: 32", "width: 31"));
        JsonNode problem = publish(task, 2).get("problems").get(0);
        assertEquals("start.safetensors", problem.get("file").asText());
        assertEquals(
                "'layer1.weight' is F32 of shape [32,256]; the model needs F32 of shape [31,256]",
                problem.get("message").asText());
    }

    @Test
    void aMetricThatTheTaskCannotHaveIsTold() throws IOException {
        Path task = folder.resolve("copy");
        copy(TestTasks.tinyFolder(), task);
        String yaml = Files.readString(task.resolve("task.yaml"));
        Path file = task.resolve("task.yaml");
        Files.writeString(file, yaml.replace("rank-by: accuracy", "rank-by: worst-group, groups: condition"));
        publish(task, 0);
        Files.writeString(file, yaml.replace("rank-by: accuracy", "rank-by: accuracy, groups: lens"));
        JsonNode problem = publish(task, 2).get("problems").get(0);
        assertEquals(
                "'worst-group' cannot be measured on the validation set",
                problem.get("message").asText());
        assertEquals(
                "metadata of this part with the column 'lens'",
                problem.get("instead").asText());
        Files.writeString(file, yaml.replace("rank-by: accuracy", "rank-by: head-accuracy"));
        JsonNode problems = publish(task, 2).get("problems");
        assertEquals(3, problems.size());
        assertEquals(
                "'head-accuracy' cannot be measured on the hidden test's private fold",
                problems.get(2).get("message").asText());
        Files.writeString(file, yaml.replace("rank-by: accuracy", "rank-by: head-accuracy, head-above: 40"));
        publish(task, 0);
    }

    @Test
    void whatIsNoTaskIsTold() throws IOException {
        Path file = Files.writeString(folder.resolve("letter.zip"), "dear judge");
        assertEquals(
                "this is not a zip archive that can be read",
                publish(file, 2).get("problems").get(0).get("message").asText());
        Files.createDirectories(folder.resolve("empty"));
        assertEquals(
                "the archive has no file 'task.yaml'",
                publish(folder.resolve("empty"), 2)
                        .get("problems")
                        .get(0)
                        .get("message")
                        .asText());
    }

    @Test
    void anOrganizersOwnManifestMakesNoPack() throws IOException {
        Path task = folder.resolve("copy");
        copy(TestTasks.tinyFolder(), task);
        Files.writeString(task.resolve("manifest.json"), "[]");
        publish(task, 0);
    }

    private JsonNode publish(Path task, int status) throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertEquals(
                    status,
                    new CommandLine(new PublishCommand())
                            .execute("--task", task.toString(), "--out", folder.toString()));
        } finally {
            System.setOut(before);
        }
        return Json.MAPPER.readTree(printed.toByteArray());
    }

    private TreeMap<String, byte[]> files(String archive) throws IOException {
        TreeMap<String, byte[]> files = new TreeMap<>();
        try (ZipFile zip = new ZipFile(folder.resolve(archive).toFile())) {
            for (var entry : new TreeSet<>(zip.stream().map(e -> e.getName()).toList())) {
                try (InputStream bytes = zip.getInputStream(zip.getEntry(entry))) {
                    files.put(entry, bytes.readAllBytes());
                }
            }
        }
        return files;
    }

    private String digestOf(String name) {
        try {
            return Digests.of(Files.readAllBytes(folder.resolve(name)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copied = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copied.getParent());
                Files.copy(file, copied);
            }
        }
    }
}
