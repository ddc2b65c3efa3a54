package touchstone.evaluator.scoring;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import touchstone.spec.catalogue.Metric;

/**
 * The catalogue's metrics of a prediction, from counts where it can be. A probability that is not a number counts as 0, its
 * sample as wrong.
 */
public final class Metrics {

    private static final int CALIBRATION_BINS = 15;

    private final Prediction.Result result;
    private final Grouping grouping;
    private final int[][] confusion;

    public Metrics(Prediction.Result result, Grouping grouping) {
        this.result = result;
        this.grouping = grouping;
        int classes = grouping.baseCounts().length;
        this.confusion = new int[classes][classes + 1];
        for (int i = 0; i < result.labels().length; i++) {
            int predicted = result.predicted(i);
            confusion[result.labels()[i]][predicted < 0 ? classes : predicted]++;
        }
    }

    /** {@code confusion[true][predicted]}, counts; what was not a number is left out. */
    public int[][] confusion() {
        int[][] square = new int[confusion.length][];
        for (int c = 0; c < square.length; c++) square[c] = Arrays.copyOf(confusion[c], square.length);
        return square;
    }

    /** Those that these samples have: without groups, for one, there is no worst group. */
    public Map<String, Double> all() {
        Map<String, Double> values = new LinkedHashMap<>();
        for (Metric metric : Metric.values()) {
            value(metric).ifPresent(value -> values.put(metric.word(), value));
        }
        return values;
    }

    private OptionalDouble value(Metric metric) {
        int[] counts = grouping.baseCounts();
        return switch (metric) {
            case ACCURACY -> OptionalDouble.of(accuracy());
            case BALANCED_ACCURACY -> meanRecall(c -> true);
            case MACRO_F1 -> OptionalDouble.of(macroF1());
            case WORST_CLASS -> OptionalDouble.of(worstClass());
            case WORST_GROUP -> accuracies(grouping.groups()).min();
            case HEAD_ACCURACY -> meanRecall(c -> counts[c] > grouping.headAbove());
            case MIDDLE_ACCURACY ->
                meanRecall(c -> counts[c] <= grouping.headAbove() && counts[c] >= grouping.tailBelow());
            case TAIL_ACCURACY -> meanRecall(c -> counts[c] < grouping.tailBelow());
            case CORRUPTION_ROBUSTNESS -> accuracies(grouping.corruptions()).average();
            case AUROC -> auroc();
            case LOG_LOSS -> OptionalDouble.of(result.meanLoss());
            case BRIER -> OptionalDouble.of(brier());
            case CALIBRATION_ERROR -> calibrationError();
        };
    }

    private double accuracy() {
        int right = 0;
        for (int c = 0; c < confusion.length; c++) right += confusion[c][c];
        return right / (double) result.labels().length;
    }

    /** Over those of the classes that occur. */
    private OptionalDouble meanRecall(IntPredicate classes) {
        return IntStream.range(0, confusion.length)
                .filter(c -> size(c) > 0 && classes.test(c))
                .mapToDouble(this::recall)
                .average();
    }

    private double macroF1() {
        double sum = 0;
        for (int c = 0; c < confusion.length; c++) {
            int predicted = 0;
            for (int[] row : confusion) predicted += row[c];
            int both = size(c) + predicted;
            if (both > 0) sum += 2.0 * confusion[c][c] / both;
        }
        return sum / confusion.length;
    }

    private double worstClass() {
        double worst = 1;
        for (int c = 0; c < confusion.length; c++) if (size(c) > 0) worst = Math.min(worst, recall(c));
        return worst;
    }

    /** Of the samples of each text, in the order of the texts; those of the empty text do not count. */
    private java.util.stream.DoubleStream accuracies(@Nullable List<String> texts) {
        Map<String, int[]> counts = new TreeMap<>();
        for (int i = 0; texts != null && i < texts.size(); i++) {
            if (texts.get(i).isEmpty()) continue;
            int[] count = counts.computeIfAbsent(texts.get(i), text -> new int[2]);
            count[0] += result.right(i) ? 1 : 0;
            count[1]++;
        }
        return counts.values().stream().mapToDouble(count -> count[0] / (double) count[1]);
    }

    /** Mann and Whitney's statistic: how often a sample of the class is above one of the rest. */
    private OptionalDouble auroc() {
        int n = result.labels().length;
        return IntStream.range(0, confusion.length)
                .filter(c -> size(c) > 0 && size(c) < n)
                .mapToDouble(c -> {
                    double[] sorted = IntStream.range(0, n)
                            .mapToDouble(i -> result.probability(i, c))
                            .sorted()
                            .toArray();
                    double ranks = IntStream.range(0, n)
                            .filter(i -> result.labels()[i] == c)
                            .mapToDouble(i -> midrank(sorted, result.probability(i, c)))
                            .sum();
                    double positives = size(c);
                    return (ranks - positives * (positives + 1) / 2) / (positives * (n - positives));
                })
                .average();
    }

    /** The mean rank, from 1, of all that are as large as {@code value}. */
    private static double midrank(double[] sorted, double value) {
        int first = firstAt(sorted, value, false);
        int behind = firstAt(sorted, value, true);
        return (first + 1 + behind) / 2.0;
    }

    /** Position of the first number that is not smaller than {@code value}, or of the first that is larger. */
    private static int firstAt(double[] sorted, double value, boolean larger) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value || (larger && sorted[middle] == value)) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private double brier() {
        double sum = 0;
        for (int i = 0; i < result.labels().length; i++) {
            for (int c = 0; c < confusion.length; c++) {
                double distance = result.probability(i, c) - (c == result.labels()[i] ? 1 : 0);
                sum += distance * distance;
            }
        }
        return sum / result.labels().length;
    }

    /**
     * Kumar et al. (2019): the squared distance of a bin is too large by the variance of its accuracy, which is taken off. A
     * bin holds two samples at least, so that the variance is known.
     */
    private OptionalDouble calibrationError() {
        int n = result.labels().length;
        int bins = Math.min(CALIBRATION_BINS, n / 2);
        if (bins == 0) return OptionalDouble.empty();
        double[] confidences = new double[n];
        for (int i = 0; i < n; i++) {
            for (int c = 0; c < confusion.length; c++) {
                confidences[i] = Math.max(confidences[i], result.probability(i, c));
            }
        }
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted(java.util.Comparator.comparingDouble(i -> confidences[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double square = 0;
        for (int b = 0; b < bins; b++) {
            int from = (int) ((long) b * n / bins);
            int to = (int) ((long) (b + 1) * n / bins);
            int size = to - from;
            double right = 0;
            double confidence = 0;
            for (int k = from; k < to; k++) {
                right += result.right(order[k]) ? 1 : 0;
                confidence += confidences[order[k]];
            }
            double accuracy = right / size;
            double distance = accuracy - confidence / size;
            square += (distance * distance - accuracy * (1 - accuracy) / (size - 1)) * size / n;
        }
        return OptionalDouble.of(Math.signum(square) * Math.sqrt(Math.abs(square)));
    }

    /** Share of the class's samples that were predicted so. */
    public double recall(int c) {
        return size(c) == 0 ? 0 : confusion[c][c] / (double) size(c);
    }

    public int size(int c) {
        int size = 0;
        for (int count : confusion[c]) size += count;
        return size;
    }
}
