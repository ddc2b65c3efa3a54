package touchstone.spec.catalogue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import touchstone.spec.expression.Name;
import touchstone.spec.expression.Name.Timing;

/** The names that expressions read; {@code docs/strategy.md} says what each is. */
public final class Names {

    /** Known before training. */
    public static final List<String> STATIC_NUMBERS = List.of(
            "class_count",
            "max_class_count",
            "class_rank",
            "classes",
            "added",
            "luma",
            "contrast",
            "sharpness",
            "noise");

    public static final List<String> CLOCK = List.of("epoch", "epochs", "progress");

    /** Observed in the epochs before. */
    public static final List<String> OBSERVED_NUMBERS = List.of(
            "loss",
            "loss_rank",
            "class_loss_rank",
            "mean_loss",
            "confidence",
            "mean_confidence",
            "given_loss",
            "given_confidence",
            "top_probability",
            "margin",
            "times_correct",
            "times_forgotten");

    private Names() {}

    /** All names of a task: the language's own and the text columns of the base set's metadata. */
    public static Map<String, Name> of(List<String> classes, Map<String, List<String>> metadata) {
        Map<String, Name> names = new LinkedHashMap<>();
        metadata.forEach((column, words) -> names.put(column, Name.text(column, Timing.STATIC, words)));
        for (String name : STATIC_NUMBERS) names.put(name, Name.number(name, Timing.STATIC));
        for (String name : CLOCK) names.put(name, Name.number(name, Timing.CLOCK));
        for (String name : OBSERVED_NUMBERS) names.put(name, Name.number(name, Timing.OBSERVED));
        names.put("label", Name.text("label", Timing.STATIC, classes));
        names.put("given_label", Name.text("given_label", Timing.STATIC, classes));
        names.put("prediction", Name.text("prediction", Timing.OBSERVED, classes));
        return names;
    }
}
