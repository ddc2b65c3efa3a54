package touchstone.evaluator.training;

import java.util.List;
import touchstone.evaluator.augmentation.Mixing;
import touchstone.evaluator.augmentation.Place;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.strategy.TrainingSet;

/**
 * Weights of an epoch's places: their mean is 1 and none is above the cap, so that a weight says how much a sample counts
 * against the others and never how fast the model learns.
 */
final class PlaceWeights {

    /** Added samples never have more than this share of the weight. */
    static final double ADDED_SHARE_MAX = 0.5;

    /** Mean weight of a step's places above which its loss is scaled down, so that bunched weights make no longer step. */
    static final double STEP_MEAN_MAX = 2;

    private PlaceWeights() {}

    /** The most that a place may weigh: no sample outweighs a batch. */
    static double cap(TaskPack pack) {
        return Math.min(pack.file().budget().weightCap(), pack.file().recipe().batch());
    }

    /** What each weighted loss of a step is multiplied with: 1 / batch, and less where the step's mean weight is too high. */
    static double stepScale(double[] weights, int from, int batch) {
        double mean = 0;
        for (int b = 0; b < batch; b++) mean += weights[from + b] / batch;
        return 1 / (batch * Math.max(1, mean / STEP_MEAN_MAX));
    }

    /**
     * Weighted labels mixed as the images were, scaled so that what comes from base samples and what comes from added ones
     * weigh as much as before: mixing says which labels a step learns from, and never how far it goes or whose they are. Where
     * nothing of such a weight is left, the labels stay unmixed.
     */
    static double[][] mixed(double[][] rows, boolean[] isAdded, List<Mixing> mixings) {
        if (mixings.isEmpty()) return rows;
        double[][] mixed = new double[rows.length][rows[0].length];
        for (boolean added : new boolean[] {false, true}) {
            double[][] part = new double[rows.length][];
            for (int b = 0; b < part.length; b++) {
                part[b] = isAdded[b] == added ? rows[b] : new double[rows[b].length];
            }
            double before = sum(part);
            for (Mixing mixing : mixings) part = mixing.rows(part);
            double after = sum(part);
            if (before > 0 && after == 0) return rows;
            for (int b = 0; b < part.length; b++) {
                for (int c = 0; c < part[b].length; c++) {
                    mixed[b][c] += before == 0 ? 0 : part[b][c] * (before / after);
                }
            }
        }
        return mixed;
    }

    private static double sum(double[][] rows) {
        double sum = 0;
        for (double[] row : rows) for (double value : row) sum += value;
        return sum;
    }

    /** @param weights one a sample, finite, 0 or more; where every drawn one is 0, all count as 1 */
    static double[] of(List<Place> places, double[] weights, TrainingSet set, double cap) {
        double[] raw =
                places.stream().mapToDouble(place -> weights[place.sample()]).toArray();
        boolean[] added = new boolean[raw.length];
        double[] once = new double[raw.length];
        for (int p = 0; p < raw.length; p++) {
            added[p] = set.isAdded(places.get(p).sample());
            once[p] = 1;
        }
        return Share.fill(raw, once, added, raw.length, cap, ADDED_SHARE_MAX);
    }
}
