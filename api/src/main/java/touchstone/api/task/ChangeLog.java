package touchstone.api.task;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import touchstone.api.http.Page;
import touchstone.api.storage.Database;

/** What happened to a task and its board, told to everybody who may see the task. */
@Singleton
public final class ChangeLog {
    private final Database database;
    private final InstantSource clock;

    ChangeLog(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** @param seq order in the whole house */
    record Change(long seq, Instant at, String kind, String text) {}

    /**
     * Part of the caller's transaction.
     *
     * @param kind a word or two with dashes: {@code published}, {@code phase-extended}
     * @param text a sentence or two, at most 2000 characters; everybody reads it
     */
    public void add(UUID task, String kind, String text) {
        database.change(
                "insert into change_log (task, at, kind, told) values (?, ?, ?, ?)", task, clock.instant(), kind, text);
    }

    /** @param before changes older than this one; the newest first */
    Page<Change> page(UUID task, long before) {
        return Page.of(
                database.list(
                        """
                        select seq, at, kind, told from change_log where task = ? and seq < ? order by seq desc limit ?
                        """,
                        row -> new Change(row.number("seq"), row.instant("at"), row.text("kind"), row.text("told")),
                        task,
                        before,
                        Page.ITEMS_MAX + 1),
                change -> Long.toString(change.seq()));
    }
}
