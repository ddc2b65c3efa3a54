package touchstone.api.operation;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;

/** Reads the log of acts. */
@Singleton
final class Acts {
    private final Database database;

    Acts(Database database) {
        this.database = database;
    }

    /**
     * @param seq order in the whole house; after a server that died some numbers are missing
     * @param actor an account's name; null = the server itself, or its command line
     */
    record Act(long seq, Instant at, @Nullable String actor, String act, String object, String detail) {}

    /**
     * Newest first.
     *
     * @param act {@code task.pause}, or {@code task.} for all that begin so
     * @param before acts older than this one
     */
    Page<Act> page(@Nullable String actor, @Nullable String act, @Nullable String object, long before) {
        if (act != null && !act.matches("[a-z0-9.-]{1,80}"))
            throw Refusal.badRequest(
                    "act", "\"act\" is \"" + act + "\"; write one such as task.pause, or task. for all of them.");
        boolean many = act != null && act.endsWith(".");
        Where where = new Where()
                .and("l.seq < ?", before)
                .and("c.name_folded = ?", actor == null ? null : actor.strip().toLowerCase(Locale.ROOT))
                .and("l.act = ?", many ? null : act)
                .and("l.act like ?", many ? act + "%" : null)
                .and("l.object = ?", object);
        return Page.of(
                database.list(
                        """
                        select l.seq, l.at, c.name, l.act, l.object, l.detail
                        from audit l left join account c on c.id = l.actor
                        where %s order by l.seq desc limit ?
                        """.formatted(where.sql()),
                        row -> new Act(
                                row.number("seq"),
                                row.instant("at"),
                                row.findText("name"),
                                row.text("act"),
                                row.text("object"),
                                row.text("detail")),
                        where.arguments(Page.ITEMS_MAX + 1)),
                last -> Long.toString(last.seq()));
    }
}
