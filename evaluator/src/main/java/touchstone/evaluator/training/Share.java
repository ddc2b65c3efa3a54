package touchstone.evaluator.training;

import touchstone.evaluator.strategy.TrainingSet;

/** Divides a total in proportion, under bounds. */
final class Share {
    private Share() {}

    /**
     * {@code min(cap, s * value)} with the one {@code s} that makes the sum {@code total} (found by bisection); where even
     * {@code cap} for every positive value falls short, each of them gets {@code cap}.
     */
    static double[] fill(double[] values, double total, double cap) {
        int positive = 0;
        double sum = 0;
        double least = Double.MAX_VALUE;
        for (double value : values) {
            if (value <= 0) continue;
            positive++;
            sum += value;
            least = Math.min(least, value);
        }
        double[] shares = new double[values.length];
        if (positive == 0) return shares;
        if (positive * cap <= total) {
            for (int i = 0; i < values.length; i++) shares[i] = values[i] > 0 ? cap : 0;
            return shares;
        }
        double low = total / sum;
        if (sum(values, low, cap) < total) {
            double high = cap / least;
            for (int round = 0; round < 200 && low < high; round++) {
                double middle = low + (high - low) / 2;
                if (middle == low || middle == high) break;
                if (sum(values, middle, cap) < total) low = middle;
                else high = middle;
            }
        }
        for (int i = 0; i < values.length; i++) shares[i] = Math.min(cap, low * values[i]);
        return shares;
    }

    private static double sum(double[] values, double scale, double cap) {
        double sum = 0;
        for (double value : values) sum += Math.min(cap, scale * value);
        return sum;
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
