package touchstone.evaluator.training;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.strategy.Clock;
import touchstone.evaluator.strategy.RuleValues;
import touchstone.evaluator.strategy.StaticRules;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.expression.Expression;
import touchstone.spec.strategy.Strategy.Draw;
import touchstone.spec.strategy.Strategy.LabelRule;
import touchstone.spec.strategy.Strategy.Step;
import touchstone.spec.strategy.Strategy.Target;
import touchstone.spec.strategy.Strategy.WeightRule;

/**
 * What the strategy says for one epoch, read from the epochs before: rates, labels, weights and conditions. A rule that reads
 * a value that is not there leaves the sample alone.
 */
final class EpochRules {

    /** Far beyond what the cap leaves of it, and small enough that a million of them can be summed. */
    private static final double WEIGHT_MAX = 1e200;

    private final TrainingSet set;
    private final int epochs;
    private final Observations observations;
    private final RuleValues values;
    private final boolean movesLabels;
    /** Carried from epoch to epoch. */
    private final double[][] labels;
    /** What this epoch trains on: the carried labels, softened where a rule says so; the same array where none does. */
    private final double[][] effective;

    /** What is the same in every epoch, by the rule's place: reckoned once. */
    private final Map<String, double[]> fixedNumbers = new HashMap<>();

    private final Map<String, boolean[]> fixedConditions = new HashMap<>();
    private final Map<String, Long> applied = new LinkedHashMap<>();
    private final Map<String, Long> mended = new TreeMap<>();
    private int epoch;

    EpochRules(TrainingSet set, int epochs, Observations observations) {
        this(set, epochs, observations, true);
    }

    /** @param movesLabels whether {@code toward} is applied: toward a prediction that is only supposed it has no meaning */
    EpochRules(TrainingSet set, int epochs, Observations observations, boolean movesLabels) {
        this.movesLabels = movesLabels;
        this.set = set;
        this.epochs = epochs;
        this.observations = observations;
        this.values = new RuleValues(this::column, set.size());
        this.labels = new double[set.size()][];
        for (int i = 0; i < labels.length; i++) labels[i] = set.labels()[i].clone();
        boolean softens = set.strategy().labels().eachEpoch().stream().anyMatch(LabelRule.Smooth.class::isInstance);
        this.effective = softens ? new double[set.size()][] : labels;
        startFromCarried();
    }

    private void startFromCarried() {
        if (effective == labels) return;
        for (int i = 0; i < labels.length; i++) effective[i] = labels[i].clone();
    }

    /** Begins an epoch, counted from 1: its label rules are applied from top to bottom. */
    void begin(int newEpoch) {
        epoch = newEpoch;
        startFromCarried();
        for (LabelRule rule : set.strategy().labels().eachEpoch()) {
            switch (rule) {
                case LabelRule.Table table -> throw new IllegalStateException(rule.path() + " stands below a rule");
                case LabelRule.Smooth smooth -> smooth(smooth);
                case LabelRule.Toward toward -> {
                    if (movesLabels) toward(toward);
                }
            }
        }
    }

    /** [sample][class], as they are in this epoch. */
    double[][] labels() {
        return effective;
    }

    /** Softens this epoch's label alone: carried on, it would be softened again and again. */
    private void smooth(LabelRule.Smooth rule) {
        double[] amounts = numbers(rule.amount(), rule.path(), 0);
        boolean[] where = condition(rule.where(), rule.path());
        for (int i = 0; i < effective.length; i++) {
            if (where[i] && amounts[i] > 0) StaticRules.smooth(effective[i], amounts[i]);
        }
    }

    /** Moves the carried label and this epoch's alike. */
    private void toward(LabelRule.Toward rule) {
        double[] amounts = numbers(rule.amount(), rule.path(), 0);
        boolean[] where = condition(rule.where(), rule.path());
        for (int i = 0; i < labels.length; i++) {
            if (!where[i] || amounts[i] == 0 || !observations.isSeen(i)) continue;
            double[] target = target(rule.target(), i);
            if (target == null) continue;
            double amount = Math.min(1, amounts[i]);
            move(labels[i], target, amount);
            if (effective != labels) move(effective[i], target, amount);
        }
    }

    private static void move(double[] label, double[] target, double amount) {
        for (int c = 0; c < label.length; c++) label[c] = (1 - amount) * label[c] + amount * target[c];
    }

    /** A distribution; null where the prediction rules out every class that the label allows. */
    private double @Nullable [] target(Target kind, int sample) {
        double[] prediction = observations.prediction(sample);
        double[] target = new double[prediction.length];
        switch (kind) {
            case PREDICTION -> System.arraycopy(prediction, 0, target, 0, target.length);
            case PREDICTED -> target[TrainingSet.hard(prediction)] = 1;
            case POSTERIOR -> {
                double[] before = set.labels()[sample];
                double sum = 0;
                for (int c = 0; c < target.length; c++) sum += target[c] = before[c] * prediction[c];
                if (sum == 0) return null;
                for (int c = 0; c < target.length; c++) target[c] /= sum;
            }
        }
        return target;
    }

    /** How often each sample is drawn, relative. */
    double[] rates() {
        return set.strategy()
                .samples()
                .draw()
                .map(draw -> switch (draw) {
                    case Draw.Table table -> set.rates().orElseThrow().in(epoch);
                    case Draw.Rate rate -> numbers(rate.rate(), "samples.draw", 1);
                })
                .orElseGet(this::ones);
    }

    /** The product of all weight rules for each sample, before scaling. */
    double[] weights() {
        double[] product = ones();
        List<WeightRule> rules = set.strategy().weights().rules();
        for (int r = 0; r < rules.size(); r++) {
            double[] factors =
                    switch (rules.get(r)) {
                        case WeightRule.Table table -> set.weightTables().get(r).in(epoch);
                        case WeightRule.Value value -> numbers(value.value(), value.path(), 1);
                    };
            for (int i = 0; i < product.length; i++) product[i] *= factors[i];
        }
        // Many large factors together may leave what a double holds; the cap makes them equal anyway.
        for (int i = 0; i < product.length; i++) {
            if (Double.isNaN(product[i])) product[i] = 0;
            product[i] = Math.min(product[i], WEIGHT_MAX);
        }
        return product;
    }

    /** For each augmentation step, for which samples its condition holds. */
    boolean[][] conditions() {
        return set.strategy().samples().augment().stream()
                .map((Step step) -> condition(step.where(), step.path()))
                .toArray(boolean[][]::new);
    }

    /** Finite numbers of 0 or more: a sample left alone or a number that is not finite gets {@code neutral}, a negative one 0. */
    private double[] numbers(Expression expression, String path, double neutral) {
        if (expression.isStatic()) {
            // The check has refused what is no number.
            return fixedNumbers.computeIfAbsent(path, key -> values.numbers(expression, neutral));
        }
        double[] numbers = values.numbers(expression, neutral);
        for (int i = 0; i < numbers.length; i++) {
            if (!Double.isFinite(numbers[i])) {
                numbers[i] = neutral;
                mended.merge(path + " was not a finite number", 1L, Long::sum);
            } else if (numbers[i] < 0) {
                numbers[i] = 0;
                mended.merge(path + " was negative", 1L, Long::sum);
            }
        }
        return numbers;
    }

    private boolean[] condition(Optional<Expression> where, String path) {
        if (where.isEmpty()) {
            boolean[] all = new boolean[set.size()];
            Arrays.fill(all, true);
            return all;
        }
        boolean[] holds = where.get().isStatic()
                ? fixedConditions.computeIfAbsent(path, key -> values.holds(where.get()))
                : values.holds(where.get());
        long count = 0;
        for (boolean one : holds) if (one) count++;
        applied.merge(path, count, Long::sum);
        return holds;
    }

    private double[] column(String name) {
        double[] observed = observations.find(name);
        if (observed != null) return observed;
        double[] clock = new Clock(epoch, epochs).find(name);
        if (clock != null) return clock;
        double[] column = set.columns().get(name);
        if (column == null) throw new IllegalStateException("no column '" + name + "'");
        return column;
    }

    private double[] ones() {
        double[] ones = new double[set.size()];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** Sentences for the contestant about what the rules did. */
    List<String> notes() {
        Map<String, String> notes = new HashMap<>();
        applied.forEach((path, count) -> {
            if (count == 0) notes.put(path, path + ": its condition held for no sample in any epoch");
        });
        List<String> all = new java.util.ArrayList<>(new TreeMap<>(notes).values());
        mended.forEach((what, count) -> all.add(what + " " + count + " times and was made harmless"));
        return all;
    }
}
