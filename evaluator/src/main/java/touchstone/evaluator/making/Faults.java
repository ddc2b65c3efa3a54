package touchstone.evaluator.making;

/**
 * What is done to the training part.
 *
 * @param noise wrong labels
 * @param imbalance largest class over smallest; 1 = as the source has them
 * @param dark share of the pictures that are darkened, 0 to 1
 */
public record Faults(Noise noise, double imbalance, double dark) {

    public enum Kind {
        /** A wrong label is each of the other classes equally often. */
        SYMMETRIC,
        /** A wrong label is the next class; the last class's is the first (Han et al., 2018). */
        PAIR
    }

    /** @param share of the labels of each class that are wrong, 0 to 1 */
    public record Noise(Kind kind, double share) {
        public static final Noise NONE = new Noise(Kind.SYMMETRIC, 0);
    }
}
