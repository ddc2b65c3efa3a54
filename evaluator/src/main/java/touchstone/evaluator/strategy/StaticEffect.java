package touchstone.evaluator.strategy;

import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import touchstone.spec.expression.Expression;
import touchstone.spec.strategy.Strategy.Draw;
import touchstone.spec.strategy.Strategy.WeightRule;

/** Which samples can have an effect at all, as far as tables and static rules tell. */
final class StaticEffect {
    private StaticEffect() {}

    /** For each sample, whether its rate and its weight are above 0 in the same epoch. */
    static boolean[] of(TrainingSet set, int epochs) {
        boolean[] counts = new boolean[set.size()];
        for (int epoch : epochsOfChange(set, epochs)) {
            boolean[] counting = new boolean[set.size()];
            Arrays.fill(counting, true);
            set.strategy().samples().draw().ifPresent(draw -> {
                switch (draw) {
                    case Draw.Table table ->
                        keepPositive(counting, set.rates().orElseThrow().in(epoch));
                    case Draw.Rate rate -> keepPositive(counting, set, rate.rate());
                }
            });
            List<WeightRule> rules = set.strategy().weights().rules();
            for (int r = 0; r < rules.size(); r++) {
                switch (rules.get(r)) {
                    case WeightRule.Table table ->
                        keepPositive(counting, set.weightTables().get(r).in(epoch));
                    case WeightRule.Value value -> keepPositive(counting, set, value.value());
                }
            }
            for (int i = 0; i < counts.length; i++) counts[i] |= counting[i];
        }
        return counts;
    }

    /** The first epoch, and each from which a table says something else. */
    private static SortedSet<Integer> epochsOfChange(TrainingSet set, int epochs) {
        SortedSet<Integer> changes = new TreeSet<>(List.of(1));
        set.rates().ifPresent(table -> changes.addAll(table.changes()));
        set.weightTables().values().forEach(table -> changes.addAll(table.changes()));
        return changes.headSet(epochs + 1);
    }

    private static void keepPositive(boolean[] counting, TrainingSet set, Expression expression) {
        if (expression.isStatic()) keepPositive(counting, set.values().numbers(expression, 1));
    }

    private static void keepPositive(boolean[] counting, double[] values) {
        for (int i = 0; i < counting.length; i++) counting[i] &= values[i] > 0;
    }
}
