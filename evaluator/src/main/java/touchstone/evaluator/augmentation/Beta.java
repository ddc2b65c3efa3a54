package touchstone.evaluator.augmentation;

import touchstone.evaluator.strategy.Randomness;

/** The symmetric beta distribution, as the share that one of two equally distributed gamma variates has of their sum. */
final class Beta {
    private Beta() {}

    /** One draw of Beta(a, a), in 0 to 1, the same for the same key. */
    static double draw(double a, long key) {
        double one = logGamma(a, Randomness.hash(key, 1));
        double other = logGamma(a, Randomness.hash(key, 2));
        return 1 / (1 + StrictMath.exp(other - one));
    }

    /**
     * The logarithm of a gamma variate of shape {@code a}, by Marsaglia and Tsang (2000); in logarithms, since for small
     * shapes the variates themselves are too small for a double.
     */
    private static double logGamma(double a, long key) {
        if (a < 1) return logGamma(a + 1, Randomness.hash(key, 0)) + StrictMath.log(positive(key, 1)) / a;
        double d = a - 1 / 3.0;
        double c = 1 / StrictMath.sqrt(9 * d);
        for (int attempt = 2; ; attempt += 3) {
            double x = StrictMath.sqrt(-2 * StrictMath.log(positive(key, attempt)))
                    * StrictMath.cos(2 * StrictMath.PI * positive(key, attempt + 1));
            double v = (1 + c * x) * (1 + c * x) * (1 + c * x);
            if (v <= 0) continue;
            double logV = StrictMath.log(v);
            if (StrictMath.log(positive(key, attempt + 2)) < x * x / 2 + d - d * v + d * logV) {
                return StrictMath.log(d) + logV;
            }
        }
    }

    /** Evenly from (0, 1]. */
    private static double positive(long key, int counter) {
        return 1 - Randomness.uniform(Randomness.hash(key, counter));
    }
}
