package touchstone.evaluator.augmentation;

import touchstone.evaluator.strategy.Randomness;

/** What one place draws for one step. */
record Draws(long seed, int epoch, Place place, int step) {

    static final int CHANCE = 0;
    static final int CHOICE = 1;
    static final int FIRST = 2;
    static final int SECOND = 3;
    static final int THIRD = 4;
    static final int SHARE = 5;
    static final int PARTNER = 6;

    long hash(int purpose) {
        return Randomness.hash(seed, epoch, place.key(), place.copy(), step, purpose);
    }

    /** Evenly from [0, 1). */
    double uniform(int purpose) {
        return Randomness.uniform(hash(purpose));
    }

    /** Evenly from [from, to]. */
    double between(double from, double to, int purpose) {
        return from + (to - from) * uniform(purpose);
    }
}
