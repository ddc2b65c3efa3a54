package touchstone.api.task;

import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import touchstone.api.audit.Audit;
import touchstone.api.http.Page;
import touchstone.api.http.PeoplesText;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;

/** What organizers tell everybody who may see their task. Nothing that was said is taken back or changed. */
@Singleton
final class Announcements {
    private static final int TITLE_CHARACTERS_MAX = 200;
    private static final int TEXT_CHARACTERS_MAX = 10_000;
    private static final String ANNOUNCEMENT = "select id, seq, at, title, body from announcement ";

    private final Database database;
    private final ChangeLog changes;
    private final Audit audit;
    private final InstantSource clock;

    Announcements(Database database, ChangeLog changes, Audit audit, InstantSource clock) {
        this.database = database;
        this.changes = changes;
        this.audit = audit;
        this.clock = clock;
    }

    /** @param text Markdown without raw HTML; @param seq order in the whole house */
    record Announcement(UUID id, long seq, Instant at, String title, String text) {}

    /** @param with runs in the same transaction, for a request's idempotency key */
    Announcement add(
            UUID author, TaskVersion task, @Nullable String title, @Nullable String text, Consumer<UUID> with) {
        String heading = PeoplesText.line("title", title, TITLE_CHARACTERS_MAX);
        String body = PeoplesText.markdown("text", text, TEXT_CHARACTERS_MAX);
        UUID id = UUID.randomUUID();
        return database.transaction(() -> {
            database.change(
                    "insert into announcement (id, task, at, author, title, body) values (?, ?, ?, ?, ?, ?)",
                    id,
                    task.task(),
                    clock.instant(),
                    author,
                    heading,
                    body);
            changes.add(task.task(), "announcement", heading);
            audit.record(author, "task.announce", task.slug(), heading);
            with.accept(id);
            return find(task.task(), id).orElseThrow();
        });
    }

    Optional<Announcement> find(UUID task, UUID id) {
        return database.find(ANNOUNCEMENT + "where task = ? and id = ?", Announcements::read, task, id);
    }

    /** @param before older than this one; the newest first */
    Page<Announcement> page(UUID task, long before) {
        return Page.of(
                database.list(
                        ANNOUNCEMENT + "where task = ? and seq < ? order by seq desc limit ?",
                        Announcements::read,
                        task,
                        before,
                        Page.ITEMS_MAX + 1),
                announcement -> Long.toString(announcement.seq()));
    }

    private static Announcement read(Row row) throws SQLException {
        return new Announcement(
                row.uuid("id"), row.number("seq"), row.instant("at"), row.text("title"), row.text("body"));
    }
}
