package touchstone.api.judging;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import touchstone.api.runner.JobName;
import touchstone.api.storage.Database;
import touchstone.spec.task.TaskFile;

/** Takes runs out of the queue for this server. */
final class Claims {
    /** So long ago a machine that ran a job counts as one that there is. */
    private static final Duration MACHINES_KNOWN = Duration.ofDays(1);

    private final Database database;
    private final JudgingLock locks;
    private final Queue queue;
    private final TaskFiles tasks;
    private final ServerInstance instance;
    private final InstantSource clock;

    Claims(
            Database database,
            JudgingLock locks,
            Queue queue,
            TaskFiles tasks,
            ServerInstance instance,
            InstantSource clock) {
        this.database = database;
        this.locks = locks;
        this.queue = queue;
        this.tasks = tasks;
        this.instance = instance;
        this.clock = clock;
    }

    /**
     * @param scoreOnly training was done in an attempt before
     * @param device what the recipe demands
     * @param failedOn machines where the run has failed, since it was last tried on any
     */
    record Claim(JobName job, boolean scoreOnly, TaskFile.Device device, boolean isFinal, List<String> failedOn) {}

    /**
     * @param begun it is counted already among what runs
     * @param onBoard false = of a judging set that is not applied
     */
    private record Candidate(
            String judgingState,
            boolean begun,
            boolean paused,
            UUID team,
            UUID task,
            int version,
            boolean onBoard,
            boolean isFinal,
            boolean trained,
            int attempts) {
        boolean mayRun() {
            return !paused && (judgingState.equals("waiting") || judgingState.equals("running"));
        }
    }

    /** Empty when another server was faster, or the team has come to its limit meanwhile. */
    Optional<Claim> claim(FairOrder.Waiting run, String runner) {
        return database.transaction(() -> {
            locks.lock(run.judging());
            Candidate candidate = candidate(run.run());
            if (!candidate.mayRun() || !mayBegin(candidate) || !instance.takesJobsForNow() || !takeRun(run.run()))
                return Optional.empty();
            begin(run.judging());
            JobName job = new JobName(run.run(), candidate.attempts() + 1);
            insertAttempt(job, candidate.trained(), runner);
            TaskFile.Device device =
                    tasks.get(candidate.task(), candidate.version()).recipe().device();
            return Optional.of(new Claim(
                    job, candidate.trained(), device, candidate.isFinal(), failedOn(run.run(), candidate.task())));
        });
    }

    private Candidate candidate(UUID run) {
        return database.get(
                """
                select j.state, t.state = 'paused' as paused, s.team, j.task, j.version, j.valid,
                       js.kind, r.weights_blob, r.attempts,
                       j.state = 'running' or exists (select 1 from run other
                                                      where other.judging = j.id and other.state = 'running') as begun
                from run r join judging j on j.id = r.judging join submission s on s.id = j.submission
                join task t on t.id = j.task join judging_set js on js.id = j.judging_set
                where r.id = ?
                """,
                row -> new Candidate(
                        row.text("state"),
                        row.flag("begun"),
                        row.flag("paused"),
                        row.uuid("team"),
                        row.uuid("task"),
                        row.integer("version"),
                        row.flag("valid"),
                        row.text("kind").equals("final"),
                        row.findText("weights_blob") != null,
                        row.integer("attempts")),
                run);
    }

    /**
     * None where no machine is known to run this task's jobs but such as these; and after an attempt that found no machine, which
     * may be for want of another, any will do again.
     */
    private List<String> failedOn(UUID run, UUID task) {
        List<String> failed = database.list(
                """
                select distinct a.node from attempt a
                where a.run = ? and a.node is not null and a.fault in (?, ?, ?)
                  and not exists (select 1 from attempt later
                                  where later.run = a.run and later.n > a.n and later.fault = ? and later.node is null)
                order by a.node
                """, row -> row.text("node"), run, Fault.OURS, Fault.LOST, Fault.NEVER_STARTED, Fault.NEVER_STARTED);
        return failed.isEmpty() || failed.containsAll(machines(task)) ? List.of() : failed;
    }

    /** Where jobs of this task began within the last day. */
    private List<String> machines(UUID task) {
        return database.list("""
                select distinct a.node
                from attempt a
                join run r on r.id = a.run
                join judging j on j.id = r.judging
                where j.task = ? and a.started > ? and a.session is not null and a.node is not null
                """, row -> row.text("node"), task, clock.instant().minus(MACHINES_KNOWN));
    }

    /** The locks of team, task and house make servers count one after the other. */
    private boolean mayBegin(Candidate candidate) {
        if (candidate.begun()) return true;
        locks.lockTeam(candidate.team());
        return queue.mayBegin(candidate.team(), candidate.task(), candidate.version(), candidate.onBoard());
    }

    private void begin(UUID judging) {
        database.change("update judging set state = 'running' where id = ? and state = 'waiting'", judging);
    }

    private boolean takeRun(UUID run) {
        return database.change(
                        "update run set state = 'running', attempts = attempts + 1 where id = ? and state = 'waiting'",
                        run)
                == 1;
    }

    private void insertAttempt(JobName job, boolean scoreOnly, String runner) {
        database.change(
                """
                insert into attempt (run, n, kind, open_key, state, runner, instance, phase, beat, epoch, epochs, started)
                values (?, ?, ?, ?, 'starting', ?, ?, ?, 0, 0, 0, ?)
                """,
                job.run(),
                job.attempt(),
                scoreOnly ? "score" : "full",
                job.run(),
                runner,
                instance.id(),
                scoreOnly ? "trained" : "starting",
                clock.instant());
    }
}
