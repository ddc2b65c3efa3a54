package touchstone.evaluator.training;

import touchstone.spec.task.TaskFile;

/** The learning rate of each step; nothing in a strategy reaches it. */
record Schedule(TaskFile.Schedule frozen, int steps) {

    /** The rate at the middle of the step. @param step from 0 */
    double rate(int step) {
        double at = step + 0.5;
        return switch (frozen) {
            case TaskFile.Schedule.Constant constant -> constant.peak();
            case TaskFile.Schedule.Step stepwise -> stepwise(stepwise, at);
            case TaskFile.Schedule.Cosine cosine -> cosine(cosine, at);
            case TaskFile.Schedule.OneCycle cycle -> oneCycle(cycle, at);
        };
    }

    private double stepwise(TaskFile.Schedule.Step stepwise, double at) {
        double rising = stepwise.warmup() * steps;
        double rate = at < rising ? stepwise.peak() * at / rising : stepwise.peak();
        for (double share : stepwise.at()) if (at >= share * steps) rate *= stepwise.factor();
        return rate;
    }

    /** Up in a line to the peak, then down half a cosine to nearly 0 (Loshchilov & Hutter, 2017, without restarts). */
    private double cosine(TaskFile.Schedule.Cosine cosine, double at) {
        double rising = cosine.warmup() * steps;
        if (at < rising) return cosine.peak() * at / rising;
        return cosine.peak() * (1 + StrictMath.cos(Math.PI * (at - rising) / (steps - rising))) / 2;
    }

    /** Up in a line to the peak over the warm-up, then down in a line to nearly 0 (Smith, 2018). */
    private double oneCycle(TaskFile.Schedule.OneCycle cycle, double at) {
        double rising = cycle.warmup() * steps;
        return cycle.peak() * (at < rising ? at / rising : (steps - at) / (steps - rising));
    }
}
