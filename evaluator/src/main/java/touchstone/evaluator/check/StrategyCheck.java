package touchstone.evaluator.check;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import touchstone.evaluator.data.PixelIndex;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.strategy.Budget;
import touchstone.evaluator.strategy.StrategyReader;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.expression.Expression;
import touchstone.spec.job.CheckReport;
import touchstone.spec.job.CheckReport.ClassRow;
import touchstone.spec.job.CheckReport.Diff;
import touchstone.spec.strategy.Strategy;
import touchstone.spec.strategy.Strategy.Draw;
import touchstone.spec.strategy.Strategy.LabelRule;
import touchstone.spec.strategy.Strategy.WeightRule;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Checks a strategy against a task: its problems, or what it changes. */
public final class StrategyCheck {

    /** A label counts as softened when at least this much of its weight moved. */
    private static final double SOFTENED_MIN = 0.05;

    private final TaskPack pack;
    private final TrainingSet set;

    private StrategyCheck(TaskPack pack, TrainingSet set) {
        this.pack = pack;
        this.set = set;
    }

    public static CheckReport check(TaskPack pack, Path strategy) throws IOException {
        try {
            return report(pack, strategy);
        } catch (OutOfMemoryError e) {
            // Within its limits an archive may still hold more table than a check has memory: its sender's to mend.
            long megabytes = Runtime.getRuntime().maxMemory() >> 20;
            return new CheckReport(
                    null,
                    null,
                    null,
                    List.of(Problem.of(
                            null,
                            "reading this strategy takes more than the " + megabytes + " MB of memory that a check has",
                            "send fewer or shorter tables")));
        }
    }

    private static CheckReport report(TaskPack pack, Path strategy) throws IOException {
        Problems problems = new Problems();
        Optional<TrainingSet> set = StrategyReader.read(pack, strategy, problems);
        if (set.isEmpty()) return new CheckReport(null, null, null, problems.list());
        return new CheckReport(
                set.get().digest(), set.get().strategy().title(), new StrategyCheck(pack, set.get()).diff(), List.of());
    }

    private Diff diff() {
        List<String> classes = pack.classes();
        Map<String, Map<String, Integer>> relabelled = new LinkedHashMap<>();
        int changed = 0;
        int softened = 0;
        int[] after = new int[classes.size()];
        for (int i = 0; i < set.size(); i++) {
            int to = TrainingSet.hard(set.labels()[i]);
            after[to]++;
            if (set.isAdded(i)) continue;
            int from = pack.base().labels()[set.baseIndex()[i]];
            if (from != to) {
                changed++;
                relabelled
                        .computeIfAbsent(classes.get(from), key -> new LinkedHashMap<>())
                        .merge(classes.get(to), 1, Integer::sum);
            } else if (1 - set.labels()[i][from] >= SOFTENED_MIN) {
                softened++;
            }
        }
        int added = set.addedCount();
        return new Diff(
                pack.base().size(),
                set.size(),
                added,
                pack.base().size() - (set.size() - added),
                changed,
                softened,
                relabelled,
                classRows(after),
                duplicates(),
                Budget.of(pack, set).stream()
                        .map(spend -> new CheckReport.Spend(
                                spend.name(),
                                spend.used(),
                                spend.limit() == null ? null : spend.limit().doubleValue()))
                        .toList(),
                rules());
    }

    private List<ClassRow> classRows(int[] after) {
        int classes = after.length;
        int[] before = new int[classes];
        for (int label : pack.base().labels()) before[label]++;
        double[] mass = new double[classes];
        double[] weights = firstEpochWeights();
        for (int i = 0; i < set.size(); i++) {
            for (int c = 0; c < classes; c++) mass[c] += weights[i] * set.labels()[i][c];
        }
        double total = Arrays.stream(mass).sum();
        List<ClassRow> rows = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            rows.add(new ClassRow(
                    pack.classes().get(c),
                    before[c],
                    after[c],
                    before[c] / (double) pack.base().size(),
                    total > 0 ? mass[c] / total : 0));
        }
        return rows;
    }

    /** Draw rate times weight, as far as it is known before training. */
    private double[] firstEpochWeights() {
        double[] weights = new double[set.size()];
        Arrays.fill(weights, 1);
        set.strategy().samples().draw().ifPresent(draw -> {
            switch (draw) {
                case Draw.Table table ->
                    multiply(weights, set.rates().orElseThrow().in(1));
                case Draw.Rate rate -> multiply(weights, rate.rate());
            }
        });
        List<WeightRule> rules = set.strategy().weights().rules();
        for (int r = 0; r < rules.size(); r++) {
            switch (rules.get(r)) {
                case WeightRule.Table table ->
                    multiply(weights, set.weightTables().get(r).in(1));
                case WeightRule.Value value -> multiply(weights, value.value());
            }
        }
        return weights;
    }

    private void multiply(double[] weights, Expression expression) {
        if (expression.isStatic()) multiply(weights, set.values().numbers(expression, 1));
    }

    private static void multiply(double[] weights, double[] factors) {
        for (int i = 0; i < weights.length; i++) weights[i] *= factors[i];
    }

    private CheckReport.Duplicates duplicates() {
        int pixels = pack.base().input().pixels();
        PixelIndex added = new PixelIndex(pixels);
        int among = 0;
        for (int i = 0; i < set.size(); i++) {
            if (!set.isAdded(i)) continue;
            byte[] array = set.images().array(i);
            int offset = set.images().offset(i);
            if (!added.equalTo(array, offset).isEmpty()) among++;
            added.add(array, offset, i);
        }
        Set<Integer> inBase = new HashSet<>();
        for (int i = 0; i < pack.base().size(); i++) {
            inBase.addAll(added.equalTo(pack.base().images(), i * pixels));
        }
        return new CheckReport.Duplicates(among, inBase.size());
    }

    private List<CheckReport.Rule> rules() {
        List<CheckReport.Rule> rules = new ArrayList<>();
        Strategy strategy = set.strategy();
        strategy.samples().augment().forEach(step -> rule(rules, step.path(), RuleText.of(step), step.where()));
        for (LabelRule rule : strategy.labels().rules()) {
            switch (rule) {
                case LabelRule.Table table -> {}
                case LabelRule.Smooth smooth -> rule(rules, rule.path(), RuleText.of(smooth), smooth.where());
                case LabelRule.Toward toward -> rule(rules, rule.path(), RuleText.of(toward), toward.where());
            }
        }
        for (WeightRule rule : strategy.weights().rules()) {
            if (rule instanceof WeightRule.Value value) {
                rules.add(new CheckReport.Rule(
                        rule.path(), value.value().source(), value.value().isStatic() ? set.size() : null, set.size()));
            }
        }
        return rules;
    }

    private void rule(List<CheckReport.Rule> rules, String path, String text, Optional<Expression> where) {
        if (where.isEmpty()) {
            rules.add(new CheckReport.Rule(path, text, set.size(), set.size()));
            return;
        }
        Integer matches = null;
        if (where.get().isStatic()) {
            int count = 0;
            for (boolean holds : set.values().holds(where.get())) if (holds) count++;
            matches = count;
        }
        rules.add(new CheckReport.Rule(path, text, matches, set.size()));
    }
}
