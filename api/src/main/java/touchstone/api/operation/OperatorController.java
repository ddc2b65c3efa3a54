package touchstone.api.operation;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.UUID;
import touchstone.api.account.Caller;
import touchstone.api.audit.Audit;
import touchstone.api.http.Ids;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.judging.HeldRuns;
import touchstone.api.judging.Intervention;
import touchstone.api.runner.JobName;
import touchstone.api.storage.Database;

/** What an operator sees and does. Organizers see and do the same in tasks of their own, where it says so. */
@Controller("/api/operator")
@Tag(name = "operator")
final class OperatorController {
    private static final List<String> RUN_STATES = List.of("waiting", "running", "done", "held", "cancelled");
    private static final List<String> ATTEMPT_STATES = List.of("starting", "running", "ended");
    private static final List<String> FAULTS = List.of(
            "none", "contestant", "limit", "ours", "organizer", "never-started", "server-died", "lost", "cancelled");
    private static final int HOURS = 24;
    private static final int HOURS_MAX = 24 * 366;
    private static final int OFFSET_MAX = 1_000_000;

    private final Operators operators;
    private final WaitingRuns queue;
    private final Runs runs;
    private final Usage usage;
    private final Servers servers;
    private final Acts acts;
    private final Intervention intervention;
    private final HeldRuns held;
    private final Audit audit;
    private final Database database;

    OperatorController(
            Operators operators,
            WaitingRuns queue,
            Runs runs,
            Usage usage,
            Servers servers,
            Acts acts,
            Intervention intervention,
            HeldRuns held,
            Audit audit,
            Database database) {
        this.operators = operators;
        this.queue = queue;
        this.runs = runs;
        this.usage = usage;
        this.servers = servers;
        this.acts = acts;
        this.intervention = intervention;
        this.held = held;
        this.audit = audit;
        this.database = database;
    }

    /** Runs that wait, how long, and why they have not been started. Organizers with {@code ?task=}. */
    @Get("/queue")
    Page<WaitingRuns.Waiting> queue(
            Caller caller, @QueryValue @Nullable String task, @QueryValue @Nullable Integer after) {
        return queue.page(operators.scope(caller, task), offset(after));
    }

    /** Runs, newest first. Organizers with {@code ?task=}. */
    @Get("/runs")
    Page<Runs.Run> runs(
            Caller caller,
            @QueryValue @Nullable String task,
            @QueryValue @Nullable String team,
            @QueryValue @Nullable String state,
            @QueryValue @Nullable String fault,
            @QueryValue @Nullable String after) {
        return runs.runs(
                new Runs.Filter(
                        operators.scope(caller, task),
                        team,
                        word("state", state, RUN_STATES),
                        word("fault", fault, FAULTS),
                        null),
                after);
    }

    /** Attempts, where they ran and how they ended, the one started last first. Organizers with {@code ?task=} or {@code ?run=} of their own. */
    @Get("/attempts")
    Page<Runs.Attempt> attempts(
            Caller caller,
            @QueryValue @Nullable String task,
            @QueryValue @Nullable String team,
            @QueryValue @Nullable String state,
            @QueryValue @Nullable String fault,
            @QueryValue @Nullable String run,
            @QueryValue @Nullable String after) {
        UUID one = run == null ? null : touch(caller, run);
        UUID scope = one != null && task == null ? null : operators.scope(caller, task);
        return runs.attempts(
                new Runs.Filter(scope, team, word("state", state, ATTEMPT_STATES), word("fault", fault, FAULTS), one),
                after);
    }

    /** One attempt. Organizers, in tasks of their own. */
    @Get("/runs/{run}/attempts/{attempt}")
    Runs.Attempt attempt(Caller caller, @PathVariable String run, @PathVariable int attempt) {
        return runs.attempt(touch(caller, run), attempt).orElseThrow(Refusal::notFound);
    }

    /**
     * What the command that ended an attempt by a fault printed, its last 64 KB; no text where nothing is kept. Contestants never
     * see it. Organizers, in tasks of their own.
     */
    @Get(uri = "/runs/{run}/attempts/{attempt}/log", produces = MediaType.TEXT_PLAIN)
    String log(Caller caller, @PathVariable String run, @PathVariable int attempt) {
        return runs.log(touch(caller, run), attempt).orElseThrow(Refusal::notFound);
    }

    /**
     * Ends an attempt. Its run goes back into the queue, and the attempt does not count among its tries. Asked again, it answers
     * the same. Organizers, in tasks of their own.
     */
    @Post("/runs/{run}/attempts/{attempt}/kill")
    Runs.Attempt kill(Caller caller, @PathVariable String run, @PathVariable int attempt) {
        UUID id = touch(caller, run);
        if (attempt < 1) throw Refusal.notFound();
        JobName job = new JobName(id, attempt);
        database.transaction(() -> {
            if (intervention.kill(job)) audit.record(caller.account(), "run.kill", id.toString(), "attempt " + attempt);
        });
        Runs.Attempt ended = runs.attempt(id, attempt).orElseThrow(Refusal::notFound);
        if ("cancelled".equals(ended.fault())) return ended;
        throw Refusal.conflict(
                "attempt-ended", "It has ended", "The attempt ended by itself before: " + ended.fault() + ".");
    }

    /** Puts a run that is held after faults of ours back into the queue, with all of its judging's. Organizers, in tasks of their own. */
    @Post("/runs/{run}/requeue")
    Runs.Run requeue(Caller caller, @PathVariable String run) {
        UUID id = touch(caller, run);
        int freed = database.transaction(() -> {
            int runs = held.retryJudgingOf(id);
            if (runs > 0) audit.record(caller.account(), "run.requeue", id.toString(), runs + " runs of its judging");
            return runs;
        });
        Runs.Run now = runs.runs(new Runs.Filter(null, null, null, null, id), null)
                .items()
                .getFirst();
        if (freed == 0)
            throw Refusal.conflict(
                    "not-held",
                    "It is not held",
                    "Only a run that is held can be requeued; this one is " + now.state() + ".");
        return now;
    }

    /** Servers that run jobs, or did in the last day. */
    @Get("/instances")
    Page<Servers.Server> instances(Caller caller) {
        operators.requireAdministrator(caller);
        return servers.list();
    }

    /** From now on this server starts no job; what it runs goes on. Ends when the server is started anew. */
    @Post("/instances/{instance}/drain")
    Servers.Server drain(Caller caller, @PathVariable String instance) {
        UUID id = server(caller, instance);
        database.transaction(() -> {
            if (intervention.drain(id)) audit.record(caller.account(), "instance.drain", id.toString(), "");
        });
        return servers.find(id).orElseThrow(Refusal::notFound);
    }

    /** Lets a drained server start jobs again. */
    @Post("/instances/{instance}/undrain")
    Servers.Server undrain(Caller caller, @PathVariable String instance) {
        UUID id = server(caller, instance);
        database.transaction(() -> {
            if (intervention.undrain(id)) audit.record(caller.account(), "instance.undrain", id.toString(), "");
        });
        return servers.find(id).orElseThrow(Refusal::notFound);
    }

    /** How attempts ended in the last hours, by task. Organizers with {@code ?task=}. */
    @Get("/failures")
    Page<Usage.Failures> failures(
            Caller caller,
            @QueryValue @Nullable String task,
            @QueryValue @Nullable Integer hours,
            @QueryValue @Nullable Integer after) {
        return usage.failures(operators.scope(caller, task), hours(hours), offset(after));
    }

    /** Seconds of attempts that were started in the last hours, by task and team, most first. Organizers with {@code ?task=}. */
    @Get("/machine-time")
    Page<Usage.MachineTime> machineTime(
            Caller caller,
            @QueryValue @Nullable String task,
            @QueryValue @Nullable Integer hours,
            @QueryValue @Nullable Integer after) {
        return usage.machineTime(operators.scope(caller, task), hours(hours), offset(after));
    }

    /** Who did what, newest first. {@code act} may end with a dot: all acts that begin so. */
    @Get("/audit")
    Page<Acts.Act> audit(
            Caller caller,
            @QueryValue @Nullable String actor,
            @QueryValue @Nullable String act,
            @QueryValue @Nullable String object,
            @QueryValue @Nullable Long after) {
        operators.requireAdministrator(caller);
        return acts.page(actor, act, object, after == null ? Long.MAX_VALUE : after);
    }

    private UUID touch(Caller caller, String run) {
        UUID id = Ids.parse(run);
        operators.requireMayTouch(caller, id);
        return id;
    }

    private UUID server(Caller caller, String instance) {
        operators.requireAdministrator(caller);
        UUID id = Ids.parse(instance);
        if (servers.find(id).isEmpty()) throw Refusal.notFound();
        return id;
    }

    private static @Nullable String word(String name, @Nullable String given, List<String> known) {
        if (given == null || known.contains(given)) return given;
        throw Refusal.badRequest(
                name, "\"" + name + "\" is \"" + given + "\"; write one of " + String.join(", ", known) + ".");
    }

    private static int hours(@Nullable Integer given) {
        int hours = given == null ? HOURS : given;
        if (hours < 1 || hours > HOURS_MAX)
            throw Refusal.badRequest("hours", "\"hours\" is " + hours + "; write 1 to " + HOURS_MAX + ".");
        return hours;
    }

    private static int offset(@Nullable Integer given) {
        int offset = given == null ? 0 : given;
        if (offset < 0 || offset > OFFSET_MAX)
            throw Refusal.badRequest("after", "\"after\" is not what a list answered as \"next\". Start without it.");
        return offset;
    }
}
