package touchstone.api.runner;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** Runs jobs. Keeps each one in {@link #jobs} until it is told to forget it, so that no end goes unnoticed. */
public interface JobRunner {

    /** One word for the database, such as {@code local}. */
    String name();

    /** How many more jobs may be started now. */
    int freeSlots();

    /** Returns at once; what becomes of the job is told by {@link #jobs}. */
    void start(Launch launch);

    /** Every job that was started here and is not yet forgotten. */
    Map<JobName, JobState> jobs();

    /** Where it runs, or ran when it was last seen; empty = not known, or told by its state alone. */
    default Optional<Place> place(JobName job) {
        return Optional.empty();
    }

    /** Ends a job's processes; does nothing for one that has ended or is not known. */
    void stop(JobName job);

    /** Called when the job's end is recorded. */
    void forget(JobName job);

    /**
     * Whether a job goes on when the server that started it is gone, and every server with this runner sees it among its
     * {@link #jobs}.
     */
    default boolean outlivesServers() {
        return false;
    }

    /** Whether tasks' files stay where jobs run; then a launch begins with the command that brings them there. */
    default boolean keepsTasks() {
        return false;
    }

    /** False = for now nothing may be concluded from a job's absence among {@link #jobs}. */
    default boolean seesAll() {
        return true;
    }

    /** What keeps it from taking jobs, for an operator; empty = nothing. */
    default Optional<String> trouble() {
        return Optional.empty();
    }

    /** Lets go of what belongs to this server; jobs that outlive servers go on. */
    default void close() {}

    /** Ends what a runner before this one, on the same machine, left running; only when it is certainly that process. */
    default void stopLeftover(JobName job, ProcessMark process) {}

    /** Removes what jobs of this server left behind on the disk; {@code needed} tells which jobs may still be running. */
    default void clean(Predicate<JobName> needed) {}

    /** Removes what jobs of other servers left behind; {@code gone} tells which starts of a server have ended. */
    default void cleanAfter(Predicate<UUID> gone) {}
}
