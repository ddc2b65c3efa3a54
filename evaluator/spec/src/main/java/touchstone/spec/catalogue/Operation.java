package touchstone.spec.catalogue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Augmentation operations: a new one is an entry here and an implementation in the evaluator. */
public enum Operation {
    FLIP(new Parameter.Choice(List.of("horizontal", "vertical")), "mirrors the image"),
    TRANSLATE(new Parameter.Size(1, 64), "shifts by up to so many pixels each way; what comes in repeats the border"),
    GAMMA(new Parameter.Range(0.1, 10), "raises each pixel (0 to 1) to a power; below 1 brightens"),
    BRIGHTNESS(new Parameter.Range(0, 10), "multiplies each pixel"),
    CONTRAST(new Parameter.Range(0, 10), "stretches each pixel away from the image's mean"),
    CUTOUT(new Parameter.Size(1, 256), "covers a square of so many pixels a side with the image's mean"),
    MIXUP(new Parameter.Range(0.01, 10), "mixes image and label with another place's, by a share from Beta(a, a)"),
    CUTMIX(new Parameter.Range(0.01, 10), "puts a box of another place's image in; the labels mix by its true share");

    /** What stands after the operation's name. */
    public sealed interface Parameter {
        /** One of these words. */
        record Choice(List<String> words) implements Parameter {}

        /** A number, or [from, to] of which one is drawn evenly for each place. */
        record Range(double min, double max) implements Parameter {}

        /** A whole number of pixels. */
        record Size(int min, int max) implements Parameter {}
    }

    private final Parameter parameter;
    private final String meaning;

    Operation(Parameter parameter, String meaning) {
        this.parameter = parameter;
        this.meaning = meaning;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Parameter parameter() {
        return parameter;
    }

    public String meaning() {
        return meaning;
    }

    /** Whether it takes part of another place's image and label: such steps stand last. */
    public boolean mixes() {
        return this == MIXUP || this == CUTMIX;
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(Operation::word).toList();
    }

    public static Optional<Operation> find(String word) {
        return Arrays.stream(values())
                .filter(operation -> operation.word().equals(word))
                .findFirst();
    }
}
