package touchstone.soak;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import touchstone.fixtures.Fixtures;

/** The task of every contest here. */
final class TinyTask {
    /** Lies in a task's folder for tests, and is never sent. */
    private static final String TRUTH = "truth.csv";

    private TinyTask() {}

    /** @param token an organizer's; @param edit of {@code task.yaml} */
    static void publish(Web web, Path fixtures, String token, UnaryOperator<String> edit)
            throws IOException, InterruptedException {
        Fixtures.writeTiny(fixtures);
        Path file = fixtures.resolve("tiny/task.yaml");
        Files.writeString(file, edit.apply(Files.readString(file)));
        byte[] task = zip(fixtures.resolve("tiny"));
        String key = UUID.randomUUID().toString();
        web.read(web.repeat(address -> Web.to(address, "/api/tasks")
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/zip")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofByteArray(task))));
    }

    /** What the task's own zip holds: everything but the truth, which lies beside the other files for tests. */
    private static byte[] zip(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes);
                Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                if (file.getFileName().toString().equals(TRUTH)) continue;
                zip.putNextEntry(new ZipEntry(folder.relativize(file).toString().replace('\\', '/')));
                zip.write(Files.readAllBytes(file));
            }
        }
        return bytes.toByteArray();
    }
}
