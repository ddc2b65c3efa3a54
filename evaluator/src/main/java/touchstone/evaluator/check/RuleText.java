package touchstone.evaluator.check;

import java.util.Optional;
import java.util.stream.Collectors;
import touchstone.spec.catalogue.Operation.Parameter;
import touchstone.spec.expression.Expression;
import touchstone.spec.strategy.Strategy.Action;
import touchstone.spec.strategy.Strategy.LabelRule;
import touchstone.spec.strategy.Strategy.Step;
import touchstone.spec.text.YamlValue;

/** One rule in one line, for the report. */
final class RuleText {
    private RuleText() {}

    static String of(Step step) {
        String chance = step.chance() == 1 ? "" : ", chance " + YamlValue.plain(step.chance());
        return of(step.action()) + chance + where(step.where());
    }

    static String of(LabelRule.Smooth rule) {
        return "smooth by " + rule.amount() + where(rule.where());
    }

    static String of(LabelRule.TowardPrediction rule) {
        return "toward the prediction by " + rule.amount() + where(rule.where());
    }

    private static String of(Action action) {
        return switch (action) {
            case Action.Apply apply -> apply.operation().word() + " " + amount(apply);
            case Action.OneOf oneOf ->
                oneOf.options().stream().map(RuleText::of).collect(Collectors.joining(" or ", "one of ", ""));
        };
    }

    private static String amount(Action.Apply apply) {
        if (apply.operation().parameter() instanceof Parameter.Choice choice) {
            return choice.words().get((int) apply.from());
        }
        String from = YamlValue.plain(apply.from());
        return apply.from() == apply.to() ? from : "[" + from + ", " + YamlValue.plain(apply.to()) + "]";
    }

    private static String where(Optional<Expression> where) {
        return where.map(condition -> " where " + condition).orElse("");
    }
}
