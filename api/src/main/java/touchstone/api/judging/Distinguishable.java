package touchstone.api.judging;

import java.util.BitSet;
import java.util.List;

/**
 * Which difference a hidden test can tell apart, from what several seeds of one strategy got right: 2.8 sqrt(q / n + 2 v / S)
 * is found in 4 of 5 cases by a test at 5% (two-sided). n = samples, S = seeds of a judging, q = share of samples on which
 * two neighbouring strategies differ, v = variance of the true accuracy between seeds, which no larger test makes smaller.
 *
 * @param discordance q: what two seeds differ in, since two strategies differ in no less, and at least 0.06
 * @param seedVariance v, at least 0
 */
record Distinguishable(double discordance, double seedVariance) {
    private static final double DISCORDANCE_MIN = 0.06;

    /** 1.96 + 0.84 standard errors. */
    private static final double STANDARD_ERRORS = 2.8;

    /** @param right for each seed the samples that it got right; two seeds at least */
    static Distinguishable of(List<BitSet> right, int samples) {
        int seeds = right.size();
        double[] accuracy = right.stream()
                .mapToDouble(bits -> (double) bits.cardinality() / samples)
                .toArray();
        double mean = 0;
        for (double one : accuracy) mean += one / seeds;
        double between = 0;
        for (double one : accuracy) between += (one - mean) * (one - mean) / (seeds - 1);
        double within = 0;
        for (int i = 0; i < samples; i++) {
            double ofSample = 0;
            for (BitSet bits : right) if (bits.get(i)) ofSample += 1.0 / seeds;
            for (int s = 0; s < seeds; s++) {
                double rest = (right.get(s).get(i) ? 1 : 0) - ofSample - accuracy[s] + mean;
                within += rest * rest / ((seeds - 1.0) * (samples - 1.0));
            }
        }
        return new Distinguishable(
                Math.max(DISCORDANCE_MIN, discordance(right, samples)), Math.max(0, between - within / samples));
    }

    private static double discordance(List<BitSet> right, int samples) {
        long differing = 0;
        int pairs = 0;
        for (int a = 0; a < right.size(); a++) {
            for (int b = a + 1; b < right.size(); b++) {
                BitSet other = (BitSet) right.get(a).clone();
                other.xor(right.get(b));
                differing += other.cardinality();
                pairs++;
            }
        }
        return (double) differing / pairs / samples;
    }

    /** The smallest difference of accuracies, 0 to 1. */
    double smallest(int samples, int seeds) {
        return STANDARD_ERRORS * Math.sqrt(discordance / samples + 2 * seedVariance / seeds);
    }
}
