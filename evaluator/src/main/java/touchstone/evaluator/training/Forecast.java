package touchstone.evaluator.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.augmentation.Place;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.strategy.Randomness;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.expression.Expression;
import touchstone.spec.strategy.Strategy.Draw.Rate;
import touchstone.spec.strategy.Strategy.LabelRule;
import touchstone.spec.strategy.Strategy.WeightRule;

/**
 * What the places and the weight of a run go to, as far as it is known before training: what reads an observation is left
 * out, as in the first epoch. Loads no numeric engine.
 */
public final class Forecast {

    private static final int RANGES_MAX = 8;
    /** Where a run changes more often, so many of its epochs are looked at. */
    private static final int LOOKS_MAX = 128;
    /** So many that one of them alone is less than what a sample must have to count as trained on. */
    private static final int SUPPOSED_LOOKS_MAX = 32;

    private static final double LEAST_PROBABILITY = 1e-7;
    /** Makes the label of a sample that never weighs anything the plain mean over the epochs. */
    private static final double NEXT_TO_NOTHING = 1e-9;

    private final TaskPack pack;
    private final TrainingSet set;
    private final int epochs;
    private final int places;
    private final Observations observations;
    private final EpochRules rules;
    /** What training might see; null where nothing is supposed. */
    private final @Nullable Observations pool;

    private final List<Range> ranges = new ArrayList<>();
    private final double[] shares;
    private final double[][] labels;

    /** Of the epoch looked at last: the next one may be like it. */
    private double[] rates = {};

    private double[] due = {};
    private double[] raw = {};
    private double[] weights = {};

    private Forecast(TaskPack pack, TrainingSet set, boolean supposes) {
        this.pack = pack;
        this.set = set;
        this.pool = supposes ? pool() : null;
        this.epochs = pack.file().recipe().epochs();
        this.places = pack.stepsPerEpoch() * pack.file().recipe().batch();
        this.observations = new Observations(set.size(), pack.classes().size());
        this.rules = new EpochRules(set, epochs, observations, !supposes);
        this.shares = new double[set.size()];
        boolean softens = set.strategy().labels().eachEpoch().stream().anyMatch(LabelRule.Smooth.class::isInstance);
        this.labels = softens ? new double[set.size()][pack.classes().size()] : set.labels();
        for (Look look : looks()) look(look);
        if (!softens) return;
        for (int i = 0; i < labels.length; i++) {
            double sum = Arrays.stream(labels[i]).sum();
            for (int c = 0; c < labels[i].length; c++) labels[i][c] /= sum;
        }
    }

    /**
     * Epochs {@code from} to {@code to}, counted from 1, or their mean where they differ. All shares are 0 to 1.
     *
     * @param places of each class, by the labels of the epoch
     * @param weight of each class
     */
    public record Range(int from, int to, double[] places, double[] weight, double addedPlaces, double addedWeight) {
        private boolean isLike(Range other) {
            return Arrays.equals(places, other.places)
                    && Arrays.equals(weight, other.weight)
                    && addedPlaces == other.addedPlaces
                    && addedWeight == other.addedWeight;
        }

        private Range in(Look look) {
            return new Range(look.from, look.to, places, weight, addedPlaces, addedWeight);
        }

        private int length() {
            return to - from + 1;
        }
    }

    public static Forecast of(TaskPack pack, TrainingSet set) {
        return new Forecast(pack, set, false);
    }

    /**
     * As if training saw at each sample, from the second epoch on, any of all that it can see: a rule that reads an observation
     * and hardly depends on it shows its effect. Labels are not moved toward what was only supposed. The same as {@code known}
     * where no rule reads an observation.
     */
    public static Forecast supposed(TaskPack pack, TrainingSet set, Forecast known) {
        Set<String> moves = set.strategy().labels().rules().stream()
                .filter(LabelRule.Toward.class::isInstance)
                .map(LabelRule::path)
                .collect(Collectors.toSet());
        return moves.containsAll(unknown(set)) ? known : new Forecast(pack, set, true);
    }

    /** For each sample, its share of the weight of the whole run; their sum is 1. */
    public double[] shares() {
        return shares;
    }

    /** [sample][class]: the mean of what the epochs train on, each counting as much as the sample weighs in it. */
    public double[][] labels() {
        return labels;
    }

    /** The rules whose effect on places, weight and labels is known only as training goes. */
    public static List<String> unknown(TrainingSet set) {
        List<String> unknown = new ArrayList<>();
        set.strategy().samples().draw().ifPresent(draw -> {
            if (draw instanceof Rate rate && rate.rate().readsObservations()) unknown.add("samples.draw");
        });
        for (LabelRule rule : set.strategy().labels().rules()) {
            boolean observes =
                    switch (rule) {
                        case LabelRule.Table table -> false;
                        case LabelRule.Smooth smooth -> observes(smooth.amount(), smooth.where());
                        case LabelRule.Toward toward -> true;
                    };
            if (observes) unknown.add(rule.path());
        }
        for (WeightRule rule : set.strategy().weights().rules()) {
            if (rule instanceof WeightRule.Value value && value.value().readsObservations()) unknown.add(rule.path());
        }
        return unknown;
    }

    private static boolean observes(Expression amount, Optional<Expression> where) {
        return amount.readsObservations()
                || where.map(Expression::readsObservations).orElse(false);
    }

    /** At most eight, which together are all epochs. */
    public List<Range> ranges() {
        List<Integer> firsts = thinned(IntStream.range(0, ranges.size()).boxed().toList(), RANGES_MAX);
        List<Range> joined = new ArrayList<>();
        for (int k = 0; k < firsts.size(); k++) {
            int after = k + 1 < firsts.size() ? firsts.get(k + 1) : ranges.size();
            joined.add(mean(ranges.subList(firsts.get(k), after)));
        }
        return joined;
    }

    private static List<Integer> thinned(List<Integer> all, int most) {
        if (all.size() <= most) return all;
        return IntStream.range(0, most)
                .mapToObj(k -> all.get((int) ((long) k * all.size() / most)))
                .toList();
    }

    /** One epoch, which stands for {@code from} to {@code to}. */
    private record Look(int from, int to, int epoch) {
        private int length() {
            return to - from + 1;
        }
    }

    /**
     * One for each stretch of epochs that are alike. Of too many changes, evenly many epochs are looked at, each drawn from its
     * part of the run by the strategy's digest: where they lie cannot be chosen.
     */
    private List<Look> looks() {
        List<Integer> begins = List.copyOf(changes());
        int most = pool != null ? SUPPOSED_LOOKS_MAX : LOOKS_MAX;
        boolean draws = begins.size() > most;
        if (draws) {
            begins = IntStream.range(0, most)
                    .mapToObj(k -> 1 + k * epochs / most)
                    .toList();
        }
        List<Look> looks = new ArrayList<>();
        for (int k = 0; k < begins.size(); k++) {
            int from = begins.get(k);
            int to = k + 1 < begins.size() ? begins.get(k + 1) - 1 : epochs;
            double at = draws ? Randomness.uniform(Randomness.hash(Randomness.key(set.digest()), k)) : 0;
            looks.add(new Look(from, to, from + (int) (at * (to - from + 1))));
        }
        return looks;
    }

    /** The first epoch, and each from which something may be another. */
    private SortedSet<Integer> changes() {
        SortedSet<Integer> changes = new TreeSet<>(List.of(1));
        if (pool != null || readsClock()) {
            for (int epoch = 2; epoch <= epochs; epoch++) changes.add(epoch);
            return changes;
        }
        set.rates().ifPresent(table -> changes.addAll(table.changes()));
        set.weightTables().values().forEach(table -> changes.addAll(table.changes()));
        return changes.headSet(epochs + 1);
    }

    private boolean readsClock() {
        List<Expression> expressions = new ArrayList<>();
        set.strategy().samples().draw().ifPresent(draw -> {
            if (draw instanceof Rate rate) expressions.add(rate.rate());
        });
        for (WeightRule rule : set.strategy().weights().rules()) {
            if (rule instanceof WeightRule.Value value) expressions.add(value.value());
        }
        for (LabelRule rule : set.strategy().labels().eachEpoch()) {
            if (!(rule instanceof LabelRule.Smooth smooth)) continue;
            expressions.add(smooth.amount());
            smooth.where().ifPresent(expressions::add);
        }
        return expressions.stream().anyMatch(expression -> !expression.isStatic() && !expression.readsObservations());
    }

    private void look(Look look) {
        boolean divided = divide(look.epoch);
        double part = look.length() / (double) epochs / places;
        for (int i = 0; i < shares.length; i++) shares[i] += part * due[i] * weights[i];
        boolean softens = labels != set.labels();
        if (softens) addLabels(look.length());
        Range range = divided || softens
                ? range(look.from, look.to)
                : ranges.getLast().in(look);
        if (!ranges.isEmpty() && ranges.getLast().isLike(range)) range = mean(List.of(ranges.removeLast(), range));
        ranges.add(range);
    }

    /** False where all get what they got in the epoch looked at last. */
    private boolean divide(int epoch) {
        if (pool != null && epoch > 1) {
            long turn = Randomness.hash(Randomness.key(set.digest()), epoch);
            observations.take(pool, (int) Math.floorMod(turn, (long) set.size()));
        }
        rules.begin(epoch);
        double[] newRates = rules.rates();
        double[] newRaw = rules.weights();
        boolean sameRates = Arrays.equals(newRates, rates);
        if (sameRates && Arrays.equals(newRaw, raw)) return false;
        if (!sameRates) due = Draw.due(set, newRates, places);
        rates = newRates;
        raw = newRaw;
        weights = weights();
        return true;
    }

    /**
     * Two epochs of what training might see: in half of the cases the label is the likeliest class, else any; its probability
     * is any. Drawn once, and then taken by another sample in each epoch.
     */
    private Observations pool() {
        int classes = pack.classes().size();
        Observations pool = new Observations(set.size(), classes);
        long seed = Randomness.key(set.digest());
        List<Place> everyone = new ArrayList<>(set.size());
        for (int i = 0; i < set.size(); i++) everyone.add(new Place(i, set.keys()[i], 0));
        for (int epoch = 1; epoch <= 2; epoch++) {
            float[] logProbabilities = new float[set.size() * classes];
            for (int i = 0; i < set.size(); i++) {
                long hash = Randomness.hash(seed, epoch, set.keys()[i]);
                double most = Randomness.uniform(hash);
                double which = 2 * Randomness.uniform(Randomness.hash(hash, 1));
                int likeliest = which < 1 ? TrainingSet.hard(set.labels()[i]) : (int) ((which - 1) * classes);
                float rest = (float) StrictMath.log(Math.max((1 - most) / (classes - 1), LEAST_PROBABILITY));
                Arrays.fill(logProbabilities, i * classes, (i + 1) * classes, rest);
                logProbabilities[i * classes + likeliest] = (float) StrictMath.log(Math.max(most, LEAST_PROBABILITY));
            }
            pool.add(everyone, logProbabilities, new boolean[set.size()], set.labels(), set.given());
        }
        pool.rank(set.labels());
        return pool;
    }

    private void addLabels(int length) {
        for (int i = 0; i < labels.length; i++) {
            double counts = length * (due[i] * weights[i] + NEXT_TO_NOTHING);
            double[] label = rules.labels()[i];
            for (int c = 0; c < label.length; c++) labels[i][c] += counts * label[c];
        }
    }

    private Range range(int from, int to) {
        double[] byClass = new double[pack.classes().size()];
        double[] weightByClass = new double[byClass.length];
        double addedPlaces = 0;
        double addedWeight = 0;
        for (int i = 0; i < due.length; i++) {
            double share = due[i] / places;
            double[] label = rules.labels()[i];
            for (int c = 0; c < label.length; c++) {
                byClass[c] += share * label[c];
                weightByClass[c] += share * weights[i] * label[c];
            }
            if (!set.isAdded(i)) continue;
            addedPlaces += share;
            addedWeight += share * weights[i];
        }
        return new Range(from, to, byClass, weightByClass, addedPlaces, addedWeight);
    }

    /** As {@link PlaceWeights#of} gives them to places, where each sample has as many as are due. */
    private double[] weights() {
        boolean[] added = new boolean[raw.length];
        for (int i = 0; i < raw.length; i++) added[i] = set.isAdded(i);
        return Share.fill(raw, due, added, places, PlaceWeights.cap(pack), PlaceWeights.ADDED_SHARE_MAX);
    }

    private static Range mean(List<Range> ranges) {
        Range first = ranges.getFirst();
        if (ranges.size() == 1) return first;
        int to = ranges.getLast().to;
        if (ranges.stream().allMatch(first::isLike)) {
            return new Range(first.from, to, first.places, first.weight, first.addedPlaces, first.addedWeight);
        }
        double[] places = new double[first.places.length];
        double[] weight = new double[places.length];
        double addedPlaces = 0;
        double addedWeight = 0;
        for (Range range : ranges) {
            double share = range.length() / (double) (to - first.from + 1);
            for (int c = 0; c < places.length; c++) {
                places[c] += share * range.places[c];
                weight[c] += share * range.weight[c];
            }
            addedPlaces += share * range.addedPlaces;
            addedWeight += share * range.addedWeight;
        }
        return new Range(first.from, to, places, weight, addedPlaces, addedWeight);
    }
}
