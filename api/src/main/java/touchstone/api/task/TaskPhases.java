package touchstone.api.task;

import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import touchstone.api.audit.Audit;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.spec.task.TaskFile.Phases;

/** Phases after publication. They live on the task, since a version never changes. */
@Singleton
final class TaskPhases {
    private final Database database;
    private final Tasks tasks;
    private final ChangeLog changes;
    private final Audit audit;
    private final InstantSource clock;

    TaskPhases(Database database, Tasks tasks, ChangeLog changes, Audit audit, InstantSource clock) {
        this.database = database;
        this.tasks = tasks;
        this.changes = changes;
        this.audit = audit;
        this.clock = clock;
    }

    void move(UUID actor, TaskVersion task, Phases wanted) {
        database.transaction(() -> {
            database.get("select id from task where id = ? for update", row -> row.uuid("id"), task.task());
            TaskVersion now = tasks.find(task.task()).orElseThrow(Refusal::notFound);
            if (now.state() == TaskVersion.State.DRAFT)
                throw Refusal.conflict(
                        "not-published",
                        "Not published",
                        "Write the phases of a draft into its task.yaml and send the draft again.");
            Phases before = now.file().phases();
            check(task.task(), before, wanted);
            if (wanted.equals(before)) return;
            put(actor, now, before, wanted);
        });
    }

    /**
     * A new version whose task.yaml has other phases than the version before moves them; else those that hold go on holding.
     * Part of the transaction that publishes, before the version becomes the current one.
     */
    void ofNewVersion(UUID actor, TaskVersion current, Phases inOldFile, Phases inNewFile) {
        Phases before = current.file().phases();
        Phases wanted = inNewFile.equals(inOldFile) ? before : inNewFile;
        check(current.task(), before, wanted);
        put(actor, current, before, wanted);
    }

    /** Under the task's lock, as a final is made and applied: of the two the second sees the first. */
    private void check(UUID task, Phases before, Phases wanted) {
        PhaseMove.check(before, wanted, clock.instant());
        PhaseMove.checkFinal(before, wanted, finalOf(task));
    }

    private PhaseMove.Final finalOf(UUID task) {
        List<String> states = database.list(
                "select state from judging_set where task = ? and kind = 'final' and state <> 'dropped'",
                row -> row.text("state"),
                task);
        if (states.contains("applied")) return PhaseMove.Final.APPLIED;
        return states.isEmpty() ? PhaseMove.Final.NONE : PhaseMove.Final.UNDER_WAY;
    }

    private void put(UUID actor, TaskVersion task, Phases before, Phases wanted) {
        database.change(
                "update task set phases_moved = true, opens = ?, closes = ?, reveals = ? where id = ?",
                wanted.opens(),
                wanted.closes(),
                wanted.reveals(),
                task.task());
        String told = PhaseMove.told(before, wanted);
        if (told.isEmpty()) return;
        changes.add(task.task(), "phases", told);
        audit.record(actor, "task.phases", task.slug(), told);
    }
}
