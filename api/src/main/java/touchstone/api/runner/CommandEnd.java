package touchstone.api.runner;

import java.util.Locale;
import java.util.stream.Stream;

/**
 * How one command of a job ended, and what that says about the job.
 *
 * @param exit as a shell tells it: above 128 is a signal
 * @param outOfMemory the system says so; where it does not tell, the signal and the log do
 * @param log the last of what it printed
 */
public record CommandEnd(String command, int exit, boolean outOfMemory, String log) {
    private static final int TOLD_TO_STOP = 3;
    private static final int SERVER_NOT_REACHED = 4;
    private static final int PAST_OWN_DEADLINE = 124;
    private static final int SIGNALS = 128;
    private static final int INTERRUPTED = SIGNALS + 2;
    private static final int TERMINATED = SIGNALS + 15;
    public static final int KILLED = SIGNALS + 9;

    /** With what stands before it, less than a detail may have: its end says most. */
    private static final int LOG_CHARACTERS_SHOWN = 1_900;

    public boolean well() {
        return exit == 0;
    }

    public JobState state() {
        if (exit == 0) return new JobState.Finished();
        if (exit == PAST_OWN_DEADLINE) return new JobState.OverLimit(command + " passed its own deadline", log);
        if (exit == TOLD_TO_STOP) return new JobState.ToldToStop();
        if (outOfMemory || saysOutOfMemory())
            return new JobState.OverLimit(command + " ran out of memory" + shownLog(), log);
        if (exit == SERVER_NOT_REACHED)
            return new JobState.Broken(command + " could not reach the server" + shownLog(), log);
        if (exit == INTERRUPTED || exit == TERMINATED)
            return new JobState.Interrupted(command + " was asked to end by signal " + (exit - SIGNALS));
        if (exit > SIGNALS)
            return new JobState.Broken(command + " was ended by signal " + (exit - SIGNALS) + shownLog(), log);
        return new JobState.Broken(command + " ended with exit code " + exit + shownLog(), log);
    }

    /** A refused allocation is told by whoever asked for it: the heap, the JVM's own memory, or the tensor library. */
    private boolean saysOutOfMemory() {
        String lower = log.toLowerCase(Locale.ROOT);
        return Stream.of("outofmemoryerror", "insufficient memory", "can't allocate memory", "cannot allocate memory")
                .anyMatch(lower::contains);
    }

    private String shownLog() {
        if (log.isBlank()) return "; it printed nothing";
        return "; it printed last:\n"
                + log.substring(Math.max(0, log.length() - LOG_CHARACTERS_SHOWN))
                        .strip();
    }
}
