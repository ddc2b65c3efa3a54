package touchstone.evaluator.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import touchstone.evaluator.augmentation.Place;
import touchstone.evaluator.strategy.Randomness;
import touchstone.evaluator.strategy.TrainingSet;

/**
 * Who stands in the places of an epoch. Each epoch has the same number of places; a sample is due places in proportion to its
 * rate, and what is due to it beyond whole places is carried to the next epoch, so that over a run everyone gets its share
 * within one place.
 */
final class Draw {

    /** No sample may be drawn more often in an epoch, whatever its rate. */
    static final double DRAWS_PER_EPOCH_MAX = 64;

    /** Added samples never get more than this share of the places. */
    static final double ADDED_SHARE_MAX = 0.5;

    private static final int TIE = 1;
    private static final int SHUFFLE = 2;

    private final TrainingSet set;
    private final int places;
    private final long seed;
    private final double[] credit;

    Draw(TrainingSet set, int places, long seed) {
        this.set = set;
        this.places = places;
        this.seed = seed;
        this.credit = new double[set.size()];
    }

    /** The places of one epoch, shuffled. @param rates one a sample, finite, 0 or more; all 0 counts as all 1 */
    List<Place> epoch(int epoch, double[] rates) {
        double[] due = due(set, rates, places);
        int[] counts = new int[set.size()];
        int given = 0;
        for (int i = 0; i < counts.length; i++) {
            credit[i] += due[i];
            counts[i] = Math.max(0, (int) Math.floor(credit[i]));
            credit[i] -= counts[i];
            given += counts[i];
        }
        Comparator<Integer> byCredit = Comparator.comparingDouble(i -> -credit[i]);
        List<Integer> order = IntStream.range(0, counts.length)
                .boxed()
                .filter(i -> due[i] > 0)
                .sorted(byCredit.thenComparingLong(i -> Randomness.hash(seed, epoch, set.keys()[i], TIE)))
                .toList();
        for (int k = 0; given < places; k = (k + 1) % order.size(), given++) {
            counts[order.get(k)]++;
            credit[order.get(k)]--;
        }
        for (int k = order.size() - 1; given > places; k = k == 0 ? order.size() - 1 : k - 1) {
            if (counts[order.get(k)] == 0) continue;
            counts[order.get(k)]--;
            credit[order.get(k)]++;
            given--;
        }
        return shuffled(epoch, counts);
    }

    private List<Place> shuffled(int epoch, int[] counts) {
        record Keyed(long key, Place place) {}
        List<Keyed> keyed = new ArrayList<>(places);
        for (int i = 0; i < counts.length; i++) {
            for (int copy = 0; copy < counts[i]; copy++) {
                long key = Randomness.hash(seed, epoch, set.keys()[i], copy, SHUFFLE);
                keyed.add(new Keyed(key, new Place(i, set.keys()[i], copy)));
            }
        }
        keyed.sort(Comparator.comparingLong(Keyed::key)
                .thenComparing(k -> set.ids().get(k.place().sample())));
        return keyed.stream().map(Keyed::place).toList();
    }

    /** Expected places of each sample: in proportion to its rate, bounded for one sample and for all added ones together. */
    static double[] due(TrainingSet set, double[] rates, int places) {
        boolean[] added = new boolean[rates.length];
        double[] once = new double[rates.length];
        for (int i = 0; i < added.length; i++) {
            added[i] = set.isAdded(i);
            once[i] = 1;
        }
        return Share.fill(rates, once, added, places, DRAWS_PER_EPOCH_MAX, ADDED_SHARE_MAX);
    }
}
