package touchstone.api.operation;

import io.micronaut.http.HttpStatus;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Caller;
import touchstone.api.account.Role;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.task.Tasks;

/** Who may look and act: administrators everywhere, an organizer in tasks of their own. */
@Singleton
final class Operators {
    private final Tasks tasks;
    private final Database database;

    Operators(Tasks tasks, Database database) {
        this.tasks = tasks;
        this.database = database;
    }

    /** @return the one task that is looked at; null = all of them */
    @Nullable
    UUID scope(Caller caller, @Nullable String task) {
        if (task != null) return tasks.organized(task, caller).task();
        requireAdministrator(caller);
        return null;
    }

    void requireAdministrator(Caller caller) {
        if (caller.role() == Role.ADMINISTRATOR) return;
        throw Refusal.of(
                HttpStatus.FORBIDDEN,
                "not-operator",
                "Not yours to do",
                "Only an administrator of this server may see this. An organizer sees queue, runs, attempts, failures and"
                        + " machine time of a task with ?task=NAME.");
    }

    /** Whoever may not is told the same as for a run that does not exist. */
    void requireMayTouch(Caller caller, UUID run) {
        Optional<String> slug = database.find("""
                select t.slug from run r join judging j on j.id = r.judging join task t on t.id = j.task where r.id = ?
                """, row -> row.text("slug"), run);
        if (slug.isEmpty()) throw Refusal.notFound();
        if (caller.role() == Role.ADMINISTRATOR) return;
        try {
            tasks.organized(slug.get(), caller);
        } catch (Refusal refusal) {
            throw Refusal.notFound();
        }
    }
}
