package touchstone.evaluator.strategy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import touchstone.evaluator.data.ImageFacts;
import touchstone.evaluator.data.ImageSet;
import touchstone.evaluator.data.ImageStatistics;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.expression.Expression;
import touchstone.spec.expression.Name;
import touchstone.spec.strategy.OwnColumns;
import touchstone.spec.strategy.Strategy;
import touchstone.spec.strategy.Strategy.Draw;
import touchstone.spec.strategy.Strategy.LabelRule;
import touchstone.spec.strategy.Strategy.WeightRule;
import touchstone.spec.strategy.StrategyParser;
import touchstone.spec.strategy.Tables;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Makes labels and columns from files and static rules, from top to bottom. */
public final class StaticRules {

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
            Optional<OwnColumns> own,
            Map<LabelRule, List<Tables.Label>> labelTables,
            Optional<EpochTable> rates,
            Map<Integer, EpochTable> weightTables) {
        int n = samples.ids.size();
        Map<String, Integer> positions = samples.positions();
        ImageSet images = new ImageSet(
                pack.base().input(),
                pack.base().images(),
                samples.newPixels,
                samples.imageRows.stream().mapToInt(Integer::intValue).toArray());
        double[][] given = samples.given.toArray(double[][]::new);
        double[][] labels = new double[n][];
        for (int i = 0; i < n; i++) labels[i] = given[i].clone();
        Map<String, double[]> columns = imageColumns(samples, images);
        own.ifPresent(table -> ownColumns(columns, table, positions));
        RuleValues values = new RuleValues(columns::get, n);
        labelColumns(columns, labels, given);
        Map<String, Integer> changedByTable = new HashMap<>();
        for (LabelRule rule : strategy.labels().once()) {
            switch (rule) {
                case LabelRule.Table table -> {
                    int changed = 0;
                    for (Tables.Label row : labelTables.get(rule)) {
                        Integer position = positions.get(row.id());
                        if (position == null || Arrays.equals(labels[position], row.label())) continue;
                        labels[position] = row.label().clone();
                        changed++;
                    }
                    changedByTable.put(rule.path(), changed);
                }
                case LabelRule.Smooth smooth -> smooth(smooth, values, labels);
                case LabelRule.Toward toward -> throw new IllegalStateException(rule.path() + " is never static");
            }
            labelColumns(columns, labels, given);
        }
        TrainingSet set = new TrainingSet(
                strategy,
                digest,
                images,
                samples.ids,
                samples.ids.stream().mapToLong(Randomness::key).toArray(),
                samples.baseIndex.stream().mapToInt(Integer::intValue).toArray(),
                given,
                labels,
                columns,
                rates,
                weightTables,
                changedByTable);
        checkStaticNumbers(set);
        return set;
    }

    private static void smooth(LabelRule.Smooth rule, RuleValues values, double[][] labels) {
        double[] amounts = values.numbers(rule.amount(), 0);
        boolean[] where = rule.where().map(values::holds).orElse(null);
        for (int i = 0; i < labels.length; i++) {
            // What is no amount is told below, with every other number.
            if (amounts[i] > 0 && (where == null || where[i])) smooth(labels[i], amounts[i]);
        }
    }

    /** Mixes with the even distribution; the amount is held to 0 to 1. */
    public static void smooth(double[] label, double amount) {
        double a = Math.clamp(amount, 0, 1);
        for (int c = 0; c < label.length; c++) label[c] = (1 - a) * label[c] + a / label.length;
    }

    private Map<String, double[]> imageColumns(StrategyReader.Samples samples, ImageSet images) {
        int n = samples.ids.size();
        Map<String, double[]> columns = new HashMap<>();
        for (String name : List.of("luma", "contrast", "sharpness", "noise", "added")) {
            columns.put(name, new double[n]);
        }
        columns.put("classes", new double[] {pack.classes().size()});
        ImageFacts fresh = ImageFacts.of(images.fresh(), images.input());
        for (int i = 0; i < n; i++) {
            ImageStatistics statistics = images.isFresh(i)
                    ? fresh.of(images.rows()[i] - images.baseCount())
                    : pack.facts().of(images.rows()[i]);
            columns.get("luma")[i] = statistics.luma();
            columns.get("contrast")[i] = statistics.contrast();
            columns.get("sharpness")[i] = statistics.sharpness();
            columns.get("noise")[i] = statistics.noise();
            columns.get("added")[i] = samples.baseIndex.get(i) < 0 ? 1 : 0;
        }
        Map<String, Name> names = pack.names();
        pack.base().metadata().forEach((name, texts) -> {
            Map<String, Integer> words = new HashMap<>();
            List<String> vocabulary = Objects.requireNonNull(names.get(name).vocabulary());
            for (int w = 0; w < vocabulary.size(); w++) words.put(vocabulary.get(w), w);
            double[] column = new double[n];
            for (int i = 0; i < n; i++) {
                int index = samples.baseIndex.get(i);
                column[i] = index < 0 ? -1 : words.get(texts.get(index));
            }
            columns.put(name, column);
        });
        return columns;
    }

    /** A sample without a row has no value. */
    private static void ownColumns(Map<String, double[]> columns, OwnColumns own, Map<String, Integer> positions) {
        List<String> ids = own.ids();
        own.values().forEach((name, values) -> {
            double[] column = new double[positions.size()];
            Arrays.fill(column, Double.NaN);
            for (int r = 0; r < values.length; r++) {
                Integer position = positions.get(ids.get(r));
                if (position != null) column[position] = values[r];
            }
            columns.put(OwnColumns.PREFIX + name, column);
        });
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
        for (int i = 0; i < n; i++) {
            classCount[i] = counts[(int) label[i]];
            classRank[i] = rank[(int) label[i]];
        }
        columns.put("label", label);
        columns.put("given_label", givenLabel);
        columns.put("class_count", classCount);
        columns.put("class_rank", classRank);
        columns.put("max_class_count", new double[] {largest});
    }

    /** What is not finite, negative or 0 for everybody is refused before it costs anything. */
    private void checkStaticNumbers(TrainingSet set) {
        for (LabelRule rule : strategy.labels().rules()) {
            switch (rule) {
                case LabelRule.Table table -> {}
                case LabelRule.Smooth smooth -> checkedWhereStatic(smooth.amount(), set, rule.path());
                case LabelRule.Toward toward -> checkedWhereStatic(toward.amount(), set, rule.path());
            }
        }
        strategy.samples().draw().ifPresent(draw -> {
            String path = "samples.draw";
            switch (draw) {
                case Draw.Table table -> checkNotAllZero(set.rates().orElseThrow(), path, "draw some");
                case Draw.Rate rate -> checkNotAllZero(rate.rate(), set, path, "draw some");
            }
        });
        List<WeightRule> rules = strategy.weights().rules();
        for (int r = 0; r < rules.size(); r++) {
            String path = rules.get(r).path();
            switch (rules.get(r)) {
                case WeightRule.Table table ->
                    checkNotAllZero(set.weightTables().get(r), path, "weigh some");
                case WeightRule.Value value -> checkNotAllZero(value.value(), set, path, "weigh some");
            }
        }
    }

    private void checkedWhereStatic(Expression amount, TrainingSet set, String path) {
        if (amount.isStatic()) checked(amount, set, path);
    }

    private void checkNotAllZero(Expression expression, TrainingSet set, String path, String instead) {
        if (!expression.isStatic() || !isAllZero(checked(expression, set, path))) return;
        problems.add(Problem.of(StrategyParser.FILE, path + " is 0 for every sample", instead));
    }

    private void checkNotAllZero(EpochTable table, String path, String instead) {
        for (int epoch : table.changes()) {
            if (!isAllZero(table.in(epoch))) continue;
            String when = epoch == 1 ? "" : " from epoch " + epoch + " on";
            problems.add(Problem.of(StrategyParser.FILE, path + " is 0 for every sample" + when, instead));
            return;
        }
    }

    private static boolean isAllZero(double[] values) {
        return Arrays.stream(values).allMatch(value -> value == 0);
    }

    private double[] checked(Expression expression, TrainingSet set, String path) {
        double[] values = set.values().numbers(expression, 1);
        for (int i = 0; i < values.length; i++) {
            if (Double.isFinite(values[i]) && values[i] >= 0) continue;
            problems.add(Problem.of(
                    StrategyParser.FILE,
                    path + ": '" + expression + "' is " + values[i] + " for sample '"
                            + set.ids().get(i) + "'",
                    "make it a finite number of 0 or more for every sample"));
            break;
        }
        return values;
    }
}
