package touchstone.evaluator.strategy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import touchstone.evaluator.data.ImageStatistics;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.expression.Expression;
import touchstone.spec.strategy.Strategy;
import touchstone.spec.strategy.Strategy.LabelRule;
import touchstone.spec.strategy.Strategy.WeightRule;
import touchstone.spec.strategy.StrategyParser;
import touchstone.spec.strategy.Tables;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Makes labels and columns from files and static rules, from top to bottom. */
final class StaticRules {

    private final TaskPack pack;
    private final Strategy strategy;
    private final String digest;
    private final Problems problems;

    StaticRules(TaskPack pack, Strategy strategy, String digest, Problems problems) {
        this.pack = pack;
        this.strategy = strategy;
        this.digest = digest;
        this.problems = problems;
    }

    TrainingSet apply(
            StrategyReader.Samples samples,
            Map<Integer, List<Tables.Label>> labelTables,
            Map<Integer, List<Tables.Weight>> weightTables) {
        int n = samples.ids.size();
        Map<String, Integer> positions = new HashMap<>();
        for (int i = 0; i < n; i++) positions.put(samples.ids.get(i), i);
        byte[] images = concatenate(samples.images);
        double[][] given = samples.given.toArray(double[][]::new);
        double[][] labels = new double[n][];
        for (int i = 0; i < n; i++) labels[i] = given[i].clone();
        Map<String, double[]> columns = imageColumns(samples, images);

        List<LabelRule> rules = strategy.labels().rules();
        for (int r = 0; r < rules.size(); r++) {
            if (!(rules.get(r) instanceof LabelRule.Table)) continue;
            for (Tables.Label row : labelTables.get(r)) {
                Integer position = positions.get(row.id());
                if (position != null) labels[position] = row.label().clone();
            }
        }
        labelColumns(columns, labels, given);
        for (LabelRule rule : rules) {
            if (!(rule instanceof LabelRule.Smooth smooth) || !isStatic(smooth)) continue;
            double[] amounts = evaluate(smooth.amount(), columns, samples, rule.path());
            double[] where =
                    smooth.where().map(w -> w.evaluate(columns::get, n)).orElse(null);
            for (int i = 0; i < n; i++) {
                if (where == null || where[i] != 0) smooth(labels[i], amounts[i]);
            }
            labelColumns(columns, labels, given);
        }
        checkStaticNumbers(columns, samples);
        return new TrainingSet(
                strategy,
                digest,
                images,
                samples.ids,
                samples.ids.stream().mapToLong(Randomness::key).toArray(),
                samples.baseIndex.stream().mapToInt(Integer::intValue).toArray(),
                given,
                labels,
                columns,
                weightTables);
    }

    static boolean isStatic(LabelRule.Smooth smooth) {
        return smooth.amount().isStatic()
                && smooth.where().map(Expression::isStatic).orElse(true);
    }

    /** Mixes with the even distribution; the amount is held to 0 to 1. */
    static void smooth(double[] label, double amount) {
        double a = Math.clamp(amount, 0, 1);
        for (int c = 0; c < label.length; c++) label[c] = (1 - a) * label[c] + a / label.length;
    }

    private static byte[] concatenate(List<byte[]> images) {
        int pixels = images.get(0).length;
        byte[] all = new byte[Math.multiplyExact(pixels, images.size())];
        for (int i = 0; i < images.size(); i++) System.arraycopy(images.get(i), 0, all, i * pixels, pixels);
        return all;
    }

    private Map<String, double[]> imageColumns(StrategyReader.Samples samples, byte[] images) {
        int n = samples.ids.size();
        int pixels = pack.base().input().pixels();
        Map<String, double[]> columns = new HashMap<>();
        for (String name : List.of("luma", "contrast", "sharpness", "noise", "added", "classes")) {
            columns.put(name, new double[n]);
        }
        for (int i = 0; i < n; i++) {
            ImageStatistics statistics =
                    ImageStatistics.of(images, i * pixels, pack.base().input());
            columns.get("luma")[i] = statistics.luma();
            columns.get("contrast")[i] = statistics.contrast();
            columns.get("sharpness")[i] = statistics.sharpness();
            columns.get("noise")[i] = statistics.noise();
            columns.get("added")[i] = samples.baseIndex.get(i) < 0 ? 1 : 0;
            columns.get("classes")[i] = pack.classes().size();
        }
        pack.base().metadata().forEach((name, values) -> {
            List<String> words = pack.names().get(name).vocabulary();
            double[] column = new double[n];
            for (int i = 0; i < n; i++) {
                int index = samples.baseIndex.get(i);
                column[i] = index < 0 || words == null ? -1 : words.indexOf(values.get(index));
            }
            columns.put(name, column);
        });
        return columns;
    }

    private void labelColumns(Map<String, double[]> columns, double[][] labels, double[][] given) {
        int n = labels.length;
        int classes = pack.classes().size();
        int[] counts = new int[classes];
        double[] label = new double[n];
        double[] givenLabel = new double[n];
        for (int i = 0; i < n; i++) {
            int hard = TrainingSet.hard(labels[i]);
            label[i] = hard;
            givenLabel[i] = TrainingSet.hard(given[i]);
            counts[hard]++;
        }
        int largest = Arrays.stream(counts).max().orElse(0);
        double[] rank = new double[classes];
        for (int c = 0; c < classes; c++) {
            rank[c] = 1;
            for (int d = 0; d < classes; d++) {
                if (counts[d] > counts[c] || (counts[d] == counts[c] && d < c)) rank[c]++;
            }
        }
        double[] classCount = new double[n];
        double[] classRank = new double[n];
        double[] maxClassCount = new double[n];
        for (int i = 0; i < n; i++) {
            classCount[i] = counts[(int) label[i]];
            classRank[i] = rank[(int) label[i]];
            maxClassCount[i] = largest;
        }
        columns.put("label", label);
        columns.put("given_label", givenLabel);
        columns.put("class_count", classCount);
        columns.put("class_rank", classRank);
        columns.put("max_class_count", maxClassCount);
    }

    /** A static number that is not finite, or is negative where that has no meaning, is refused before it costs anything. */
    private void checkStaticNumbers(Map<String, double[]> columns, StrategyReader.Samples samples) {
        int n = samples.ids.size();
        strategy.samples().draw().filter(Expression::isStatic).ifPresent(draw -> {
            double[] rates = evaluate(draw, columns, samples, "samples.draw");
            if (Arrays.stream(rates).allMatch(rate -> rate == 0)) {
                problems.add(Problem.of(StrategyParser.FILE, "samples.draw is 0 for every sample", "draw some"));
            }
        });
        List<WeightRule> rules = strategy.weights().rules();
        for (WeightRule rule : rules) {
            if (!(rule instanceof WeightRule.Value value) || !value.value().isStatic()) continue;
            double[] weights = evaluate(value.value(), columns, samples, rule.path());
            if (Arrays.stream(weights, 0, n).allMatch(weight -> weight == 0)) {
                problems.add(Problem.of(StrategyParser.FILE, rule.path() + " is 0 for every sample", "weigh some"));
            }
        }
    }

    private double[] evaluate(
            Expression expression, Map<String, double[]> columns, StrategyReader.Samples samples, String path) {
        double[] values = expression.evaluate(columns::get, samples.ids.size());
        for (int i = 0; i < samples.ids.size(); i++) {
            if (Double.isFinite(values[i]) && values[i] >= 0) continue;
            problems.add(Problem.of(
                    StrategyParser.FILE,
                    path + ": '" + expression + "' is " + values[i] + " for sample '" + samples.ids.get(i) + "'",
                    "make it a finite number of 0 or more for every sample"));
            break;
        }
        return values;
    }
}
