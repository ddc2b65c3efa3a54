package touchstone.evaluator.training;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.augmentation.Place;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.expression.Ranks;

/**
 * What training saw of each sample in the epochs before. NaN until a sample was first drawn; a sample that is not drawn keeps
 * what it had.
 */
final class Observations {

    /** Weight of the past in a running mean; the first value is taken whole. */
    private static final double MEMORY = 0.7;

    private final int classes;
    private final Map<String, double[]> columns = new HashMap<>();
    private final double[][] prediction;
    private final boolean[] wasCorrect;

    Observations(int samples, int classes) {
        this.classes = classes;
        for (String name : touchstone.spec.catalogue.Names.OBSERVED_NUMBERS) {
            double[] column = new double[samples];
            Arrays.fill(column, Double.NaN);
            columns.put(name, column);
        }
        double[] predicted = new double[samples];
        Arrays.fill(predicted, Double.NaN);
        columns.put("prediction", predicted);
        prediction = new double[samples][];
        wasCorrect = new boolean[samples];
    }

    /** A column of an observed name, or null for a name of another kind. */
    double @Nullable [] find(String name) {
        return columns.get(name);
    }

    boolean isSeen(int sample) {
        return prediction[sample] != null;
    }

    /** Running mean of the predicted distribution; the sample must have been seen. */
    double[] prediction(int sample) {
        return prediction[sample];
    }

    /**
     * Takes in places of one epoch, those that show one sample alone. A sample must not come in two calls of one epoch.
     *
     * @param logProbabilities [place][class], of a forward pass
     * @param mixed which places show more than their own sample
     * @param labels [sample][class], as they were in this epoch
     */
    void add(List<Place> places, float[] logProbabilities, boolean[] mixed, double[][] labels, double[][] given) {
        // Loss and confidence against the current and the given label, then the distribution.
        double[] @Nullable [] sums = new double[prediction.length][];
        int[] counts = new int[prediction.length];
        for (int p = 0; p < mixed.length; p++) {
            if (mixed[p]) continue;
            int sample = places.get(p).sample();
            if (sums[sample] == null) sums[sample] = new double[4 + classes];
            double[] sum = sums[sample];
            counts[sample]++;
            for (int c = 0; c < classes; c++) {
                double log = logProbabilities[p * classes + c];
                double probability = StrictMath.exp(log);
                sum[0] -= labels[sample][c] * log;
                sum[1] += labels[sample][c] * probability;
                sum[2] -= given[sample][c] * log;
                sum[3] += given[sample][c] * probability;
                sum[4 + c] += probability;
            }
        }
        for (int sample = 0; sample < sums.length; sample++) {
            double[] sum = sums[sample];
            if (sum == null) continue;
            for (int k = 0; k < sum.length; k++) sum[k] /= counts[sample];
            observe(sample, sum, TrainingSet.hard(labels[sample]));
        }
    }

    /** Takes over all that another has seen, each sample from the one {@code by} places further in a ring. */
    void take(Observations other, int by) {
        int n = prediction.length;
        columns.replaceAll((name, column) -> {
            double[] from = other.columns.get(name);
            double[] turned = new double[n];
            System.arraycopy(from, by, turned, 0, n - by);
            System.arraycopy(from, 0, turned, n - by, by);
            return turned;
        });
        for (int i = 0; i < n; i++) prediction[i] = other.prediction[(i + by) % n];
    }

    /** Samples that were drawn, but mixed with another in each of their places. */
    int[] onlyMixed(List<Place> places, boolean[] mixed) {
        boolean[] drawn = new boolean[prediction.length];
        boolean[] alone = new boolean[prediction.length];
        for (int p = 0; p < mixed.length; p++) {
            drawn[places.get(p).sample()] = true;
            if (!mixed[p]) alone[places.get(p).sample()] = true;
        }
        return IntStream.range(0, drawn.length)
                .filter(sample -> drawn[sample] && !alone[sample])
                .toArray();
    }

    private void observe(int sample, double[] sum, int label) {
        double[] now = Arrays.copyOfRange(sum, 4, sum.length);
        int top = TrainingSet.hard(now);
        double bestOther = 0;
        for (int c = 0; c < classes; c++) if (c != label) bestOther = Math.max(bestOther, now[c]);
        boolean first = prediction[sample] == null;
        boolean correct = top == label;
        if (first) {
            prediction[sample] = now.clone();
            set("times_correct", sample, 0);
            set("times_forgotten", sample, 0);
        } else {
            for (int c = 0; c < classes; c++) {
                prediction[sample][c] = MEMORY * prediction[sample][c] + (1 - MEMORY) * now[c];
            }
        }
        set("loss", sample, sum[0]);
        set("confidence", sample, sum[1]);
        set("given_loss", sample, sum[2]);
        set("given_confidence", sample, sum[3]);
        set("mean_loss", sample, first ? sum[0] : running("mean_loss", sample, sum[0]));
        set("mean_confidence", sample, first ? sum[1] : running("mean_confidence", sample, sum[1]));
        set("top_probability", sample, now[top]);
        set("margin", sample, now[label] - bestOther);
        set("prediction", sample, TrainingSet.hard(prediction[sample]));
        if (correct) set("times_correct", sample, columns.get("times_correct")[sample] + 1);
        if (!correct && wasCorrect[sample]) {
            set("times_forgotten", sample, columns.get("times_forgotten")[sample] + 1);
        }
        wasCorrect[sample] = correct;
    }

    private double running(String name, int sample, double value) {
        return MEMORY * columns.get(name)[sample] + (1 - MEMORY) * value;
    }

    private void set(String name, int sample, double value) {
        columns.get(name)[sample] = value;
    }

    /** Ends an epoch: ranks over the samples seen so far; the others have no loss, and so no rank. */
    void rank(double[][] labels) {
        double[] loss = columns.get("loss");
        double[] current = new double[labels.length];
        for (int i = 0; i < current.length; i++) current[i] = TrainingSet.hard(labels[i]);
        columns.put("loss_rank", Ranks.of(loss, loss.length));
        columns.put("class_loss_rank", Ranks.within(loss, current, loss.length));
    }
}
