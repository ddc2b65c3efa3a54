package touchstone.evaluator.strategy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import touchstone.evaluator.data.ImageSet;
import touchstone.spec.strategy.Strategy;

/**
 * What is trained on: the base set less what was dropped plus what was added, with the labels that files and static rules
 * make.
 *
 * @param digest of the strategy: its files' names and contents
 * @param images one a sample
 * @param keys of the samples' draws
 * @param baseIndex position in the base set, or -1 for an added sample
 * @param given [sample][class]: as published, or as first added
 * @param labels [sample][class]: after files and static rules; on the simplex
 * @param columns the values of all names that are known before training
 * @param rates of {@code samples.draw} where it is a table
 * @param weightTables by the rule's position among the weight rules
 * @param changedByTable by the path of a table of labels, how many samples' labels it changed
 */
public record TrainingSet(
        Strategy strategy,
        String digest,
        ImageSet images,
        List<String> ids,
        long[] keys,
        int[] baseIndex,
        double[][] given,
        double[][] labels,
        Map<String, double[]> columns,
        Optional<EpochTable> rates,
        Map<Integer, EpochTable> weightTables,
        Map<String, Integer> changedByTable) {

    public TrainingSet {
        ids = List.copyOf(ids);
        columns = Map.copyOf(columns);
        weightTables = Map.copyOf(weightTables);
        changedByTable = Map.copyOf(changedByTable);
    }

    public int size() {
        return baseIndex.length;
    }

    public boolean isAdded(int sample) {
        return baseIndex[sample] < 0;
    }

    /** A base sample that got another image. */
    public boolean isReplaced(int sample) {
        return !isAdded(sample) && images.isFresh(sample);
    }

    public int addedCount() {
        int count = 0;
        for (int index : baseIndex) if (index < 0) count++;
        return count;
    }

    /** What expressions that are known before training say. */
    public RuleValues values() {
        return new RuleValues(columns::get, size());
    }

    /** What expressions that read no observation say in one epoch. */
    public RuleValues values(Clock clock) {
        return new RuleValues(
                name -> {
                    double[] time = clock.find(name);
                    return time == null ? columns.get(name) : time;
                },
                size());
    }

    /** The class of most weight; the lowest on a tie. */
    public static int hard(double[] label) {
        int best = 0;
        for (int c = 1; c < label.length; c++) if (label[c] > label[best]) best = c;
        return best;
    }
}
