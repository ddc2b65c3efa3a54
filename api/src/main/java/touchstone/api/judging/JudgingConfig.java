package touchstone.api.judging;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;

/**
 * How judgings are run.
 *
 * @param enabled false = this server only answers requests
 * @param period between two looks for something to do; a person waits for it several times in a judging
 * @param watchPeriod between two looks at what may have died; also how often this server tells that it lives
 * @param slots jobs that run on this machine at a time
 * @param memoryMegabytes that one job may allocate
 * @param deadline for one command of a job
 * @param beat how often a job tells that it lives
 * @param lease a job whose beat has stood still this long is given up; many beats, since a busy machine starves jobs
 */
@ConfigurationProperties("touchstone.judging")
record JudgingConfig(
        @Bindable(defaultValue = "true") boolean enabled,
        @Bindable(defaultValue = "PT0.5S") Duration period,
        @Bindable(defaultValue = "PT2S") Duration watchPeriod,
        @Bindable(defaultValue = "2") int slots,
        @Bindable(defaultValue = "3072") int memoryMegabytes,
        @Bindable(defaultValue = "PT1H") Duration deadline,
        @Bindable(defaultValue = "PT2S") Duration beat,
        @Bindable(defaultValue = "PT1M") Duration lease) {

    /** Attempts that may fail before a person must look. */
    static final int FAILURES_MAX = 3;

    /** Submissions that one tick opens; the next tick takes the rest. */
    static final int OPENED_AT_A_TIME_MAX = 100;

    /** Final weights of the largest model that a recipe can name, 48 million, take a little less. */
    static final long WEIGHTS_BYTES_MAX = 200_000_000;

    /** A bit for each hidden sample and a confusion of a thousand classes stay far below. */
    static final int RESULT_BYTES_MAX = 8_000_000;

    static final int MESSAGE_BYTES_MAX = 8_000;

    static final int LOG_BYTES_MAX = 64 * 1024;

    /** The column's width. */
    static final int DETAIL_CHARACTERS_MAX = 2_000;

    /** The column's width. */
    static final int SESSION_CHARACTERS_MAX = 64;

    JudgingConfig {
        if (lease.compareTo(beat.multipliedBy(3)) < 0)
            throw new IllegalArgumentException("touchstone.judging.lease is " + lease
                    + "; write at least three beats of " + beat + ", or a single late beat ends a job");
    }

    /** Between two looks at a job that stands still, at most this counts: enough for a slow look, far less than a lease. */
    Duration gapMax() {
        return lease.dividedBy(4);
    }
}
