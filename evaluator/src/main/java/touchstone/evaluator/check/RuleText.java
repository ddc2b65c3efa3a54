package touchstone.evaluator.check;

import java.util.Optional;
import java.util.stream.Collectors;
import touchstone.spec.catalogue.Operation.Parameter;
import touchstone.spec.expression.Expression;
import touchstone.spec.strategy.Strategy.Action;
import touchstone.spec.strategy.Strategy.LabelRule;
import touchstone.spec.strategy.Strategy.Step;
import touchstone.spec.strategy.Strategy.Target;
import touchstone.spec.text.YamlValue;

/** One rule in one line, for the report. */
public final class RuleText {
    private RuleText() {}

    public static String of(Step step) {
        String chance = step.chance() == 1 ? "" : ", chance " + YamlValue.plain(step.chance());
        return of(step.action()) + chance + where(step.where());
    }

    static String of(LabelRule.Smooth rule) {
        return "smooth by " + rule.amount() + where(rule.where());
    }

    static String of(LabelRule.Toward rule) {
        return "toward the " + target(rule.target()) + " by " + rule.amount() + where(rule.where());
    }

    private static String target(Target target) {
        return switch (target) {
            case PREDICTION -> "prediction";
            case PREDICTED -> "predicted class";
            case POSTERIOR -> "posterior";
        };
    }

    private static String of(Action action) {
        return switch (action) {
            case Action.Apply apply -> (apply.operation().word() + " " + amount(apply)).strip();
            case Action.SomeOf some ->
                some.options().stream()
                        .map(RuleText::of)
                        .collect(Collectors.joining(
                                some.count() == 1 ? " or " : ", ",
                                (some.count() == 1 ? "one" : some.count()) + " of ",
                                ""));
        };
    }

    private static String amount(Action.Apply apply) {
        return switch (apply.operation().parameter()) {
            case Parameter.None none -> "";
            case Parameter.Choice choice -> apply.word();
            case Parameter.Kinds kinds -> apply.word() + " " + range(apply);
            case Parameter.Signed signed when apply.from() == -apply.to() -> "±" + YamlValue.plain(apply.to());
            case Parameter.Signed signed -> range(apply);
            case Parameter.Range range -> range(apply);
            case Parameter.Size size -> range(apply);
            case Parameter.Sizes sizes -> range(apply);
        };
    }

    private static String range(Action.Apply apply) {
        String from = YamlValue.plain(apply.from());
        return apply.from() == apply.to() ? from : "[" + from + ", " + YamlValue.plain(apply.to()) + "]";
    }

    private static String where(Optional<Expression> where) {
        return where.map(condition -> " where " + condition).orElse("");
    }
}
