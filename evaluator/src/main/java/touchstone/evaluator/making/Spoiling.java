package touchstone.evaluator.making;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import touchstone.evaluator.making.CleanSet.Pool;
import touchstone.evaluator.strategy.Randomness;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/**
 * Draws the parts of a task from a clean set and spoils the training part. Each draw is a hash of seed, source, purpose and
 * the picture's place in the source: other faults with the same seed are made of the same pictures in the same order.
 */
public final class Spoiling {

    private static final int VALIDATION_MAX = 1_000;
    /** As a camera that lets in too little light: a curve, then a loss of range. */
    private static final double DARK_POWER = 1.6;

    private static final double DARK_FROM = 0.08;
    private static final double DARK_TO = 0.20;

    private enum Purpose {
        PICK,
        ORDER,
        WRONG,
        OTHER,
        DARK,
        LIGHT
    }

    /** How many samples of each part; empty = as many as can be had. */
    public record Sizes(Optional<Integer> train, Optional<Integer> validation, Optional<Integer> test) {}

    private final CleanSet set;
    private final Faults faults;
    private final long key;
    private final Problems problems;

    private Spoiling(CleanSet set, Faults faults, long seed, Problems problems) {
        this.set = set;
        this.faults = faults;
        this.key = Randomness.hash(seed, set.key());
        this.problems = problems;
    }

    /** The parts, or empty with problems. */
    public static Optional<MadeParts> of(CleanSet set, Faults faults, Sizes sizes, long seed, Problems problems) {
        return new Spoiling(set, faults, seed, problems).parts(sizes);
    }

    private Optional<MadeParts> parts(Sizes sizes) {
        List<List<Integer>> trainPool = byClass(set.train(), 0);
        List<Integer> validation;
        Pool validationSource;
        if (set.validation().isPresent()) {
            validationSource = set.validation().get();
            validation = balanced("validation", byClass(validationSource, 1), sizes.validation());
        } else {
            validationSource = set.train();
            int tenth = Math.min(VALIDATION_MAX, set.train().size() / 10);
            int count = sizes.validation()
                    .orElse(Math.max(1, tenth / set.classes().size())
                            * set.classes().size());
            validation = balanced("validation", trainPool, Optional.of(count));
            int each = validation.size() / set.classes().size();
            trainPool.replaceAll(members -> members.subList(Math.min(each, members.size()), members.size()));
        }
        List<Integer> test = balanced("test", byClass(set.test(), 2), sizes.test());
        if (!problems.isEmpty()) return Optional.empty();
        int[] counts = counts(trainPool, sizes.train());
        if (!problems.isEmpty()) return Optional.empty();
        List<Integer> train = new ArrayList<>();
        for (int c = 0; c < counts.length; c++) train.addAll(trainPool.get(c).subList(0, counts[c]));
        return Optional.of(new MadeParts(
                spoiled(ordered(train, 0)),
                sound(ordered(validation, 1), validationSource),
                sound(ordered(test, 2), set.test())));
    }

    /** For each class its pictures in the order in which they are taken. */
    private List<List<Integer>> byClass(Pool pool, int part) {
        List<List<Integer>> members = new ArrayList<>();
        for (int c = 0; c < set.classes().size(); c++) {
            int label = c;
            members.add(IntStream.range(0, pool.size())
                    .filter(i -> pool.labels()[i] == label)
                    .boxed()
                    .sorted(by(Purpose.PICK, part))
                    .toList());
        }
        return members;
    }

    private Comparator<Integer> by(Purpose purpose, int part) {
        return Comparator.<Integer>comparingLong(i -> draw(purpose, part, i)).thenComparing(i -> i);
    }

    private long draw(Purpose purpose, int part, int place) {
        return Randomness.hash(key, purpose.ordinal(), part, place);
    }

    private List<Integer> ordered(List<Integer> places, int part) {
        return places.stream().sorted(by(Purpose.ORDER, part)).toList();
    }

    /** Equally many of each class. */
    private List<Integer> balanced(String part, List<List<Integer>> pool, Optional<Integer> wanted) {
        int classes = pool.size();
        int smallest = pool.stream().mapToInt(List::size).min().orElse(0);
        int count = wanted.orElse(smallest * classes);
        if (count < classes || count % classes != 0 || count / classes > smallest) {
            problems.add(Problem.of(
                    null,
                    "--" + part + " " + count + " cannot be had in classes of equal size",
                    "a multiple of " + classes + ", at most " + smallest * classes));
            return List.of();
        }
        List<Integer> taken = new ArrayList<>();
        for (List<Integer> members : pool) taken.addAll(members.subList(0, count / classes));
        return taken;
    }

    /**
     * How many training samples of each class. With an imbalance R, class i of C gets a share in proportion to R^(-i/(C-1))
     * (Cui et al., 2019); else the source's own share.
     */
    private int[] counts(List<List<Integer>> pool, Optional<Integer> wanted) {
        int classes = pool.size();
        double[] shares = new double[classes];
        for (int c = 0; c < classes; c++) {
            shares[c] = faults.imbalance() > 1
                    ? StrictMath.pow(faults.imbalance(), -c / (classes - 1.0))
                    : pool.get(c).size();
        }
        double sum = Arrays.stream(shares).sum();
        double most = Double.MAX_VALUE;
        for (int c = 0; c < classes; c++) most = Math.min(most, pool.get(c).size() / shares[c] * sum);
        int possible = (int) (most + 1e-6);
        int count = wanted.orElse(possible);
        if (count > possible || count < classes) {
            problems.add(Problem.of(
                    null,
                    "--train " + count + " cannot be had"
                            + (faults.imbalance() > 1 ? " with this imbalance" : " of this data set"),
                    possible < classes
                            ? "take a larger data set: each class needs a sample"
                            : "at least " + classes + ", at most " + possible));
            return new int[classes];
        }
        return apportioned(shares, sum, count);
    }

    /** Each class its due, rounded so that the sum is right (largest remainders), and at least one. */
    private static int[] apportioned(double[] shares, double sum, int count) {
        int[] counts = new int[shares.length];
        int left = count;
        for (int c = 0; c < counts.length; c++) {
            counts[c] = (int) (shares[c] / sum * count);
            left -= counts[c];
        }
        List<Integer> byRemainder = IntStream.range(0, counts.length)
                .boxed()
                .sorted(Comparator.comparingDouble(c -> counts[c] - shares[c] / sum * count))
                .toList();
        for (int i = 0; i < left; i++) counts[byRemainder.get(i)]++;
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] > 0) continue;
            int largest = IntStream.range(0, counts.length)
                    .reduce((a, b) -> counts[b] > counts[a] ? b : a)
                    .orElseThrow();
            counts[largest]--;
            counts[c]++;
        }
        return counts;
    }

    private MadeParts.Train spoiled(List<Integer> places) {
        int[] labels = places.stream().mapToInt(i -> set.train().labels()[i]).toArray();
        int[] given = labels.clone();
        boolean[] wrong = chosen(places, labels, faults.noise().share(), Purpose.WRONG);
        dealOthers(places, given, wrong);
        boolean[] dark = chosen(places, labels, faults.dark(), Purpose.DARK);
        byte[] images = images(places, set.train());
        int pixels = set.input().pixels();
        for (int i = 0; i < dark.length; i++) {
            if (!dark[i]) continue;
            double u = Randomness.uniform(draw(Purpose.LIGHT, 0, places.get(i)));
            darken(images, i * pixels, pixels, DARK_FROM + (DARK_TO - DARK_FROM) * u);
        }
        return new MadeParts.Train(images, labels, given, dark);
    }

    /** In each class exactly this share of the samples, rounded. */
    private boolean[] chosen(List<Integer> places, int[] labels, double share, Purpose purpose) {
        boolean[] chosen = new boolean[labels.length];
        for (int c = 0; c < set.classes().size(); c++) {
            List<Integer> members = ofClass(labels, c, places, purpose);
            for (int i = 0; i < Math.round(share * members.size()); i++) chosen[members.get(i)] = true;
        }
        return chosen;
    }

    /** The samples of a class in an order drawn for a purpose. */
    private List<Integer> ofClass(int[] labels, int label, List<Integer> places, Purpose purpose) {
        return IntStream.range(0, labels.length)
                .filter(i -> labels[i] == label)
                .boxed()
                .sorted(Comparator.<Integer>comparingLong(i -> draw(purpose, 0, places.get(i)))
                        .thenComparing(i -> i))
                .toList();
    }

    /** Symmetric noise deals the other classes out in turn, so that each comes equally often, give or take one. */
    private void dealOthers(List<Integer> places, int[] given, boolean[] wrong) {
        int classes = set.classes().size();
        int[] labels = given.clone();
        for (int c = 0; c < classes; c++) {
            int turn = (int) Long.remainderUnsigned(draw(Purpose.OTHER, 1, c), classes - 1);
            for (int i : ofClass(labels, c, places, Purpose.OTHER)) {
                if (!wrong[i]) continue;
                int step =
                        switch (faults.noise().kind()) {
                            case SYMMETRIC -> 1 + turn % (classes - 1);
                            case PAIR -> 1;
                        };
                given[i] = (c + step) % classes;
                turn++;
            }
        }
    }

    /** Pixels v from 0 to 1 become range * v^1.6, rounded to a byte: what falls into one byte is lost. */
    private static void darken(byte[] images, int from, int count, double range) {
        for (int p = from; p < from + count; p++) {
            double value = (images[p] & 0xff) / 255.0;
            images[p] = (byte) Math.round(255 * range * StrictMath.pow(value, DARK_POWER));
        }
    }

    private MadeParts.Sound sound(List<Integer> places, Pool pool) {
        return new MadeParts.Sound(
                images(places, pool),
                places.stream().mapToInt(i -> pool.labels()[i]).toArray());
    }

    private byte[] images(List<Integer> places, Pool pool) {
        int pixels = set.input().pixels();
        byte[] images = new byte[places.size() * pixels];
        for (int i = 0; i < places.size(); i++) {
            System.arraycopy(pool.images(), places.get(i) * pixels, images, i * pixels, pixels);
        }
        return images;
    }
}
