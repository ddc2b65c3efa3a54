package touchstone.api.judging;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import touchstone.api.runner.JobName;
import touchstone.api.runner.local.LocalRunner;

/** Gives up jobs, of any server, that have not been heard of for a lease, or that are past their deadline. */
final class ExpireLoop implements JudgingLoop {
    private static final int COMMANDS = 2;

    private final Attempts attempts;
    private final Duration lease;
    private final Duration longest;
    private final StillWatch<JobName> signs;
    private final StillWatch<JobName> ages;

    ExpireLoop(Attempts attempts, JudgingConfig config, LongSupplier nanos) {
        this.attempts = attempts;
        this.lease = config.lease();
        this.longest = config.deadline().multipliedBy(COMMANDS).plus(config.lease());
        this.signs = new StillWatch<>(nanos, config.gapMax());
        this.ages = new StillWatch<>(nanos, config.gapMax());
    }

    @Override
    public void tick() {
        List<Attempts.Open> open = attempts.listOpen();
        Set<JobName> jobs = open.stream().map(Attempts.Open::job).collect(Collectors.toSet());
        signs.keepOnly(jobs);
        ages.keepOnly(jobs);
        JudgingLoop.each(open, this::expire);
    }

    private void expire(Attempts.Open attempt) {
        if (waitsForAMachine(attempt)) return;
        Duration silent = signs.still(attempt.job(), attempt.sign());
        Duration age = ages.still(attempt.job(), "open");
        if (silent.compareTo(lease) > 0)
            attempts.end(
                    attempt.job(), Fault.LOST, "nothing was heard of the job for " + silent.toSeconds() + " seconds");
        if (age.compareTo(longest) > 0)
            attempts.end(attempt.job(), Fault.LIMIT, "the job took longer than " + longest.toSeconds() + " seconds");
    }

    /** On a cluster this may take hours, and is for its runner to judge; a child of a server has its machine at once. */
    private static boolean waitsForAMachine(Attempts.Open attempt) {
        return !attempt.begun() && !attempt.runner().equals(LocalRunner.NAME);
    }
}
