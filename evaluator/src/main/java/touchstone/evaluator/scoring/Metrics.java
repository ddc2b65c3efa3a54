package touchstone.evaluator.scoring;

import java.util.LinkedHashMap;
import java.util.Map;
import touchstone.spec.catalogue.Metric;

/** The catalogue's metrics of a prediction, from counts where it can be. */
public final class Metrics {

    private final Prediction.Result result;
    private final int[][] confusion;

    public Metrics(Prediction.Result result, int classes) {
        this.result = result;
        this.confusion = new int[classes][classes + 1];
        for (int i = 0; i < result.labels().length; i++) {
            int predicted = result.predicted(i);
            confusion[result.labels()[i]][predicted < 0 ? classes : predicted]++;
        }
    }

    /** {@code confusion[true][predicted]}, counts; what was not a number is left out. */
    public int[][] confusion() {
        int[][] square = new int[confusion.length][];
        for (int c = 0; c < square.length; c++) square[c] = java.util.Arrays.copyOf(confusion[c], square.length);
        return square;
    }

    public Map<String, Double> all() {
        Map<String, Double> values = new LinkedHashMap<>();
        for (Metric metric : Metric.values()) values.put(metric.word(), value(metric));
        return values;
    }

    private double value(Metric metric) {
        return switch (metric) {
            case ACCURACY -> accuracy();
            case BALANCED_ACCURACY -> balancedAccuracy();
            case MACRO_F1 -> macroF1();
            case WORST_CLASS -> worstClass();
            case LOG_LOSS -> result.meanLoss();
        };
    }

    private double accuracy() {
        int right = 0;
        for (int c = 0; c < confusion.length; c++) right += confusion[c][c];
        return right / (double) result.labels().length;
    }

    /** Over the classes that occur. */
    private double balancedAccuracy() {
        double sum = 0;
        int present = 0;
        for (int c = 0; c < confusion.length; c++) {
            if (size(c) == 0) continue;
            sum += recall(c);
            present++;
        }
        return sum / present;
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
