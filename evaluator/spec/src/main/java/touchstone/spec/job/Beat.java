package touchstone.spec.job;

/**
 * A sign of life: {@code PUT …/beat}.
 *
 * @param count grows by one with each beat of a command
 * @param epoch epochs finished; {@code epochs} of how many
 * @param secondsLeft the job's own estimate; negative = not known yet
 */
public record Beat(long count, int epoch, int epochs, double secondsLeft) {}
