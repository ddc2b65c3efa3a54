package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import touchstone.evaluator.TestTasks;

final class TaskCheckCommandTest {

    @TempDir
    private Path folder;

    private record Told(int status, String text) {}

    @Test
    void aSoundTaskIsToldWithItsCountsAndTheDigestOfItsPublication() throws IOException {
        Told zip = check(TestTasks.folder().resolve("tiny.zip"));

        assertEquals(Exit.DONE, zip.status());
        assertEquals("""
                'tiny' is sound.
                samples   200 to train, 40 to validate, 40 and 40 hidden (public and private fold)
                digest    %s
                """.formatted(TestTasks.tiny().digest()), zip.text());
        assertEquals(zip, check(TestTasks.tinyFolder()), "the folder and its zip are one task");
    }

    @Test
    void everythingThatIsWrongIsToldByItsPlaceAndWhatToWriteInstead() throws IOException {
        Path task = copy();
        String yaml = Files.readString(task.resolve("task.yaml"));
        Files.writeString(
                task.resolve("task.yaml"),
                yaml.replace("architecture: mlp", "architecture: mpl").replace("access: public", "access: everybody"));

        Told told = check(task);

        assertEquals(Exit.PROBLEMS, told.status());
        assertEquals("""
                task.yaml:12:25: 'mpl' is not known here — write 'mlp'
                task.yaml:24:9: 'everybody' is not known here — one of: public, invited
                """, told.text());
    }

    @Test
    void hiddenSamplesThatEveryoneHasAreTold() throws IOException {
        Path task = copy();
        Files.copy(
                task.resolve("validation-images.idx"),
                task.resolve("hidden/test-images.idx"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                task.resolve("validation-labels.idx"),
                task.resolve("hidden/test-labels.idx"),
                StandardCopyOption.REPLACE_EXISTING);
        Path metadata = task.resolve("hidden/test.csv");
        Files.write(metadata, Files.readAllLines(metadata).subList(0, 41));

        Told told = check(task);

        assertEquals(Exit.DONE, told.status(), told.text());
        assertTrue(
                told.text().lines().anyMatch(line -> line.startsWith("copies    40 hidden samples equal a validation")),
                told.text());
    }

    @Test
    void jsonIsWhatPublishingWouldAnswer() throws IOException {
        JsonNode sound =
                Json.MAPPER.readTree(check(TestTasks.tinyFolder(), "--json").text());
        assertEquals("tiny", sound.at("/task/name").asText());
        assertEquals(TestTasks.tiny().digest(), sound.path("digest").asText());

        Told empty = check(Files.createDirectories(folder.resolve("empty")), "--json");

        assertEquals(Exit.PROBLEMS, empty.status());
        assertEquals(
                "it stands at the top, in no folder",
                Json.MAPPER.readTree(empty.text()).at("/problems/0/instead").asText());
    }

    private static Told check(Path task, String... options) throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            int status = new CommandLine(new TaskCheckCommand())
                    .execute(Stream.concat(Stream.of(task.toString()), Arrays.stream(options))
                            .toArray(String[]::new));
            return new Told(status, printed.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(before);
        }
    }

    private Path copy() throws IOException {
        Path to = folder.resolve("copy");
        try (var files = Files.walk(TestTasks.tinyFolder())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copied = to.resolve(TestTasks.tinyFolder().relativize(file).toString());
                Files.createDirectories(copied.getParent());
                Files.copy(file, copied);
            }
        }
        return to;
    }
}
