package touchstone.api.judging;

import touchstone.api.runner.JobName;
import touchstone.api.runner.JobRunner;
import touchstone.api.runner.JobState;

/** Records what has become of this server's own jobs. */
final class ObserveLoop implements JudgingLoop {
    private final JobRunner runner;
    private final Attempts attempts;

    ObserveLoop(JobRunner runner, Attempts attempts) {
        this.runner = runner;
        this.attempts = attempts;
    }

    @Override
    public void tick() {
        runner.jobs().forEach(this::record);
    }

    /** An attempt whose result has arrived is closed by then, and ending it once more does nothing. */
    private void record(JobName job, JobState state) {
        switch (state) {
            case JobState.Starting starting -> {}
            case JobState.Running running -> attempts.recordProcess(job, running.process());
            case JobState.Finished finished -> end(job, Fault.OURS, "the job ended well but delivered no result");
            case JobState.ToldToStop told ->
                end(job, Fault.OURS, "the job was told to stop while its attempt was open");
            case JobState.OverLimit over -> end(job, Fault.LIMIT, over.detail());
            case JobState.Interrupted interrupted -> end(job, Fault.SERVER_DIED, interrupted.detail());
            case JobState.Broken broken -> end(job, Fault.OURS, broken.detail());
        }
    }

    private void end(JobName job, Fault fault, String detail) {
        attempts.end(job, fault, detail);
        runner.forget(job);
    }
}
