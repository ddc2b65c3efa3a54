package touchstone.spec.catalogue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Metrics of a score; pure functions with a version. */
public enum Metric {
    ACCURACY(1, true, "share of samples whose class was predicted"),
    BALANCED_ACCURACY(1, true, "mean over the classes of the share predicted right"),
    MACRO_F1(1, true, "mean over the classes of F1; a class never predicted and never present counts 0"),
    WORST_CLASS(1, true, "the least share predicted right of any class"),
    LOG_LOSS(1, false, "mean negative logarithm of the true class's probability, clipped at 1e-12; nats");

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

    public int version() {
        return version;
    }

    public boolean higherIsBetter() {
        return higherIsBetter;
    }

    public String meaning() {
        return meaning;
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(Metric::word).toList();
    }
}
