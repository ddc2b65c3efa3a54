package touchstone.evaluator.training;

/** Divides a total in proportion, under bounds. */
final class Share {

    private static final int BISECTIONS = 100;

    private final double[] values;
    private final double[] amounts;

    private Share(double[] values, double[] amounts) {
        this.values = values;
        this.amounts = amounts;
    }

    /**
     * {@code min(cap, s * value)} with the one {@code s} that makes the sum over all amounts {@code total}. Where even {@code
     * cap} for every positive value falls short, each of them gets {@code cap} and the others share evenly what is left, and
     * where no value is positive all share evenly: the sum is always {@code total}, so nothing can be stopped or slowed by
     * leaving nearly everything out. What is added gets at most the share {@code addedMax} of the total, as long as anything
     * else is there; what it may not have is divided in the same way among the others. A cap that leaves no room for the total
     * is raised to the even share.
     *
     * @param values finite, 0 or more
     * @param amounts how often each value stands, 0 or more, not all 0; need not be whole
     * @return for each value, what one of its amount gets
     */
    static double[] fill(
            double[] values, double[] amounts, boolean[] isAdded, double total, double cap, double addedMax) {
        Share share = new Share(values, amounts);
        boolean[] everyone = new boolean[values.length];
        boolean[] others = new boolean[values.length];
        double amountOfOthers = 0;
        for (int i = 0; i < values.length; i++) {
            everyone[i] = true;
            others[i] = !isAdded[i];
            if (others[i]) amountOfOthers += amounts[i];
        }
        double[] filled = share.fill(everyone, total, cap);
        double added = 0;
        for (int i = 0; i < values.length; i++) if (isAdded[i]) added += amounts[i] * filled[i];
        if (amountOfOthers == 0 || added <= addedMax * total) return filled;
        double[] ofAdded = share.fill(isAdded, addedMax * total, cap);
        double[] ofOthers = share.fill(others, (1 - addedMax) * total, cap);
        for (int i = 0; i < values.length; i++) filled[i] = isAdded[i] ? ofAdded[i] : ofOthers[i];
        return filled;
    }

    /** Among members alone; the others get 0. */
    private double[] fill(boolean[] member, double total, double cap) {
        // Of the largest: else sums of very large or very small numbers leave what a double holds.
        double largest = 0;
        double all = 0;
        for (int i = 0; i < values.length; i++) {
            if (!member[i]) continue;
            if (amounts[i] > 0) largest = Math.max(largest, values[i]);
            all += amounts[i];
        }
        double[] relative = new double[values.length];
        double positive = 0;
        for (int i = 0; i < values.length; i++) {
            if (!member[i] || largest == 0) continue;
            relative[i] = values[i] / largest;
            if (relative[i] > 0) positive += amounts[i];
        }
        double most = Math.max(cap, total / all);
        double[] shares = new double[values.length];
        if (positive * most <= total) {
            double rest = positive < all ? (total - positive * most) / (all - positive) : 0;
            for (int i = 0; i < values.length; i++) {
                if (member[i]) shares[i] = relative[i] > 0 ? most : rest;
            }
            return shares;
        }
        double scale = scale(relative, total, most);
        for (int i = 0; i < values.length; i++) shares[i] = Math.min(most, scale * relative[i]);
        return shares;
    }

    /** Found between two numbers that it must lie between, then exactly, since it is known who reaches the cap. */
    private double scale(double[] relative, double total, double cap) {
        double sum = 0;
        for (int i = 0; i < relative.length; i++) sum += amounts[i] * relative[i];
        double high = total / sum;
        double low = high;
        while (sum(relative, high, cap) < total) {
            low = high;
            high *= 2;
        }
        for (int k = 0; k < BISECTIONS && low < high; k++) {
            double middle = low + (high - low) / 2;
            if (sum(relative, middle, cap) < total) low = middle;
            else high = middle;
        }
        double left = total;
        double uncapped = 0;
        for (int i = 0; i < relative.length; i++) {
            if (high * relative[i] >= cap) left -= amounts[i] * cap;
            else uncapped += amounts[i] * relative[i];
        }
        return uncapped > 0 ? Math.max(left, 0) / uncapped : high;
    }

    private double sum(double[] relative, double scale, double cap) {
        double sum = 0;
        for (int i = 0; i < relative.length; i++) sum += amounts[i] * Math.min(cap, scale * relative[i]);
        return sum;
    }
}
