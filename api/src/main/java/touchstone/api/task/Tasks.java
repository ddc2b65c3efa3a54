package touchstone.api.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.http.HttpStatus;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import touchstone.api.account.Caller;
import touchstone.api.account.Role;
import touchstone.api.account.Visitor;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;
import touchstone.spec.task.TaskFile;

/** The tasks of this house, as far as somebody may see them. */
@Singleton
public final class Tasks {
    private static final String CURRENT_VERSION = """
            select task.id, task.slug, task.title, task.organizer, organizer.name as organizer_name, task.state,
                   version.n, version.digest, version.document, version.counts, version.initial_weights,
                   version.datasheet, version.pack_blob, version.public_blob
            from task
            join task_version version on version.task = task.id and version.n = task.current_version
            join account organizer on organizer.id = task.organizer
            """;

    private final Database database;
    private final ObjectMapper json;

    Tasks(Database database, ObjectMapper json) {
        this.database = database;
        this.json = json;
    }

    public Optional<TaskVersion> find(String slug) {
        return database.find(CURRENT_VERSION + " where task.slug = ?", this::read, slug);
    }

    public Optional<TaskVersion> find(UUID task) {
        return database.find(CURRENT_VERSION + " where task.id = ?", this::read, task);
    }

    /** The task, when it exists and the visitor may see it; else the answer is the one 404. */
    public TaskVersion visible(String slug, Visitor visitor) {
        return find(slug).filter(task -> maySee(task, visitor)).orElseThrow(Refusal::notFound);
    }

    /** The task, when the caller may change it: its organizer and administrators may. */
    public TaskVersion organized(String slug, Caller caller) {
        TaskVersion task = visible(slug, new Visitor(Optional.of(caller)));
        if (task.isOrganizer(caller.account()) || caller.role() == Role.ADMINISTRATOR) return task;
        throw Refusal.of(
                HttpStatus.FORBIDDEN,
                "not-organizer",
                "Not yours to do",
                "Only an organizer of this task may do this. Ask " + task.organizerName() + ".");
    }

    private boolean maySee(TaskVersion task, Visitor visitor) {
        if (visitor.is(task.organizer())) return true;
        if (visitor.caller()
                .filter(caller -> caller.role() == Role.ADMINISTRATOR)
                .isPresent()) return true;
        if (task.state() == TaskVersion.State.DRAFT) return false;
        if (task.file().access() == TaskFile.Access.PUBLIC) return true;
        return visitor.caller()
                .flatMap(caller -> database.find(
                        "select team from member where task = ? and account = ?",
                        row -> row.uuid("team"),
                        task.task(),
                        caller.account()))
                .isPresent();
    }

    private TaskVersion read(Row row) throws SQLException {
        return new TaskVersion(
                row.uuid("id"),
                row.text("slug"),
                row.text("title"),
                row.uuid("organizer"),
                row.text("organizer_name"),
                row.word("state", TaskVersion.State.class),
                row.integer("n"),
                row.text("digest"),
                parse(row.text("document"), TaskFile.class),
                parse(row.text("counts"), TaskFile.Counts.class),
                row.text("initial_weights"),
                row.text("datasheet"),
                row.text("pack_blob"),
                row.text("public_blob"));
    }

    private <T> T parse(String document, Class<T> type) {
        try {
            return json.readValue(document, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored " + type.getSimpleName() + " cannot be read.", e);
        }
    }
}
