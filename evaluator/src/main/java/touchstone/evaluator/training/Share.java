package touchstone.evaluator.training;

import java.util.Arrays;
import touchstone.evaluator.strategy.TrainingSet;

/** Divides a total in proportion, under bounds. */
final class Share {
    private Share() {}

    /**
     * {@code min(cap, s * value)} with the one {@code s} that makes the sum {@code total}; where even {@code cap} for every
     * positive value falls short, each of them gets {@code cap}.
     */
    static double[] fill(double[] values, double total, double cap) {
        int positive = 0;
        double sum = 0;
        double largest = 0;
        for (double value : values) {
            if (value <= 0) continue;
            positive++;
            sum += value;
            largest = Math.max(largest, value);
        }
        double[] shares = new double[values.length];
        if (positive == 0) return shares;
        if (positive * cap <= total) {
            for (int i = 0; i < values.length; i++) shares[i] = values[i] > 0 ? cap : 0;
            return shares;
        }
        double scale = total / sum;
        if (scale * largest > cap) scale = scaleUnderCap(values, total, cap);
        for (int i = 0; i < values.length; i++) shares[i] = Math.min(cap, scale * values[i]);
        return shares;
    }

    /** From the largest down: what exceeds the cap gets the cap, the rest share what is left. */
    private static double scaleUnderCap(double[] values, double total, double cap) {
        double[] ascending = values.clone();
        Arrays.sort(ascending);
        double[] sums = new double[ascending.length];
        for (int i = 0; i < sums.length; i++) sums[i] = (i == 0 ? 0 : sums[i - 1]) + ascending[i];
        int last = ascending.length - 1;
        double left = total;
        while ((left / sums[last]) * ascending[last] > cap) {
            left -= cap;
            last--;
        }
        return left / sums[last];
    }

    /** Scales the added samples' values down so that they are at most {@code share} of the whole; base samples stay. */
    static void limitAdded(double[] values, TrainingSet set, double share) {
        double added = 0;
        double base = 0;
        for (int i = 0; i < values.length; i++) {
            if (set.isAdded(i)) added += values[i];
            else base += values[i];
        }
        if (base == 0 || added <= share * (added + base)) return;
        double scale = share / (1 - share) * base / added;
        for (int i = 0; i < values.length; i++) if (set.isAdded(i)) values[i] *= scale;
    }
}
