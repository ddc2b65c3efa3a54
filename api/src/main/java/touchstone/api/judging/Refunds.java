package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.UUID;
import touchstone.api.storage.Database;

/** Gives charges back. */
@Singleton
final class Refunds {
    private final Database database;
    private final JudgingLock locks;
    private final InstantSource clock;

    Refunds(Database database, JudgingLock locks, InstantSource clock) {
        this.database = database;
        this.locks = locks;
        this.clock = clock;
    }

    /** Undoes a submission's charge, if there is one and it is not undone yet. */
    void refund(UUID submission, UUID team, String reason) {
        locks.lockTeam(team);
        database.change("""
                insert into quota_entry (submission, kind, team, task, at, reason)
                select c.submission, 'refund', c.team, c.task, cast(? as timestamp with time zone), cast(? as varchar)
                from quota_entry c where c.submission = ? and c.kind = 'charge'
                on conflict do nothing
                """, clock.instant(), reason, submission);
    }
}
