package touchstone.api.task;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.audit.Audit;
import touchstone.api.http.PeoplesText;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;

/**
 * Pausing, withdrawing, and the way out of both. A pause stops judging, never intake: uploads are taken until the closing and
 * wait, so that nobody misses it by a pause.
 */
@Singleton
public final class TaskPause {
    private static final int REASON_CHARACTERS_MAX = 400;

    private final Database database;
    private final ChangeLog changes;
    private final Audit audit;
    private final InstantSource clock;

    TaskPause(Database database, ChangeLog changes, Audit audit, InstantSource clock) {
        this.database = database;
        this.changes = changes;
        this.audit = audit;
        this.clock = clock;
    }

    /** What became of the wish. */
    public sealed interface Outcome {
        record Opened() implements Outcome {}

        record Unknown() implements Outcome {}

        record NotPaused(String state) implements Outcome {}
    }

    private record Standing(String state, @Nullable String reason, boolean withdrawn) {}

    /** The way out for who runs the server. */
    public Outcome open(String slug) {
        return database.transaction(() -> {
            Optional<UUID> task =
                    database.find("select id from task where slug = ? for update", row -> row.uuid("id"), slug);
            if (task.isEmpty()) return new Outcome.Unknown();
            Standing standing = lock(task.get());
            if (!standing.state().equals("paused")) return new Outcome.NotPaused(standing.state());
            open(null, task.get(), slug, standing);
            return new Outcome.Opened();
        });
    }

    /**
     * A version cannot be judged by its own fault. Part of the caller's transaction, under the task's lock. The fault of a
     * draft stops no contest that runs, nor does that of a version which another has replaced: the task would pause again
     * for each submission that is left of it.
     */
    public void byFault(UUID task, int version) {
        int paused = database.change("""
                update task set state = 'paused', pause_reason = null, paused_at = ? where id = ? and state = 'open'
                  and current_version = ?
                  and exists (select 1 from task_version v where v.task = ? and v.n = ? and v.published is not null)
                """, clock.instant(), task, version, task, version);
        if (paused == 0) return;
        changes.add(task, "paused", "Judging is paused: " + Tasks.PAUSED_BY_A_FAULT);
        String slug = database.get("select slug from task where id = ?", row -> row.text("slug"), task);
        audit.record(null, "task.pause", slug, "A fault of version " + version + " itself.");
    }

    /** Pausing what is paused gives it another reason. */
    void pause(UUID actor, TaskVersion task, @Nullable String reason) {
        String told = PeoplesText.line("reason", reason, REASON_CHARACTERS_MAX);
        database.transaction(() -> {
            Standing standing = lock(task.task());
            published(standing);
            if (standing.withdrawn())
                throw Refusal.conflict(
                        "withdrawn", "Withdrawn", "It is withdrawn and so paused already. Resume it first.");
            if (told.equals(standing.reason())) return;
            change(task.task(), told, null);
            changes.add(task.task(), "paused", "Judging is paused: " + told);
            audit.record(actor, "task.pause", task.slug(), told);
        });
    }

    void resume(UUID actor, TaskVersion task) {
        database.transaction(() -> {
            Standing standing = lock(task.task());
            if (!standing.state().equals("paused"))
                throw Refusal.conflict(
                        "not-paused", "Not paused", "The task is " + standing.state() + ", so nothing was changed.");
            open(actor, task.task(), task.slug(), standing);
        });
    }

    /** From now on the task is there for its organizers alone. Nothing is deleted. */
    void withdraw(UUID actor, TaskVersion task, @Nullable String reason) {
        String told = PeoplesText.line("reason", reason, REASON_CHARACTERS_MAX);
        database.transaction(() -> {
            Standing standing = lock(task.task());
            published(standing);
            if (standing.withdrawn() && told.equals(standing.reason())) return;
            change(task.task(), told, clock.instant());
            changes.add(task.task(), "withdrawn", "The contest was withdrawn: " + told);
            audit.record(actor, "task.withdraw", task.slug(), told);
        });
    }

    private Standing lock(UUID task) {
        return database.get(
                "select state, pause_reason, withdrawn_at from task where id = ? for update",
                row -> new Standing(
                        row.text("state"), row.findText("pause_reason"), row.findInstant("withdrawn_at") != null),
                task);
    }

    private static void published(Standing standing) {
        if (standing.state().equals("draft"))
            throw Refusal.conflict(
                    "not-published", "Not published", "Nobody sees a draft yet, so there is nothing to stop.");
    }

    private void change(UUID task, String reason, @Nullable Instant withdrawn) {
        database.change(
                "update task set state = 'paused', pause_reason = ?, paused_at = ?, withdrawn_at = ? where id = ?",
                reason,
                clock.instant(),
                withdrawn,
                task);
    }

    private void open(@Nullable UUID actor, UUID task, String slug, Standing standing) {
        database.change("""
                update task set state = 'open', pause_reason = null, paused_at = null, withdrawn_at = null where id = ?
                """, task);
        changes.add(
                task,
                "resumed",
                standing.withdrawn() ? "The contest is back, and judging goes on." : "Judging goes on.");
        audit.record(actor, "task.resume", slug, standing.withdrawn() ? "was withdrawn" : "was paused");
    }
}
