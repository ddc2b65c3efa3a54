package touchstone.api.task;

import io.micronaut.http.HttpStatus;
import jakarta.inject.Singleton;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.DataFolder;
import touchstone.api.storage.Scratch;
import touchstone.spec.task.TaskParser;

/** Makes a task of one's own from another: its archive with another name in task.yaml, kept as a draft. */
@Singleton
final class TaskClone {
    private static final Pattern NAME_LINE = Pattern.compile("(?m)^name:[^\\n#]*");

    private final TaskArchives archives;
    private final TaskPublication publication;
    private final Blobs blobs;
    private final DataFolder folder;

    TaskClone(TaskArchives archives, TaskPublication publication, Blobs blobs, DataFolder folder) {
        this.archives = archives;
        this.publication = publication;
        this.blobs = blobs;
        this.folder = folder;
    }

    /** @param with runs in the same transaction, for a request's idempotency key */
    TaskPublication.Published make(
            UUID organizer, TaskVersion source, @Nullable String name, Consumer<TaskPublication.Published> with) {
        if (name == null || !TaskParser.isName(name))
            throw Refusal.of(
                    HttpStatus.UNPROCESSABLE_ENTITY,
                    "name",
                    "This does not do for a task",
                    "\"name\" is " + (name == null ? "missing" : "\"" + name + "\"")
                            + "; write lower-case letters, digits and single hyphens, at most 60, such as fashion-2.");
        try (Scratch scratch = folder.scratch("clone")) {
            Path renamed = scratch.folder().resolve("task.zip");
            rename(source, name, renamed);
            try (Blobs.Incoming archive = blobs.receive(renamed)) {
                return publication.draft(organizer, archive, with);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The task's archive could not be copied", e);
        }
    }

    private void rename(TaskVersion source, String name, Path to) throws IOException {
        try (Blobs.Content content = archives.open(source);
                ZipInputStream from = new ZipInputStream(content.stream());
                OutputStream file = new BufferedOutputStream(Files.newOutputStream(to));
                ZipOutputStream zip = new ZipOutputStream(file)) {
            for (ZipEntry entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
                zip.putNextEntry(new ZipEntry(entry.getName()));
                if (entry.getName().equals(TaskParser.FILE))
                    zip.write(renamed(new String(from.readAllBytes(), StandardCharsets.UTF_8), name)
                            .getBytes(StandardCharsets.UTF_8));
                else from.transferTo(zip);
            }
        }
    }

    private static String renamed(String yaml, String name) {
        Matcher line = NAME_LINE.matcher(yaml);
        if (!line.find())
            throw Refusal.of(
                    HttpStatus.UNPROCESSABLE_ENTITY,
                    "name",
                    "The name was not found",
                    "The task.yaml has no line that begins with \"name:\". Export the task, write the name by hand and"
                            + " send it as a draft.");
        return line.replaceFirst("name: " + name + " ");
    }
}
