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
    private final Map<Version, TaskFile> files = new ConcurrentHashMap<>();
    private final Map<Version, TaskFile.Counts> counts = new ConcurrentHashMap<>();

    TaskFiles(Database database, JsonText json) {
        this.database = database;
        this.json = json;
    }

    TaskFile get(UUID task, int version) {
        return files.computeIfAbsent(
                new Version(task, version), wanted -> json.read(column("document", wanted), TaskFile.class));
    }

    TaskFile.Counts counts(UUID task, int version) {
        return counts.computeIfAbsent(
                new Version(task, version), wanted -> json.read(column("counts", wanted), TaskFile.Counts.class));
    }

    private String column(String name, Version version) {
        return database.get(
                "select " + name + " from task_version where task = ? and n = ?",
                row -> row.text(name),
                version.task(),
                version.number());
    }
}
