package touchstone.spec.catalogue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Metrics of a score; pure functions with a version. */
public enum Metric {
    ACCURACY(1, true, "share of samples whose class was predicted"),
    BALANCED_ACCURACY(1, true, "mean over the classes of the share predicted right"),
    MACRO_F1(1, true, "mean over the classes of F1; a class never predicted and never present counts 0"),
    WORST_CLASS(1, true, "the least share predicted right of any class"),
    WORST_GROUP(
            1, true, "the least share predicted right of any value of the metadata column that `metrics.groups` names"),
    HEAD_ACCURACY(
            1,
            true,
            "mean of the shares predicted right over the classes with more than `metrics.head-above` samples in the base set"),
    MIDDLE_ACCURACY(1, true, "the same over the classes that are neither head nor tail"),
    TAIL_ACCURACY(1, true, "the same over the classes with fewer than `metrics.tail-below` samples in the base set"),
    CORRUPTION_ROBUSTNESS(
            1,
            true,
            "mean of the accuracies over the pairs of the metadata columns `corruption` and `severity`; samples whose corruption is empty, `none` or `clean` are left out"),
    AUROC(1, true, "area under the ROC curve of each class against the rest, mean over the classes; ties by midranks"),
    LOG_LOSS(1, false, "mean negative logarithm of the true class's probability, clipped at 1e-12; nats"),
    BRIER(
            1,
            false,
            "mean of the squared distance between the probabilities and the true class, summed over the classes; 0 to 2"),
    CALIBRATION_ERROR(
            1,
            false,
            "distance between confidence and accuracy in 15 bins of equal mass, root of the mean square without its bias (Kumar et al., 2019); below 0 where the bias is larger than the distance");

    private final int version;
    private final boolean higherIsBetter;
    private final String meaning;

    Metric(int version, boolean higherIsBetter, String meaning) {
        this.version = version;
        this.higherIsBetter = higherIsBetter;
        this.meaning = meaning;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it is how many of all samples were predicted right, so that its standard error follows from it. */
    public boolean isShareOfSamples() {
        return this == ACCURACY;
    }

    public int version() {
        return version;
    }

    public boolean higherIsBetter() {
        return higherIsBetter;
    }

    public String meaning() {
        return meaning;
    }

    public static Optional<Metric> find(String word) {
        return Arrays.stream(values())
                .filter(metric -> metric.word().equals(word))
                .findFirst();
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(Metric::word).toList();
    }
}
