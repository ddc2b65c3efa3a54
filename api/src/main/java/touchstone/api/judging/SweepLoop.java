package touchstone.api.judging;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobRunner;
import touchstone.api.runner.JobState;

/** Brings jobs and attempts together again: attempts whose server is gone, attempts without a job, jobs without an attempt. */
final class SweepLoop implements JudgingLoop {
    /** For which a job whose maker is gone may take to come up on its machine; an image may have to be fetched. */
    private static final int ORPHANED_LEASES = 3;

    private final Attempts attempts;
    private final Instances instances;
    private final ServerInstance own;
    private final JobRunner runner;
    private final Duration patience;
    private final StillWatch<JobName> orphans;

    SweepLoop(
            Attempts attempts,
            Instances instances,
            ServerInstance own,
            JobRunner runner,
            JudgingConfig config,
            LongSupplier nanos) {
        this.patience = config.lease().multipliedBy(ORPHANED_LEASES);
        this.orphans = new StillWatch<>(nanos, config.gapMax());
        this.attempts = attempts;
        this.instances = instances;
        this.own = own;
        this.runner = runner;
    }

    @Override
    public void tick() {
        // First the jobs, then the attempts: a job's attempt is on record before the job is.
        Map<JobName, JobState> jobs = runner.jobs();
        var open = attempts.listOpen();
        Set<JobName> openJobs = open.stream().map(Attempts.Open::job).collect(Collectors.toSet());
        JudgingLoop.each(
                jobs.keySet().stream().filter(job -> !openJobs.contains(job)).toList(), runner::stop);
        // Once more, since a job that was started before an attempt was read is there by now.
        Map<JobName, JobState> known = runner.jobs();
        orphans.keepOnly(openJobs);
        JudgingLoop.each(
                open.stream()
                        .filter(attempt -> attempt.runner().equals(runner.name()))
                        .toList(),
                attempt -> sweep(attempt, known));
        runner.clean(openJobs::contains);
        runner.cleanAfter(instances::isGone);
    }

    private void sweep(Attempts.Open attempt, Map<JobName, JobState> known) {
        if (runner.outlivesServers()) {
            sweepOutliving(attempt, known);
            return;
        }
        if (attempt.instance().equals(own.id())) {
            if (!known.containsKey(attempt.job()))
                attempts.end(attempt.job(), Fault.NEVER_STARTED, "the server has no job for it");
            return;
        }
        switch (instances.fate(attempt.instance())) {
            case ALIVE -> {}
            case GONE_ELSEWHERE -> endOf(attempt);
            case GONE_HERE -> {
                if (attempt.process() != null) runner.stopLeftover(attempt.job(), attempt.process());
                endOf(attempt);
            }
        }
    }

    /** Whoever sees it watches over a job whose server is gone; only the server that makes a job may find it missing. */
    private void sweepOutliving(Attempts.Open attempt, Map<JobName, JobState> known) {
        if (!runner.seesAll()) return;
        boolean mine = attempt.instance().equals(own.id());
        if (!mine && instances.fate(attempt.instance()) == Instances.Fate.ALIVE) return;
        JobState state = known.get(attempt.job());
        if (state != null) {
            if (!mine && !attempt.begun()) sweepHalfMade(attempt.job(), state);
            return;
        }
        if (attempt.begun()) attempts.end(attempt.job(), Fault.CANCELLED, "the job was deleted where it ran");
        else attempts.end(attempt.job(), Fault.NEVER_STARTED, "there is no job for it");
    }

    /** Its server died while it made the job, and what is missing nobody will add: it has a machine and never comes up. */
    private void sweepHalfMade(JobName job, JobState state) {
        boolean comesUp = state instanceof JobState.Running
                || state.ended()
                || runner.place(job).isEmpty();
        if (!comesUp && orphans.still(job, "coming up").compareTo(patience) > 0)
            attempts.end(job, Fault.NEVER_STARTED, "its server was gone before it had made all of the job");
    }

    private void endOf(Attempts.Open attempt) {
        if (attempt.begun()) attempts.end(attempt.job(), Fault.SERVER_DIED, "the server that ran the job is gone");
        else attempts.end(attempt.job(), Fault.NEVER_STARTED, "its server was gone before the job started");
    }
}
