package touchstone.api.leaderboard;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import touchstone.api.storage.Database;
import touchstone.api.task.TaskVersion;

/** When the final ranking is out: a final was applied, and the time that the task names for it has come. */
@Singleton
final class FinalBoard {
    private final Database database;
    private final InstantSource clock;

    FinalBoard(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    boolean isOut(TaskVersion task) {
        return version(task).isPresent();
    }

    /** The version that the latest final was judged under: it stays the final, whatever is published later. Empty = not out. */
    Optional<Integer> version(TaskVersion task) {
        Instant reveals = task.file().phases().reveals();
        if (reveals != null && clock.instant().isBefore(reveals)) return Optional.empty();
        return database.find("""
                        select version from judging_set
                        where task = ? and kind = 'final' and state = 'applied' order by applied_seq desc
                        """, row -> row.integer("version"), task.task());
    }
}
