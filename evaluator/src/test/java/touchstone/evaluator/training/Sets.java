package touchstone.evaluator.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import touchstone.evaluator.data.ImageSet;
import touchstone.evaluator.strategy.EpochTable;
import touchstone.evaluator.strategy.Randomness;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.catalogue.Names;
import touchstone.spec.strategy.Strategy;
import touchstone.spec.strategy.StrategyParser;
import touchstone.spec.strategy.Tables;
import touchstone.spec.task.TaskFile;
import touchstone.spec.text.Problems;

/** Training sets without images, for what never looks at one. */
final class Sets {
    static final List<String> CLASSES = List.of("cat", "dog");

    private Sets() {}

    /** Samples {@code b0 …} of the base set and {@code a0 …} that were added; all cats. */
    static TrainingSet of(int base, int added) {
        return of("", labels(base + added), added, Map.of());
    }

    /** Samples of the base set whose rates stand in a table. */
    static TrainingSet drawn(int base, List<Tables.EpochValue> rates) {
        return of("samples:\n  draw: {file: draw.csv}\n", labels(base), 0, Map.of(), Optional.of(rates));
    }

    /** @param rules of {@code strategy.yaml}; @param labels [sample][class], the last {@code added} of them added */
    static TrainingSet of(String rules, double[][] labels, int added, Map<Integer, List<Tables.EpochValue>> weights) {
        return of(rules, labels, added, weights, Optional.empty());
    }

    private static TrainingSet of(
            String rules,
            double[][] labels,
            int added,
            Map<Integer, List<Tables.EpochValue>> weights,
            Optional<List<Tables.EpochValue>> rates) {
        int n = labels.length;
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < n; i++) ids.add(i < n - added ? "b" + i : "a" + (i - n + added));
        int[] baseIndex = new int[n];
        for (int i = 0; i < n; i++) baseIndex[i] = i < n - added ? i : -1;
        double[] luma = new double[n];
        double[] label = new double[n];
        for (int i = 0; i < n; i++) {
            luma[i] = i / (double) n;
            label[i] = TrainingSet.hard(labels[i]);
        }
        Map<String, double[]> columns = new HashMap<>(Map.of("luma", luma, "label", label, "given_label", label));
        Map<String, Integer> positions = new HashMap<>();
        for (int i = 0; i < n; i++) positions.put(ids.get(i), i);
        Map<Integer, EpochTable> tables = new HashMap<>();
        weights.forEach((rule, rows) -> tables.put(rule, new EpochTable(rows, positions, n)));
        return new TrainingSet(
                strategy(rules),
                "",
                new ImageSet(new TaskFile.Input(1, 1, 1), new byte[0], new byte[0], new int[0]),
                ids,
                ids.stream().mapToLong(Randomness::key).toArray(),
                baseIndex,
                labels,
                labels,
                columns,
                rates.map(rows -> new EpochTable(rows, positions, n)),
                tables,
                Map.of());
    }

    static double[][] labels(int n) {
        double[][] labels = new double[n][];
        for (int i = 0; i < n; i++) labels[i] = new double[] {1, 0};
        return labels;
    }

    private static Strategy strategy(String rules) {
        Problems problems = new Problems();
        Optional<Strategy> strategy =
                StrategyParser.parse("strategy: 1\n" + rules, Names.of(CLASSES, Map.of()), problems);
        if (!problems.isEmpty()) throw new AssertionError(problems.list().toString());
        return strategy.orElseThrow();
    }

    static double[] filled(int n, double value) {
        double[] values = new double[n];
        Arrays.fill(values, value);
        return values;
    }
}
