package touchstone.spec.expression;

import java.util.Arrays;
import java.util.Optional;

/** The functions of the language; all total, none with a loop. */
public enum Function {
    IF(3, 3, "if(condition, a, b)", "a where the condition holds, else b"),
    MIN(2, 8, "min(a, b, …)", "the least"),
    MAX(2, 8, "max(a, b, …)", "the greatest"),
    ABS(1, 1, "abs(a)", "without its sign"),
    EXP(1, 1, "exp(a)", "e to the power of a"),
    LOG(1, 1, "log(a)", "natural logarithm"),
    SQRT(1, 1, "sqrt(a)", "square root"),
    POW(2, 2, "pow(a, b)", "a to the power of b"),
    CLAMP(3, 3, "clamp(a, low, high)", "a, but at least low and at most high"),
    RANK(1, 1, "rank(a)", "position among all samples, above 0 and below 1; ties share their mean position"),
    CLASS_RANK(1, 1, "class_rank(a)", "the same among the samples of the same label");

    /** The name whose values {@link #CLASS_RANK} tells samples apart by. */
    static final String CLASS_NAME = "label";

    private final int argumentsMin;
    private final int argumentsMax;
    private final String form;
    private final String meaning;

    Function(int argumentsMin, int argumentsMax, String form, String meaning) {
        this.argumentsMin = argumentsMin;
        this.argumentsMax = argumentsMax;
        this.form = form;
        this.meaning = meaning;
    }

    static Optional<Function> find(String word) {
        return Arrays.stream(values())
                .filter(function -> function.word().equals(word))
                .findFirst();
    }

    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    public int argumentsMin() {
        return argumentsMin;
    }

    public int argumentsMax() {
        return argumentsMax;
    }

    public String form() {
        return form;
    }

    public String meaning() {
        return meaning;
    }
}
