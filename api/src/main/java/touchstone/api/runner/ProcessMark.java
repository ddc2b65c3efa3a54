package touchstone.api.runner;

/**
 * Tells a process from a later one with the same number, as long as the machine is not restarted.
 *
 * @param startTicks when the process started, in clock ticks since the machine's start; unlike a time of day it does not
 *     move when the clock is set
 */
public record ProcessMark(long pid, long startTicks) implements Place {

    /** Where the system does not tell; such a process is never ended as a leftover. */
    public static final long UNKNOWN = -1;
}
