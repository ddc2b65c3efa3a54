package touchstone.api.task;

import jakarta.inject.Singleton;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.Database;

/** Archives as organizers uploaded them, with the hidden test in them. */
@Singleton
final class TaskArchives {
    private final Database database;
    private final Blobs blobs;

    TaskArchives(Database database, Blobs blobs) {
        this.database = database;
        this.blobs = blobs;
    }

    String digest(TaskVersion task) {
        return database.get(
                "select file_blob from task_version where task = ? and n = ?",
                row -> row.text("file_blob"),
                task.task(),
                task.version());
    }

    Blobs.Content open(TaskVersion task) {
        return blobs.open(digest(task));
    }
}
