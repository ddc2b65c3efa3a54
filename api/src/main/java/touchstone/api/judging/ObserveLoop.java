package touchstone.api.judging;

import java.util.HashMap;
import java.util.Map;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobRunner;
import touchstone.api.runner.JobState;

/** Records what has become of the jobs that this server sees. */
final class ObserveLoop implements JudgingLoop {
    private final JobRunner runner;
    private final Attempts attempts;

    /** What was recorded last: of hundreds of jobs, few have changed since. */
    private final Map<JobName, JobState> recorded = new HashMap<>();

    ObserveLoop(JobRunner runner, Attempts attempts) {
        this.runner = runner;
        this.attempts = attempts;
    }

    @Override
    public void tick() {
        Map<JobName, JobState> jobs = runner.jobs();
        recorded.keySet().retainAll(jobs.keySet());
        JudgingLoop.each(jobs.entrySet(), job -> {
            if (!job.getValue().ended() && job.getValue().equals(recorded.get(job.getKey()))) return;
            record(job.getKey(), job.getValue());
            recorded.put(job.getKey(), job.getValue());
        });
    }

    /** An attempt whose result has arrived is closed by then, and ending it once more does nothing. */
    private void record(JobName job, JobState state) {
        switch (state) {
            case JobState.Starting starting -> {}
            case JobState.Queued queued -> attempts.recordWait(job, queued.why());
            case JobState.Running running -> attempts.recordPlace(job, running.place());
            case JobState.Finished finished -> ended(job, Fault.OURS, "the job ended well but delivered no result", "");
            case JobState.ToldToStop told ->
                ended(job, Fault.OURS, "the job was told to stop while its attempt was open", "");
            case JobState.OverLimit over -> ended(job, Fault.LIMIT, over.detail(), over.log());
            case JobState.Lost lost -> ended(job, Fault.LOST, lost.detail(), "");
            case JobState.Broken broken -> ended(job, Fault.OURS, broken.detail(), broken.log());
            case JobState.NeverStarted never -> ended(job, Fault.OURS, never.detail(), "");
            case JobState.Interrupted interrupted -> end(job, Fault.SERVER_DIED, interrupted.detail(), "");
            case JobState.Displaced displaced -> end(job, Fault.CANCELLED, displaced.detail(), "");
            case JobState.Unmakeable unmakeable -> end(job, Fault.OURS, unmakeable.detail(), "");
        }
    }

    /**
     * Before its beginning a job has read nothing of a contestant's: whatever ends it then is the place's doing.
     *
     * @param fault when it had begun
     */
    private void ended(JobName job, Fault fault, String detail, String printed) {
        end(job, attempts.hasBegun(job) ? fault : Fault.NEVER_STARTED, detail, printed);
    }

    private void end(JobName job, Fault fault, String detail, String printed) {
        runner.place(job).ifPresent(place -> attempts.recordPlace(job, place));
        attempts.end(job, fault, detail, printed);
        runner.forget(job);
    }
}
