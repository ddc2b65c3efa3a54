package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import touchstone.api.storage.Database;

/** Runs that failed too often and wait for a person. What was refunded when they were held stays refunded. */
@Singleton
public final class HeldRuns {
    private final Database database;
    private final JudgingLock locks;
    private final InstantSource clock;

    HeldRuns(Database database, JudgingLock locks, InstantSource clock) {
        this.database = database;
        this.locks = locks;
        this.clock = clock;
    }

    /** Puts all of them back into the queue with a clean slate, and tells how many. */
    public int retryAll() {
        List<UUID> judgings = database.list(
                "select id from judging where state = 'waiting-on-us' order by created", row -> row.uuid("id"));
        return judgings.stream().mapToInt(this::retry).sum();
    }

    /**
     * Puts back the runs of one judging.
     *
     * @return how many; 0 = none was held
     */
    public int retryJudgingOf(UUID run) {
        return database.find("select judging from run where id = ?", row -> row.uuid("judging"), run)
                .map(this::retry)
                .orElse(0);
    }

    private int retry(UUID judging) {
        return database.transaction(() -> {
            locks.lock(judging);
            int freed = database.change(
                    "update judging set state = 'waiting', fault = null where id = ? and state = 'waiting-on-us'",
                    judging);
            if (freed == 0) return 0;
            return database.change(
                    "update run set state = 'waiting', failures = 0, not_before = ? where judging = ? and state = 'held'",
                    clock.instant(),
                    judging);
        });
    }
}
