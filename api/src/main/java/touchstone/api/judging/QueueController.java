package touchstone.api.judging;

import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.Status;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Caller;
import touchstone.api.account.Role;
import touchstone.api.account.Visitor;
import touchstone.api.audit.Audit;
import touchstone.api.http.Ids;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.task.TaskVersion;
import touchstone.api.task.Tasks;

/** An administrator's hand on the queue. */
@Controller("/api/operator")
@Tag(name = "operator")
final class QueueController {
    private final Database database;
    private final Tasks tasks;
    private final Queue queue;
    private final Limits limits;
    private final Audit audit;

    QueueController(Database database, Tasks tasks, Queue queue, Limits limits, Audit audit) {
        this.database = database;
        this.tasks = tasks;
        this.queue = queue;
        this.limits = limits;
        this.audit = audit;
    }

    /** @param first true = before all others that wait; false = in its usual turn */
    record Priority(@Nullable Boolean first) {}

    /** @param running judgings at a time; null = no limit */
    record Limit(@Nullable Integer running) {}

    /** @param house judgings at a time, of all tasks; null = no limit */
    record LimitsView(@Nullable Integer house, List<Limits.OfTask> tasks) {}

    /** Puts a submission that waits before all others, or back into its turn. */
    @Put("/submissions/{id}/priority")
    @Status(HttpStatus.NO_CONTENT)
    void priority(Caller caller, @PathVariable String id, @Body Priority wanted) {
        requireAdministrator(caller);
        UUID submission = Ids.parse(id);
        Boolean first = wanted.first();
        if (first == null) throw Refusal.badRequest("bad-request", "\"first\" is missing; write true or false.");
        database.transaction(() -> {
            if (!queue.exists(submission)) throw Refusal.notFound();
            if (!queue.putFirst(submission, first))
                throw Refusal.conflict(
                        "not-waiting",
                        "It does not wait",
                        "No run of this submission waits: it is not in the queue yet, or judged, or cancelled.");
            audit.record(
                    caller.account(),
                    "submission.priority",
                    submission.toString(),
                    first ? "put before all others" : "put back into its turn");
        });
    }

    /** How many judgings may run at a time, beside what each task says of a team. */
    @Get("/limits")
    LimitsView limits(Caller caller) {
        requireAdministrator(caller);
        return view();
    }

    /** Limits the judgings of all tasks together. What runs goes on. */
    @Put("/limits/house")
    LimitsView limitHouse(Caller caller, @Body Limit limit) {
        requireAdministrator(caller);
        Integer running = inRange(limit);
        database.transaction(() -> {
            limits.setHouse(running);
            audit.record(caller.account(), "house.limit", "house", said(running));
        });
        return view();
    }

    /** Limits the judgings of one task. What runs goes on; 0 = nothing of it begins. */
    @Put("/limits/tasks/{task}")
    LimitsView limitTask(Caller caller, @PathVariable String task, @Body Limit limit) {
        requireAdministrator(caller);
        TaskVersion found = tasks.visible(task, new Visitor(Optional.of(caller)));
        Integer running = inRange(limit);
        database.transaction(() -> {
            limits.setTask(found.task(), running);
            audit.record(caller.account(), "task.limit", found.slug(), said(running));
        });
        return view();
    }

    private LimitsView view() {
        return new LimitsView(limits.ofHouse().orElse(null), limits.ofTasks());
    }

    private static @Nullable Integer inRange(Limit limit) {
        Integer running = limit.running();
        if (running != null && (running < 0 || running > Limits.MAX))
            throw Refusal.badRequest(
                    "limit",
                    "\"running\" is " + running + "; write a number from 0 to " + Limits.MAX
                            + ", or null for no limit.");
        return running;
    }

    private static String said(@Nullable Integer running) {
        return running == null ? "no limit" : "at most " + running + " judgings at a time";
    }

    private static void requireAdministrator(Caller caller) {
        if (caller.role() != Role.ADMINISTRATOR)
            throw Refusal.of(
                    HttpStatus.FORBIDDEN,
                    "not-operator",
                    "Not yours to do",
                    "Only an administrator of this server may do this.");
    }
}
