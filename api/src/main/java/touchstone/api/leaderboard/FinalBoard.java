package touchstone.api.leaderboard;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
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
        Instant reveals = task.file().phases().reveals();
        if (reveals != null && clock.instant().isBefore(reveals)) return false;
        return database.find("""
                        select id from judging_set
                        where task = ? and version = ? and kind = 'final' and state = 'applied'
                        """, row -> row.uuid("id"), task.task(), task.version())
                .isPresent();
    }
}
