package touchstone.evaluator.strategy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import touchstone.spec.strategy.Tables;

/** A table of weights or rates by sample, each from its epoch on; its ids are looked up once. */
public final class EpochTable {

    private final int samples;
    /** Of the rows, by epoch. */
    private final int[] positions;

    private final int[] fromEpochs;
    private final double[] values;

    /** @param positions of the samples by id; rows of other ids say nothing */
    public EpochTable(List<Tables.EpochValue> rows, Map<String, Integer> positions, int samples) {
        this.samples = samples;
        List<Tables.EpochValue> held = rows.stream()
                .filter(row -> positions.containsKey(row.id()))
                .sorted(Comparator.comparingInt(Tables.EpochValue::fromEpoch))
                .toList();
        this.positions = held.stream().mapToInt(row -> positions.get(row.id())).toArray();
        this.fromEpochs = held.stream().mapToInt(Tables.EpochValue::fromEpoch).toArray();
        this.values = held.stream().mapToDouble(Tables.EpochValue::value).toArray();
    }

    /** One value a sample; 1 where no row holds yet. */
    public double[] in(int epoch) {
        double[] latest = new double[samples];
        Arrays.fill(latest, 1);
        for (int r = 0; r < positions.length && fromEpochs[r] <= epoch; r++) latest[positions[r]] = values[r];
        return latest;
    }

    /** The epochs from which some row holds, and the first. */
    public SortedSet<Integer> changes() {
        SortedSet<Integer> changes = new TreeSet<>(List.of(1));
        for (int epoch : fromEpochs) changes.add(epoch);
        return changes;
    }

    /** How many samples have a row. */
    public int samplesNamed() {
        return (int) Arrays.stream(positions).distinct().count();
    }
}
