package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import touchstone.api.storage.Database;
import touchstone.spec.task.TaskFile;

/** The task files of versions. A version is immutable, so what was read once stays true. */
@Singleton
final class TaskFiles {
    private record Version(UUID task, int number) {}

    private final Database database;
    private final JsonText json;
    private final Map<Version, TaskFile> known = new ConcurrentHashMap<>();

    TaskFiles(Database database, JsonText json) {
        this.database = database;
        this.json = json;
    }

    TaskFile get(UUID task, int version) {
        return known.computeIfAbsent(new Version(task, version), this::read);
    }

    private TaskFile read(Version version) {
        String document = database.get(
                "select document from task_version where task = ? and n = ?",
                row -> row.text("document"),
                version.task(),
                version.number());
        return json.read(document, TaskFile.class);
    }
}
