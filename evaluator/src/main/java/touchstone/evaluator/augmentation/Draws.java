package touchstone.evaluator.augmentation;

import touchstone.evaluator.strategy.Randomness;

/**
 * What one place draws for one operation of one step.
 *
 * @param option position among the operations of a step that chooses, else 0
 */
record Draws(long seed, int epoch, Place place, int step, int option) {

    static final int CHANCE = 0;
    static final int CHOICE = 1;
    static final int FIRST = 2;
    static final int SECOND = 3;
    static final int THIRD = 4;
    static final int FOURTH = 5;
    static final int PARTNER = 6;
    static final int BANK = 7;

    private static final int PURPOSES = 100;

    Draws of(int newOption) {
        return new Draws(seed, epoch, place, step, newOption);
    }

    long hash(int purpose) {
        return Randomness.hash(seed, epoch, place.key(), place.copy(), step, PURPOSES * option + purpose);
    }

    /** Evenly from [0, 1). */
    double uniform(int purpose) {
        return Randomness.uniform(hash(purpose));
    }

    /** Evenly from [from, to]. */
    double between(double from, double to, int purpose) {
        return from + (to - from) * uniform(purpose);
    }

    /** A whole number, evenly from 0 to before {@code end}. */
    int below(int end, int purpose) {
        return (int) (end * uniform(purpose));
    }

    /** {@code count} different ones of {@code from} options: the first places of a shuffle (Fisher and Yates). */
    boolean[] choose(int count, int from) {
        int[] order = new int[from];
        for (int i = 0; i < from; i++) order[i] = i;
        boolean[] chosen = new boolean[from];
        for (int i = 0; i < count; i++) {
            int j = i + (int) ((from - i) * Randomness.uniform(Randomness.hash(hash(CHOICE), i)));
            chosen[order[j]] = true;
            order[j] = order[i];
        }
        return chosen;
    }
}
