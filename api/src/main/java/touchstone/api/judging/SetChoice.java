package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Database;

/** Which submissions are judged again. */
@Singleton
public final class SetChoice {
    private final Database database;

    SetChoice(Database database) {
        this.database = database;
    }

    /** What a submission came to so far. */
    public enum Verdict {
        SCORED,
        REJECTED,
        /** A fault of ours, or of the organizer's, holds it. */
        WAITING_ON_US
    }

    /**
     * All conditions hold together; null = any.
     *
     * @param from first moment of acceptance
     * @param to first moment that is too late
     * @param version that it was last judged under
     * @param submissions no others than these
     */
    public record Conditions(
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable Verdict verdict,
            @Nullable Integer version,
            @Nullable List<UUID> submissions) {}

    /** Of those that came to something and were not withdrawn, in the order of acceptance. */
    public List<UUID> choose(UUID task, Conditions conditions) {
        List<UUID> found = database.list(
                """
                select s.id
                from submission s
                join judging j on j.submission = s.id and j.valid and j.variant = '' and j.task = s.task
                join judging_set b on b.id = j.judging_set and b.kind in ('board', 'rejudge')
                where s.task = ? and s.withdrawn is null
                  and (j.state = 'settled' or j.state = 'waiting-on-us')
                  and (cast(? as timestamp with time zone) is null or s.accepted >= ?)
                  and (cast(? as timestamp with time zone) is null or s.accepted < ?)
                  and (cast(? as varchar) is null or coalesce(j.verdict, j.state) = ?)
                  and (cast(? as int) is null or j.version = ?)
                order by s.seq
                """,
                row -> row.uuid("id"),
                task,
                conditions.from(),
                conditions.from(),
                conditions.to(),
                conditions.to(),
                conditions.verdict(),
                conditions.verdict(),
                conditions.version(),
                conditions.version());
        List<UUID> only = conditions.submissions();
        return only == null ? found : found.stream().filter(only::contains).toList();
    }
}
