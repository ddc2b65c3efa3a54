package touchstone.evaluator.strategy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import touchstone.spec.strategy.StrategyParser;
import touchstone.spec.text.Problem;

/** What a strategy uses of one budget. @param verb for a sentence: the strategy {verb} n samples; @param limit null = none */
public record Spend(
        String name, String verb, int used, @Nullable Integer limit) {

    /** A problem where that is more than it may. */
    public Optional<Problem> excess() {
        if (limit == null || used <= limit) return Optional.empty();
        return Optional.of(Problem.of(
                StrategyParser.FILE,
                "the strategy " + verb + " " + used + " samples",
                "at most " + limit + ": more is not in the task's budget"));
    }
}
