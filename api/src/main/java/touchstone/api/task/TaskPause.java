package touchstone.api.task;

import jakarta.inject.Singleton;
import java.util.Optional;
import touchstone.api.storage.Database;

/** The way out of a pause, which a fault of the task itself began. */
@Singleton
public final class TaskPause {
    private final Database database;

    TaskPause(Database database) {
        this.database = database;
    }

    /** What became of the wish. */
    public sealed interface Outcome {
        record Opened() implements Outcome {}

        record Unknown() implements Outcome {}

        record NotPaused(String state) implements Outcome {}
    }

    public Outcome open(String slug) {
        if (database.change("update task set state = 'open' where slug = ? and state = 'paused'", slug) == 1)
            return new Outcome.Opened();
        Optional<String> state = database.find("select state from task where slug = ?", row -> row.text("state"), slug);
        return state.<Outcome>map(Outcome.NotPaused::new).orElseGet(Outcome.Unknown::new);
    }
}
