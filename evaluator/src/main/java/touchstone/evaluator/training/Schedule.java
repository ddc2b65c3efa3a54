package touchstone.evaluator.training;

import touchstone.spec.task.TaskFile;

/** The learning rate of each step; nothing in a strategy reaches it. */
record Schedule(TaskFile.Schedule frozen, int steps) {

    /** @param step from 0 */
    double rate(int step) {
        return switch (frozen.kind()) {
            case "constant" -> frozen.peak();
            case "one-cycle" -> oneCycle(step);
            default -> throw new IllegalArgumentException("no schedule '" + frozen.kind() + "'");
        };
    }

    /** Up in a line to the peak over the warm-up, then down in a line to nearly 0 (Smith, 2018). */
    private double oneCycle(int step) {
        double rising = frozen.warmup() * steps;
        double at = step + 0.5;
        return frozen.peak() * (at < rising ? at / rising : (steps - at) / (steps - rising));
    }
}
