package touchstone.evaluator.strategy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import touchstone.spec.expression.Expression;
import touchstone.spec.strategy.Strategy.WeightRule;
import touchstone.spec.strategy.Tables;

/** Which samples can have an effect at all, as far as tables and static rules tell. */
final class StaticEffect {
    private StaticEffect() {}

    /** For each sample, whether its rate is above 0 and its weight is above 0 in some epoch. */
    static boolean[] of(TrainingSet set, int epochs) {
        double[] rates = set.strategy()
                .samples()
                .draw()
                .filter(Expression::isStatic)
                .map(draw -> draw.evaluate(set.columns()::get, set.size()))
                .orElse(null);
        boolean[] counts = new boolean[set.size()];
        for (int epoch : epochsOfChange(set, epochs)) {
            boolean[] weighs = weighs(set, epoch);
            for (int i = 0; i < counts.length; i++) counts[i] |= weighs[i] && (rates == null || rates[i] > 0);
        }
        return counts;
    }

    /** The first epoch, and each from which a table says something else. */
    private static Set<Integer> epochsOfChange(TrainingSet set, int epochs) {
        Set<Integer> changes = new TreeSet<>(Set.of(1));
        for (List<Tables.Weight> table : set.weightTables().values()) {
            for (Tables.Weight row : table) if (row.fromEpoch() <= epochs) changes.add(row.fromEpoch());
        }
        return changes;
    }

    private static boolean[] weighs(TrainingSet set, int epoch) {
        boolean[] weighs = new boolean[set.size()];
        java.util.Arrays.fill(weighs, true);
        List<WeightRule> rules = set.strategy().weights().rules();
        for (int r = 0; r < rules.size(); r++) {
            switch (rules.get(r)) {
                case WeightRule.Table table -> {
                    Map<String, Double> rows = Tables.inEpoch(set.weightTables().get(r), epoch);
                    for (int i = 0; i < weighs.length; i++) {
                        weighs[i] &= rows.getOrDefault(set.ids().get(i), 1.0) > 0;
                    }
                }
                case WeightRule.Value value -> {
                    if (!value.value().isStatic()) continue;
                    double[] values = value.value().evaluate(set.columns()::get, set.size());
                    for (int i = 0; i < weighs.length; i++) weighs[i] &= values[i] > 0;
                }
            }
        }
        return weighs;
    }
}
