package touchstone.evaluator.training;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.expression.Expression;
import touchstone.spec.strategy.Strategy.LabelRule;
import touchstone.spec.strategy.Strategy.Step;
import touchstone.spec.strategy.Strategy.WeightRule;
import touchstone.spec.strategy.Tables;

/**
 * What the strategy says for one epoch, read from the epochs before: rates, labels, weights and conditions. A rule that reads
 * an observation leaves alone each sample that was not yet seen.
 */
final class EpochRules {

    /** Far beyond what the cap leaves of it, and small enough that a million of them can be summed. */
    private static final double WEIGHT_MAX = 1e200;

    private final TrainingSet set;
    private final int epochs;
    private final Observations observations;
    private final double[][] labels;
    private final Map<String, Long> applied = new LinkedHashMap<>();
    private final Map<String, Long> mended = new TreeMap<>();
    private int epoch;

    EpochRules(TrainingSet set, int epochs, Observations observations) {
        this.set = set;
        this.epochs = epochs;
        this.observations = observations;
        this.labels = new double[set.size()][];
        for (int i = 0; i < labels.length; i++) labels[i] = set.labels()[i].clone();
    }

    /** Begins an epoch, counted from 1: dynamic label rules move the labels from where they stood. */
    void begin(int newEpoch) {
        epoch = newEpoch;
        for (LabelRule rule : set.strategy().labels().rules()) {
            switch (rule) {
                case LabelRule.Table table -> {}
                case LabelRule.Smooth smooth -> {
                    if (isDynamic(smooth.amount(), smooth.where())) smooth(smooth);
                }
                case LabelRule.TowardPrediction toward -> toward(toward);
            }
        }
    }

    private static boolean isDynamic(Expression amount, Optional<Expression> where) {
        return !amount.isStatic() || !where.map(Expression::isStatic).orElse(true);
    }

    /** [sample][class], as they are in this epoch. */
    double[][] labels() {
        return labels;
    }

    /** A dynamic smoothing is taken from the static label each epoch: smoothing again what was smoothed has no meaning. */
    private void smooth(LabelRule.Smooth rule) {
        double[] amounts = numbers(rule.amount(), rule.path(), 0);
        boolean[] where = condition(rule.where(), rule.path());
        for (int i = 0; i < labels.length; i++) {
            if (!where[i] || amounts[i] == 0) continue;
            double a = Math.min(1, amounts[i]);
            for (int c = 0; c < labels[i].length; c++) {
                labels[i][c] = (1 - a) * set.labels()[i][c] + a / labels[i].length;
            }
        }
    }

    private void toward(LabelRule.TowardPrediction rule) {
        double[] amounts = numbers(rule.amount(), rule.path(), 0);
        boolean[] where = condition(rule.where(), rule.path());
        for (int i = 0; i < labels.length; i++) {
            if (!where[i] || !observations.isSeen(i)) continue;
            double a = Math.min(1, amounts[i]);
            double[] prediction = observations.prediction(i);
            for (int c = 0; c < labels[i].length; c++) labels[i][c] = (1 - a) * labels[i][c] + a * prediction[c];
        }
    }

    /** How often each sample is drawn, relative. */
    double[] rates() {
        return set.strategy()
                .samples()
                .draw()
                .map(draw -> numbers(draw, "samples.draw", 1))
                .orElseGet(() -> filled(1));
    }

    /** The product of all weight rules for each sample, before scaling. */
    double[] weights() {
        double[] product = filled(1);
        List<WeightRule> rules = set.strategy().weights().rules();
        for (int r = 0; r < rules.size(); r++) {
            switch (rules.get(r)) {
                case WeightRule.Table table -> {
                    Map<String, Double> rows = Tables.inEpoch(set.weightTables().get(r), epoch);
                    for (int i = 0; i < product.length; i++) {
                        product[i] *= rows.getOrDefault(set.ids().get(i), 1.0);
                    }
                }
                case WeightRule.Value value -> {
                    double[] values = numbers(value.value(), value.path(), 1);
                    for (int i = 0; i < product.length; i++) product[i] *= values[i];
                }
            }
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

    /** Finite numbers of 0 or more: an unseen sample or a number that is not finite gets {@code neutral}, a negative one 0. */
    private double[] numbers(Expression expression, String path, double neutral) {
        double[] values = expression.evaluate(this::column, set.size()).clone();
        boolean observes = expression.readsObservations();
        for (int i = 0; i < values.length; i++) {
            if (observes && !observations.isSeen(i)) {
                values[i] = neutral;
            } else if (!Double.isFinite(values[i])) {
                values[i] = neutral;
                mended.merge(path + " was not a finite number", 1L, Long::sum);
            } else if (values[i] < 0) {
                values[i] = 0;
                mended.merge(path + " was negative", 1L, Long::sum);
            }
        }
        return values;
    }

    private boolean[] condition(Optional<Expression> where, String path) {
        boolean[] holds = new boolean[set.size()];
        Arrays.fill(holds, true);
        if (where.isEmpty()) return holds;
        double[] values = where.get().evaluate(this::column, set.size());
        boolean observes = where.get().readsObservations();
        long count = 0;
        for (int i = 0; i < holds.length; i++) {
            holds[i] = values[i] != 0 && (!observes || observations.isSeen(i));
            if (holds[i]) count++;
        }
        applied.merge(path, count, Long::sum);
        return holds;
    }

    private double[] column(String name) {
        double[] observed = observations.find(name);
        if (observed != null) return observed;
        return switch (name) {
            case "epoch" -> filled(epoch);
            case "epochs" -> filled(epochs);
            case "progress" -> filled(epochs == 1 ? 0 : (epoch - 1) / (double) (epochs - 1));
            default -> {
                double[] column = set.columns().get(name);
                if (column == null) throw new IllegalStateException("no column '" + name + "'");
                yield column;
            }
        };
    }

    private double[] filled(double value) {
        double[] column = new double[set.size()];
        Arrays.fill(column, value);
        return column;
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
