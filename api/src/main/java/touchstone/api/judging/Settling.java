package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.runner.JobName;
import touchstone.api.storage.Database;
import touchstone.api.submission.RefundReason;
import touchstone.api.submission.TeamFreeze;
import touchstone.spec.job.JobResult;
import touchstone.spec.text.Problem;

/** Gives verdicts. Everything here needs the judging's lock and is part of its caller's transaction. */
@Singleton
final class Settling {
    private static final Logger log = LoggerFactory.getLogger(Settling.class);

    enum Verdict {
        SCORED,
        REJECTED
    }

    private final Database database;
    private final JudgingLock locks;
    private final Attempts attempts;
    private final Refunds refunds;
    private final TeamFreeze freeze;
    private final TaskFiles tasks;
    private final JsonText json;
    private final InstantSource clock;

    Settling(
            Database database,
            JudgingLock locks,
            Attempts attempts,
            Refunds refunds,
            TeamFreeze freeze,
            TaskFiles tasks,
            JsonText json,
            InstantSource clock) {
        this.database = database;
        this.locks = locks;
        this.attempts = attempts;
        this.refunds = refunds;
        this.freeze = freeze;
        this.tasks = tasks;
        this.json = json;
        this.clock = clock;
    }

    /** @param onBoard false = of a set that is not applied: nothing of it is charged, given back or told */
    private record Entry(UUID submission, UUID team, UUID task, int version, boolean onBoard) {}

    /** The mistake of the contestant that one seed met ends the judging; its other seeds are not tried. */
    void reject(UUID judging, List<Problem> problems) {
        endRunsOf(judging, "another seed of the same judging was rejected");
        Entry entry = entry(judging);
        if (entry.onBoard() && tasks.get(entry.task(), entry.version()).quota().rejectedFree())
            refunds.refund(entry.submission(), entry.team(), RefundReason.REJECTED);
        settle(judging, entry, Verdict.REJECTED, JudgingDocument.rejected(problems));
    }

    /** Ends a judging without a verdict; one that is settled stays as it is. */
    void cancel(UUID judging, String why) {
        int cancelled = database.change(
                "update judging set state = 'cancelled', fault = null where id = ? and state <> 'settled'", judging);
        if (cancelled == 1) endRunsOf(judging, why);
    }

    /** Closes what is open and takes back what waits. */
    void endRunsOf(UUID judging, String why) {
        database.list("""
                        select a.run, a.n from attempt a join run r on r.id = a.run
                        where r.judging = ? and a.open_key is not null
                        """, row -> new JobName(row.uuid("run"), row.integer("n")), judging)
                .forEach(job -> attempts.close(job, Fault.CANCELLED, why));
        database.change("update run set state = 'cancelled' where judging = ? and state <> 'done'", judging);
    }

    /** Settles the judging when this was the last of its runs. */
    void scoreWhenComplete(UUID judging) {
        int unfinished = database.get(
                "select count(*) as runs from run where judging = ? and state <> 'done'",
                row -> row.integer("runs"),
                judging);
        if (unfinished > 0) return;
        settle(judging, entry(judging), Verdict.SCORED, RunSummary.of(finishedRuns(judging)));
    }

    private List<RunSummary.Run> finishedRuns(UUID judging) {
        return database.list(
                """
                select r.trained, a.report from run r join attempt a on a.run = r.id and a.fault = 'none'
                where r.judging = ? order by r.seed_index
                """,
                row -> new RunSummary.Run(
                        json.read(row.text("trained"), JobResult.Trained.class),
                        json.read(row.text("report"), Report.class).seconds()),
                judging);
    }

    /** {@code attempt.report}. */
    record Report(Map<String, Double> seconds, List<String> notes) {}

    private Entry entry(UUID judging) {
        return database.get(
                """
                select s.id, s.team, j.task, j.version, j.valid
                from judging j join submission s on s.id = j.submission where j.id = ?
                """,
                row -> new Entry(
                        row.uuid("id"), row.uuid("team"), row.uuid("task"), row.integer("version"), row.flag("valid")),
                judging);
    }

    /**
     * Numbers are given under the task's lock, so that they are committed in their order: who has seen the largest has seen
     * all of that task.
     */
    private void settle(UUID judging, Entry entry, Verdict verdict, JudgingDocument document) {
        Instant now = clock.instant();
        // Of a set that is not applied nothing is told, and a frozen team would tell.
        if (verdict == Verdict.SCORED && entry.onBoard()) freeze.scored(entry.team(), now);
        locks.lockTask(entry.task());
        database.change("""
                update judging set state = 'settled', verdict = ?, document = ?, fault = null, settled = ?,
                       settled_seq = nextval('settled_seq')
                where id = ? and state in ('waiting', 'running', 'waiting-on-us')
                """, verdict, json.write(document), now, judging);
        log.info("judging {} of submission {} is settled: {}", judging, entry.submission(), verdict);
    }
}
