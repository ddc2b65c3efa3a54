package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.runner.JobName;
import touchstone.api.runner.Place;
import touchstone.api.runner.PodMark;
import touchstone.api.runner.ProcessMark;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;
import touchstone.api.submission.RefundReason;
import touchstone.api.task.TaskPause;

/** Attempts that are open, and how they end without a result. */
@Singleton
final class Attempts {
    private static final Logger log = LoggerFactory.getLogger(Attempts.class);

    private final Database database;
    private final JudgingLock locks;
    private final Refunds refunds;
    private final TaskPause pause;
    private final JsonText json;
    private final InstantSource clock;

    Attempts(
            Database database,
            JudgingLock locks,
            Refunds refunds,
            TaskPause pause,
            JsonText json,
            InstantSource clock) {
        this.database = database;
        this.locks = locks;
        this.refunds = refunds;
        this.pause = pause;
        this.json = json;
        this.clock = clock;
    }

    /**
     * An attempt that has not ended.
     *
     * @param sign changes whenever the job does something
     * @param process the child, where one was recorded
     */
    record Open(
            JobName job,
            UUID instance,
            String runner,
            boolean begun,
            Sign sign,
            @Nullable ProcessMark process) {}

    record Sign(String phase, long beat) {}

    List<Open> listOpen() {
        return database.list(
                """
                select run, n, instance, runner, session, phase, beat, pid, pid_ticks
                from attempt where open_key is not null order by started
                """,
                row -> new Open(
                        new JobName(row.uuid("run"), row.integer("n")),
                        row.uuid("instance"),
                        row.text("runner"),
                        row.findText("session") != null,
                        new Sign(row.text("phase"), row.number("beat")),
                        process(row)));
    }

    private static @Nullable ProcessMark process(Row row) throws SQLException {
        Long pid = row.findNumber("pid");
        return pid == null ? null : new ProcessMark(pid, row.number("pid_ticks"));
    }

    /** Whether its job has come so far that it asked what it is to do. */
    boolean hasBegun(JobName job) {
        return database.find(
                        "select session from attempt where run = ? and n = ?",
                        row -> row.findText("session") != null,
                        job.run(),
                        job.attempt())
                .orElse(false);
    }

    void recordPlace(JobName job, Place place) {
        switch (place) {
            case ProcessMark process -> recordProcess(job, process);
            case PodMark pod -> recordPod(job, pod);
        }
    }

    private void recordPod(JobName job, PodMark pod) {
        database.change("""
                update attempt set node = ?, detail = null
                where run = ? and n = ? and open_key is not null and (node is null or node <> ? or detail is not null)
                """, pod.node(), job.run(), job.attempt(), pod.node());
        if (pod.imageDigest() != null) addToFingerprint(job, Map.of("imageDigest", pod.imageDigest()));
    }

    /** What is known already stays: the cluster tells of a job, and so do both of its commands. */
    void addToFingerprint(JobName job, Map<String, String> told) {
        database.transaction(() -> database.find(
                        "select fingerprint from attempt where run = ? and n = ? for update",
                        row -> {
                            String stored = row.findText("fingerprint");
                            return stored == null ? Map.<String, String>of() : json.readWords(stored);
                        },
                        job.run(),
                        job.attempt())
                .ifPresent(known -> {
                    Map<String, String> all = new TreeMap<>(told);
                    all.putAll(known);
                    if (!all.equals(known))
                        database.change(
                                "update attempt set fingerprint = ? where run = ? and n = ?",
                                json.write(all),
                                job.run(),
                                job.attempt());
                }));
    }

    /** Why a job that is started has no machine yet. */
    void recordWait(JobName job, String why) {
        String detail = Texts.storable(why, JudgingConfig.DETAIL_CHARACTERS_MAX);
        database.change("""
                update attempt set detail = ?
                where run = ? and n = ? and open_key is not null and (detail is null or detail <> ?)
                """, detail, job.run(), job.attempt(), detail);
    }

    private void recordProcess(JobName job, ProcessMark process) {
        database.change(
                """
                update attempt set pid = ?, pid_ticks = ?
                where run = ? and n = ? and open_key is not null and (pid is null or pid <> ? or pid_ticks <> ?)
                """,
                process.pid(),
                process.startTicks(),
                job.run(),
                job.attempt(),
                process.pid(),
                process.startTicks());
    }

    /**
     * Ends an attempt and gives its run back to the queue, or to a person when it has failed too often. Does nothing to an
     * attempt that has ended before, however often it is told.
     */
    boolean end(JobName job, Fault fault, String detail) {
        return end(job, fault, detail, "");
    }

    /** @param printed by the job, its last part; empty = not known, and what the job has sent itself stays */
    boolean end(JobName job, Fault fault, String detail, String printed) {
        boolean ended = database.transaction(() -> {
            if (locks.lockOf(job.run()).isEmpty() || !close(job, fault, detail)) return false;
            if (!printed.isBlank()) keepLog(job, printed);
            giveBack(job.run(), fault);
            return true;
        });
        if (ended) log.warn("attempt {} ended: {}: {}", job, fault, detail);
        return ended;
    }

    private void keepLog(JobName job, String printed) {
        database.change(
                "update attempt set log = ? where run = ? and n = ?",
                Texts.storable(
                        printed.substring(Math.max(0, printed.length() - JudgingConfig.LOG_BYTES_MAX)),
                        JudgingConfig.LOG_BYTES_MAX),
                job.run(),
                job.attempt());
    }

    /** Needs the judging's lock. */
    boolean close(JobName job, Fault fault, String detail) {
        return database.change(
                        """
                        update attempt set open_key = null, state = 'ended', phase = 'ended', ended = ?, fault = ?, detail = ?
                        where run = ? and n = ? and open_key is not null
                        """,
                        clock.instant(),
                        fault,
                        Texts.storable(detail, JudgingConfig.DETAIL_CHARACTERS_MAX),
                        job.run(),
                        job.attempt())
                == 1;
    }

    private void giveBack(UUID run, Fault fault) {
        int failures = database.get("select failures from run where id = ?", row -> row.integer("failures"), run)
                + (fault.counts() ? 1 : 0);
        if (failures >= JudgingConfig.FAILURES_MAX || fault == Fault.ORGANIZER) {
            hold(run, failures, fault);
            return;
        }
        Instant notBefore = clock.instant()
                .plus(Backoff.after(fault == Fault.NEVER_STARTED ? neverStarted(run) : fault.counts() ? failures : 0));
        database.change(
                "update run set state = 'waiting', failures = ?, not_before = ? where id = ? and state = 'running'",
                failures,
                notBefore,
                run);
    }

    private int neverStarted(UUID run) {
        return database.get(
                "select count(*) as n from attempt where run = ? and fault = ?",
                row -> row.integer("n"),
                run,
                Fault.NEVER_STARTED);
    }

    private static String refundReason(Fault fault) {
        return switch (fault) {
            case ORGANIZER -> RefundReason.TASK_FAULT;
            case LIMIT -> RefundReason.OVER_LIMIT;
            case NONE, CONTESTANT, OURS, NEVER_STARTED, SERVER_DIED, LOST, CANCELLED -> RefundReason.OUR_FAULT;
        };
    }

    /** A person must look. The contestant reads why, and gets the charge back at once. */
    private void hold(UUID run, int failures, Fault fault) {
        record Held(UUID judging, UUID submission, UUID team, UUID task, int version, boolean onBoard) {}
        Held held = database.get(
                """
                select j.id as judging, s.id as submission, s.team, s.task, j.version, j.valid
                from run r join judging j on j.id = r.judging join submission s on s.id = j.submission where r.id = ?
                """,
                row -> new Held(
                        row.uuid("judging"),
                        row.uuid("submission"),
                        row.uuid("team"),
                        row.uuid("task"),
                        row.integer("version"),
                        row.flag("valid")),
                run);
        if (held.onBoard()) refunds.refund(held.submission(), held.team(), refundReason(fault));
        if (fault == Fault.ORGANIZER) {
            locks.lockTask(held.task());
            pause.byFault(held.task(), held.version());
        }
        database.change("update run set state = 'held', failures = ? where id = ?", failures, run);
        database.change(
                "update judging set state = 'waiting-on-us', fault = ? where id = ? and state in ('waiting', 'running')",
                FaultSentence.whenHeld(fault),
                held.judging());
        log.error("run {} is held after {} failures, the last one: {}; an operator must look", run, failures, fault);
    }
}
