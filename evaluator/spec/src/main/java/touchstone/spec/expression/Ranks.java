package touchstone.spec.expression;

/**
 * Positions among samples: (mean position - 0.5) / count, so above 0 and below 1; ties share their mean position. A sample
 * without a value (NaN) is not counted and has no rank (NaN).
 */
public final class Ranks {

    private static final int DIGIT_BITS = 16;
    private static final int DIGITS = 1 << DIGIT_BITS;

    private Ranks() {}

    /** Among the first {@code n} values. */
    public static double[] of(double[] values, int n) {
        return within(values, new double[1], n);
    }

    /** Among those of the first {@code n} values whose group is the same. @param groups small whole numbers; one is all's */
    public static double[] within(double[] values, double[] groups, int n) {
        int[] order = ascending(values, n);
        int groupCount = 1;
        for (double group : groups) groupCount = Math.max(groupCount, (int) group + 1);
        int[] groupOf = new int[n];
        int[] counts = new int[groupCount];
        for (int i = 0; i < n; i++) groupOf[i] = (int) groups[groups.length == 1 ? 0 : i];
        for (int i : order) counts[groupOf[i]]++;
        int[] begun = new int[groupCount];
        int[] sorted = new int[order.length];
        for (int g = 1; g < groupCount; g++) begun[g] = begun[g - 1] + counts[g - 1];
        int[] next = begun.clone();
        for (int i : order) sorted[next[groupOf[i]]++] = i;
        double[] ranks = new double[n];
        java.util.Arrays.fill(ranks, Double.NaN);
        for (int g = 0; g < groupCount; g++) share(values, sorted, begun[g], counts[g], ranks);
        return ranks;
    }

    private static void share(double[] values, int[] sorted, int begin, int count, double[] ranks) {
        for (int from = 0; from < count; ) {
            int to = from;
            while (to < count && values[sorted[begin + to]] == values[sorted[begin + from]]) to++;
            for (int k = from; k < to; k++) ranks[sorted[begin + k]] = (from + to) / 2.0 / count;
            from = to;
        }
    }

    /** Positions of the values that are numbers, from the least up; a radix sort, since millions are sorted in a run. */
    private static int[] ascending(double[] values, int n) {
        long[] keys = new long[n];
        int[] order = new int[n];
        int count = 0;
        for (int i = 0; i < n; i++) {
            if (Double.isNaN(values[i])) continue;
            // As bits, negative numbers count backwards; adding 0 makes one zero of both.
            long bits = Double.doubleToRawLongBits(values[i] + 0.0);
            keys[count] = bits < 0 ? ~bits : bits ^ Long.MIN_VALUE;
            order[count++] = i;
        }
        long[] keysNext = new long[count];
        int[] orderNext = new int[count];
        keys = java.util.Arrays.copyOf(keys, count);
        order = java.util.Arrays.copyOf(order, count);
        for (int shift = 0; shift < Long.SIZE; shift += DIGIT_BITS) {
            int[] starts = new int[DIGITS + 1];
            for (long key : keys) starts[digit(key, shift) + 1]++;
            for (int d = 0; d < DIGITS; d++) starts[d + 1] += starts[d];
            for (int k = 0; k < count; k++) {
                int to = starts[digit(keys[k], shift)]++;
                keysNext[to] = keys[k];
                orderNext[to] = order[k];
            }
            long[] keysBefore = keys;
            int[] orderBefore = order;
            keys = keysNext;
            order = orderNext;
            keysNext = keysBefore;
            orderNext = orderBefore;
        }
        return order;
    }

    private static int digit(long key, int shift) {
        return (int) (key >>> shift) & (DIGITS - 1);
    }
}
