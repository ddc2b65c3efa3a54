package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import touchstone.api.storage.Database;

/**
 * Whoever changes the state of a judging, of its runs or of their attempts holds the lock on the judging's row. Otherwise
 * two last runs that end together would each see the other unfinished, and the judging would never settle.
 *
 * <p>Order of locks, everywhere: submission, judging, team, task, the house's limit.
 */
@Singleton
final class JudgingLock {
    private final Database database;

    JudgingLock(Database database) {
        this.database = database;
    }

    /** The judging of a run, locked until the transaction ends. */
    Optional<UUID> lockOf(UUID run) {
        return database.find("select judging from run where id = ?", row -> row.uuid("judging"), run)
                .map(this::lock);
    }

    UUID lock(UUID judging) {
        return database.get("select id from judging where id = ? for update", row -> row.uuid("id"), judging);
    }

    void lockTeam(UUID team) {
        database.get("select id from team where id = ? for update", row -> row.uuid("id"), team);
    }

    void lockTask(UUID task) {
        database.get("select id from task where id = ? for update", row -> row.uuid("id"), task);
    }
}
