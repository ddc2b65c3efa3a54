package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.UUID;
import touchstone.api.runner.JobName;
import touchstone.api.storage.Database;

/** What an operator does to attempts and servers. Each is a fact in the database; loops and jobs act on it. */
@Singleton
public final class Intervention {
    private final Attempts attempts;
    private final Database database;
    private final InstantSource clock;

    Intervention(Attempts attempts, Database database, InstantSource clock) {
        this.attempts = attempts;
        this.database = database;
        this.clock = clock;
    }

    /**
     * Ends an attempt and puts its run back into the queue; it does not count among the run's tries. The job is stopped by the
     * next sweep, or stops itself when it is next told that its attempt is closed.
     *
     * @return false = it had ended before
     */
    public boolean kill(JobName job) {
        return attempts.end(job, Fault.CANCELLED, "ended by an operator");
    }

    /** From now on this start of a server starts no job; what it runs goes on. Does nothing when it was so before. */
    public boolean drain(UUID instance) {
        return database.change(
                        "update instance set drained = ? where id = ? and drained is null", clock.instant(), instance)
                == 1;
    }

    public boolean undrain(UUID instance) {
        return database.change("update instance set drained = null where id = ? and drained is not null", instance)
                == 1;
    }
}
