package touchstone.evaluator.training;

import java.util.Arrays;

/** Divides a total in proportion, under bounds. */
final class Share {
    private Share() {}

    /**
     * {@code min(cap, s * value)} with the one {@code s} that makes the sum {@code total}. Where even {@code cap} for every
     * positive value falls short, each of them gets {@code cap} and the others share evenly what is left: the sum is always
     * {@code total}, so nothing can be stopped or slowed by leaving nearly everything out. {@code cap} times the number of
     * values must be at least {@code total}.
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
        if (positive * cap <= total) {
            double rest = positive == values.length ? 0 : (total - positive * cap) / (values.length - positive);
            for (int i = 0; i < values.length; i++) shares[i] = values[i] > 0 ? cap : rest;
            return shares;
        }
        double scale = total / sum;
        if (scale * largest > cap) scale = scaleUnderCap(values, total, cap);
        for (int i = 0; i < values.length; i++) shares[i] = Math.min(cap, scale * values[i]);
        return shares;
    }

    /** As {@link #fill}, where value i stands {@code amounts[i]} times, which need not be whole. */
    static double[] fill(double[] values, double[] amounts, double total, double cap) {
        double positive = 0;
        double all = 0;
        for (int i = 0; i < values.length; i++) {
            all += amounts[i];
            if (values[i] > 0) positive += amounts[i];
        }
        double[] shares = new double[values.length];
        if (positive * cap <= total) {
            double rest = positive < all ? (total - positive * cap) / (all - positive) : 0;
            for (int i = 0; i < values.length; i++) shares[i] = values[i] > 0 ? cap : rest;
            return shares;
        }
        double scale = 0;
        for (double before = -1; scale > before; ) {
            before = scale;
            double left = total;
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                if (before * values[i] >= cap) left -= amounts[i] * cap;
                else sum += amounts[i] * values[i];
            }
            if (sum > 0) scale = left / sum;
        }
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

    /**
     * Scales the values of added samples down so that they are at most {@code share} of the whole; those of base samples
     * stay, and count as 1 where all of them are 0.
     */
    static void limitAdded(double[] values, boolean[] isAdded, double share) {
        double added = 0;
        double base = 0;
        int baseCount = 0;
        for (int i = 0; i < values.length; i++) {
            if (isAdded[i]) {
                added += values[i];
                continue;
            }
            base += values[i];
            baseCount++;
        }
        if (baseCount == 0 || added <= share * (added + base)) return;
        if (base == 0) {
            for (int i = 0; i < values.length; i++) if (!isAdded[i]) values[i] = 1;
            base = baseCount;
        }
        double scale = share / (1 - share) * base / added;
        for (int i = 0; i < values.length; i++) if (isAdded[i]) values[i] *= scale;
    }
}
