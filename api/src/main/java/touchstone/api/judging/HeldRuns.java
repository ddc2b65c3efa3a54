package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import touchstone.api.storage.Database;

/**
 * Runs that failed too often, or by the task's own fault, and wait for a person. What was refunded when they were held stays
 * refunded.
 */
@Singleton
public final class HeldRuns implements JudgingLoop {
    private final Database database;
    private final JudgingLock locks;
    private final InstantSource clock;

    HeldRuns(Database database, JudgingLock locks, InstantSource clock) {
        this.database = database;
        this.locks = locks;
        this.clock = clock;
    }

    /**
     * Puts back what a task held by its own fault, once somebody has resumed it: such a fault pauses the task in the moment in
     * which it holds the run, so under a task that is open it was held before. What a version that was replaced held stays,
     * since it would only fail again; that is for a judging set.
     */
    @Override
    public void tick() {
        JudgingLoop.each(database.list("""
                        select j.id from judging j
                        join task t on t.id = j.task and t.state = 'open' and t.current_version = j.version
                        join task_version v on v.task = j.task and v.n = j.version and v.published is not null
                        where j.state = 'waiting-on-us' and exists (
                            select 1 from run r join attempt a on a.run = r.id and a.n = r.attempts
                            where r.judging = j.id and r.state = 'held' and a.fault = ?)
                        order by j.created
                        """, row -> row.uuid("id"), Fault.ORGANIZER), this::retry);
    }

    /**
     * Puts all of them back into the queue with a clean slate, and tells how many. May be part of the caller's transaction,
     * which then holds all their locks.
     */
    public int retryAll() {
        return held().stream().mapToInt(this::retry).sum();
    }

    /** In the order of ids, in which everybody locks who locks more than one judging. */
    List<UUID> held() {
        return database.list("select id from judging where state = 'waiting-on-us' order by id", row -> row.uuid("id"));
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
