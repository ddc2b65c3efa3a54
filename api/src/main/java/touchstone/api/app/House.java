package touchstone.api.app;

import jakarta.inject.Singleton;
import java.util.Optional;
import touchstone.api.storage.Database;
import touchstone.api.storage.Words;

/** What kind of house this database belongs to. It is written once and never changed. */
@Singleton
public final class House {
    private static final String MODE = "mode";

    private final Database database;

    House(Database database) {
        this.database = database;
    }

    public Optional<Settings.Mode> mode() {
        return database.find(
                "select content from house where setting = ?",
                row -> Words.parse(Settings.Mode.class, row.text("content")),
                MODE);
    }

    /** Marks a database that is not marked yet. */
    public void mark(Settings.Mode mode) {
        database.change("insert into house (setting, content) values (?, ?)", MODE, Words.of(mode));
    }
}
