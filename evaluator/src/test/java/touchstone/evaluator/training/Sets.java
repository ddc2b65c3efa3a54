package touchstone.evaluator.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import touchstone.evaluator.strategy.Randomness;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.catalogue.Names;
import touchstone.spec.strategy.Strategy;
import touchstone.spec.strategy.StrategyParser;
import touchstone.spec.strategy.Tables;
import touchstone.spec.text.Problems;

/** Training sets without images, for what never looks at one. */
final class Sets {
    static final List<String> CLASSES = List.of("cat", "dog");

    private Sets() {}

    /** Samples {@code b0 …} of the base set and {@code a0 …} that were added; all cats. */
    static TrainingSet of(int base, int added) {
        return of("", labels(base + added), added, Map.of());
    }

    /** @param rules of {@code strategy.yaml}; @param labels [sample][class], the last {@code added} of them added */
    static TrainingSet of(String rules, double[][] labels, int added, Map<Integer, List<Tables.Weight>> weights) {
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
        return new TrainingSet(
                strategy(rules),
                "",
                new byte[0],
                ids,
                ids.stream().mapToLong(Randomness::key).toArray(),
                baseIndex,
                labels,
                labels,
                columns,
                weights);
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
