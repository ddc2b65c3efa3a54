package touchstone.evaluator.job;

import java.io.PrintStream;
import java.util.Locale;
import touchstone.evaluator.training.Training;
import touchstone.spec.job.CurvePoint;

/** Draws one line that is written over: a bar, the epoch, the loss and the time left. */
final class ProgressLine implements Training.Listener {

    private static final int BAR_WIDTH = 24;
    private static final long REDRAW_NANOS = 200_000_000;

    private final PrintStream out;
    private final String title;
    private final long begun = System.nanoTime();
    private long drawn;
    private String losses = "";

    ProgressLine(PrintStream out, String title) {
        this.out = out;
        this.title = title;
    }

    @Override
    public void step(int epoch, int step, int steps) {
        long now = System.nanoTime();
        if (now - drawn < REDRAW_NANOS && step < steps) return;
        drawn = now;
        double left = (now - begun) / 1e9 * (steps - step) / step;
        int filled = BAR_WIDTH * step / steps;
        out.printf(
                Locale.ROOT,
                "\r%s [%s%s] epoch %d%s, %.0f s left   ",
                title,
                "#".repeat(filled),
                " ".repeat(BAR_WIDTH - filled),
                epoch,
                losses,
                left);
        out.flush();
    }

    @Override
    public void epoch(CurvePoint point) {
        losses = String.format(
                Locale.ROOT, ", loss %.3f, validation %.3f", point.trainLoss(), point.validationAccuracy());
    }
}
