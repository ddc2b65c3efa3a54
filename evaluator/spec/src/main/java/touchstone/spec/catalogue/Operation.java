package touchstone.spec.catalogue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import touchstone.spec.text.YamlValue;

/** Augmentation operations: a new one is an entry here, an implementation in the evaluator and a row in the docs. */
public enum Operation {
    FLIP(new Parameter.Choice(List.of("horizontal", "vertical")), "mirrors the image (always, so give a `chance`)"),
    TRANSLATE(
            new Parameter.Size(1, 64),
            "shifts by up to so many whole pixels each way; what comes in repeats the border"),
    CROP(
            new Parameter.Size(1, 64),
            "puts so many black pixels around the image and cuts it back to its size at a random place"),
    ROTATE(new Parameter.Signed(180), "turns by degrees, counter-clockwise, around the middle"),
    SCALE(new Parameter.Range(0.25, 4), "enlarges by a factor around the middle; below 1 makes smaller"),
    SHEAR(new Parameter.Signed(60), "slants by degrees, the top to the right"),
    GAMMA(new Parameter.Range(0.1, 10), "raises each pixel to a power; below 1 brightens"),
    BRIGHTNESS(new Parameter.Range(0, 10), "multiplies each pixel"),
    CONTRAST(new Parameter.Range(0, 10), "stretches each pixel away from the image's mean"),
    AUTOCONTRAST(new Parameter.None(), "stretches each channel so that its darkest pixel is 0 and its brightest 1"),
    EQUALIZE(
            new Parameter.None(),
            "makes all levels of a channel about equally frequent: (c(v) − c(min)) / (area − c(min)), c counting the pixels up to a level of 256"),
    INVERT(new Parameter.None(), "1 less each pixel"),
    POSTERIZE(new Parameter.Size(1, 8), "keeps only so many of each pixel's 8 bits"),
    SOLARIZE(new Parameter.Range(0, 1), "inverts the pixels at or above this"),
    SHARPEN(
            new Parameter.Range(0, 10),
            "adds so many times what smoothing takes away (3 × 3 pixels, the middle counting five times)"),
    BLUR(new Parameter.Range(0.1, 3), "smooths by a Gaussian of this standard deviation in pixels, cut to 7 × 7"),
    DENOISE(
            Parameter.Kinds.of("median", new Parameter.Sizes(List.of(3, 5)), "gaussian", new Parameter.Range(0.1, 3)),
            "takes the median of so many pixels squared, or smooths as `blur` does"),
    NOISE(new Parameter.Range(0, 1), "adds Gaussian noise of this standard deviation to each pixel"),
    CUTOUT(
            new Parameter.Size(1, 256),
            "covers a square of so many pixels a side with the image's mean; it may reach over the border (DeVries and Taylor 2017)"),
    ERASE(
            new Parameter.Range(0.01, 1),
            "covers a box of this share of the area, its sides in a ratio from 0.3 to 3.3, with random pixels (Zhong et al. 2020)"),
    MIXUP(
            new Parameter.Range(0.01, 10),
            "mixes image and label with another place's: λ × own + (1 − λ) × other, λ the larger part of a draw from Beta(a, a) (Zhang et al. 2018)"),
    CUTMIX(
            new Parameter.Range(0.01, 10),
            "puts a box of another place's image in, of the area 1 − λ cut at the border; labels mix by the true share (Yun et al. 2019)");

    /** What stands after the operation's name. */
    public sealed interface Parameter {
        /** How it is written, for people. */
        String text();

        /** Nothing to choose: written {@code true}. */
        record None() implements Parameter {
            @Override
            public String text() {
                return "`true`";
            }
        }

        /** One of these words. */
        record Choice(List<String> words) implements Parameter {
            @Override
            public String text() {
                return words.stream().map(word -> "`" + word + "`").collect(Collectors.joining(" or "));
            }
        }

        /** A number, or [from, to] of which one is drawn evenly for each place. */
        record Range(double min, double max) implements Parameter {
            @Override
            public String text() {
                return YamlValue.plain(min) + " to " + YamlValue.plain(max);
            }
        }

        /** A number n for the range [-n, n], or [from, to]; one is drawn evenly for each place. */
        record Signed(double max) implements Parameter {
            @Override
            public String text() {
                return "±" + YamlValue.plain(max);
            }
        }

        /** A whole number. */
        record Size(int min, int max) implements Parameter {
            @Override
            public String text() {
                return "whole, " + min + " to " + max;
            }
        }

        /** One of these whole numbers. */
        record Sizes(List<Integer> sizes) implements Parameter {
            @Override
            public String text() {
                return sizes.stream().map(String::valueOf).collect(Collectors.joining(" or "));
            }
        }

        /** One of several kinds, each with a parameter of its own: {@code {median: 3}}. */
        record Kinds(Map<String, Parameter> kinds) implements Parameter {
            static Kinds of(String first, Parameter ofFirst, String second, Parameter ofSecond) {
                Map<String, Parameter> kinds = new LinkedHashMap<>();
                kinds.put(first, ofFirst);
                kinds.put(second, ofSecond);
                return new Kinds(kinds);
            }

            @Override
            public String text() {
                return kinds.entrySet().stream()
                        .map(kind -> "`{" + kind.getKey() + ": …}`, "
                                + kind.getValue().text())
                        .collect(Collectors.joining("; or "));
            }
        }
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

    /** One line of Markdown. */
    public String meaning() {
        return meaning;
    }

    /** Whether it takes part of another place's image and label: such steps stand last. */
    public boolean mixes() {
        return this == MIXUP || this == CUTMIX;
    }

    /**
     * About how long it takes, counted in operations such as a flip: a strategy's sum of these is bounded.
     *
     * @param word that was chosen among the parameter's, or empty
     */
    public int effort(String word, double amount) {
        return switch (this) {
            case DENOISE -> word.equals("gaussian") ? 1 : amount <= 3 ? 3 : 10;
            case EQUALIZE -> 8;
            case ROTATE, SCALE, SHEAR -> 2;
            default -> 1;
        };
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
