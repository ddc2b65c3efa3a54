package touchstone.api.audit;

import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Database;

/** The log of acts. */
@Singleton
public final class Audit {
    private static final int DETAIL_CHARACTERS_MAX = 4000;

    private final Database database;
    private final InstantSource clock;

    Audit(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Part of the caller's transaction: what did not happen is not in the log.
     *
     * @param actor an account; null = the server itself, or its command line
     * @param act dotted words, what was acted on first: {@code task.pause}, {@code team.join}
     * @param object what names it to a person: a task's name, a run's id
     * @param detail a sentence, without secrets; cut at 4000 characters
     */
    public void record(@Nullable UUID actor, String act, String object, String detail) {
        database.change(
                "insert into audit (at, actor, act, object, detail) values (?, ?, ?, ?, ?)",
                clock.instant(),
                actor,
                act,
                object,
                detail.substring(0, Math.min(detail.length(), DETAIL_CHARACTERS_MAX)));
    }
}
