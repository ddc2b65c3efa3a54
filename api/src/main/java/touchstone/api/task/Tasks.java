package touchstone.api.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.http.HttpStatus;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
    private static final String VERSION = """
            select task.id, task.slug, task.organizer, creator.name as organizer_name,
                   (select string_agg(cast(organizer.account as varchar), ',') from organizer
                    where organizer.task = task.id and organizer.ended is null) as organizers,
                   case when task.withdrawn_at is null then task.state else 'withdrawn' end as state,
                   task.pause_reason, task.paused_at, task.phases_moved, task.opens, task.closes, task.reveals,
                   version.n, version.digest, version.document, version.counts, version.initial_weights,
                   version.datasheet, version.pack_blob, version.public_blob, version.published
            from task
            join account creator on creator.id = task.organizer
            join task_version version on version.task = task.id and version.n = \
            """;
    private static final String CURRENT_VERSION = VERSION + "task.current_version";
    private static final String DRAFT_VERSION = VERSION + "task.draft_version";

    /** For contestants, where nobody has written one. */
    static final String PAUSED_BY_A_FAULT =
            "Something in this task does not work. Its organizer has to mend it; then judging goes on.";

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

    /** The task, when the caller may change it: its organizers and administrators may. */
    public TaskVersion organized(String slug, Caller caller) {
        TaskVersion task = visible(slug, new Visitor(Optional.of(caller)));
        if (mayChange(task, caller)) return task;
        throw Refusal.of(
                HttpStatus.FORBIDDEN,
                "not-organizer",
                "Not yours to do",
                "Only an organizer of this task may do this. Ask " + task.organizerName() + ".");
    }

    /** The version that waits to be published, for who may publish it. */
    public Optional<TaskVersion> draft(String slug, Caller caller) {
        UUID task = organized(slug, caller).task();
        return database.find(DRAFT_VERSION + " where task.id = ?", this::read, task);
    }

    private boolean maySee(TaskVersion task, Visitor visitor) {
        Optional<Caller> caller = visitor.caller();
        if (caller.isPresent() && mayChange(task, caller.get())) return true;
        if (task.isHidden()) return false;
        if (task.file().access() == TaskFile.Access.PUBLIC) return true;
        return caller.isPresent() && isInvited(task.task(), caller.get().account());
    }

    private boolean isInvited(UUID task, UUID account) {
        return database.find("""
                        select account from guest where task = ? and account = ?
                        union all
                        select account from member where task = ? and account = ?
                        """, row -> row.uuid("account"), task, account, task, account)
                .isPresent();
    }

    private static boolean mayChange(TaskVersion task, Caller caller) {
        return task.isOrganizer(caller.account()) || caller.role() == Role.ADMINISTRATOR;
    }

    private TaskVersion read(Row row) throws SQLException {
        TaskFile file = withPhases(row, parse(row.text("document"), TaskFile.class));
        return new TaskVersion(
                row.uuid("id"),
                row.text("slug"),
                file.title(),
                row.uuid("organizer"),
                organizers(row.findText("organizers")),
                row.text("organizer_name"),
                row.word("state", TaskVersion.State.class),
                pause(row),
                row.integer("n"),
                row.text("digest"),
                file,
                parse(row.text("counts"), TaskFile.Counts.class),
                row.text("initial_weights"),
                row.text("datasheet"),
                row.text("pack_blob"),
                row.text("public_blob"),
                row.findInstant("published"));
    }

    private static TaskVersion.@Nullable Pause pause(Row row) throws SQLException {
        TaskVersion.State state = row.word("state", TaskVersion.State.class);
        if (state != TaskVersion.State.PAUSED && state != TaskVersion.State.WITHDRAWN) return null;
        String reason = row.findText("pause_reason");
        return new TaskVersion.Pause(reason == null ? PAUSED_BY_A_FAULT : reason, row.findInstant("paused_at"));
    }

    /** A version never changes; phases do, and so they live on the task once they were moved. */
    private static TaskFile withPhases(Row row, TaskFile file) throws SQLException {
        if (!row.flag("phases_moved")) return file;
        return new TaskFile(
                file.name(),
                file.title(),
                file.data(),
                file.recipe(),
                file.budget(),
                file.metrics(),
                file.board(),
                file.quota(),
                file.teams(),
                file.access(),
                new TaskFile.Phases(row.findInstant("opens"), row.findInstant("closes"), row.findInstant("reveals")),
                file.datasheet());
    }

    private static Set<UUID> organizers(@Nullable String ids) {
        return ids == null
                ? Set.of()
                : Arrays.stream(ids.split(",")).map(UUID::fromString).collect(Collectors.toUnmodifiableSet());
    }

    private <T> T parse(String document, Class<T> type) {
        try {
            return json.readValue(document, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored " + type.getSimpleName() + " cannot be read.", e);
        }
    }
}
