package touchstone.evaluator.scoring;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import touchstone.evaluator.data.Part;
import touchstone.spec.job.JobResult.Slice;

/** Accuracy by what the metadata says of the samples. */
final class Slices {

    private static final int COLUMNS_MAX = 20;
    /** A column of more values is no division into groups. */
    private static final int VALUES_MAX = 50;

    private Slices() {}

    /** Sorted by column and value. @param chosen the samples that count */
    static List<Slice> of(Part part, Prediction.Result result, boolean[] chosen) {
        List<Slice> slices = new ArrayList<>();
        new TreeMap<>(part.metadata())
                .entrySet().stream()
                        .filter(column -> new HashSet<>(column.getValue()).size() <= VALUES_MAX)
                        .limit(COLUMNS_MAX)
                        .forEach(column -> slices.addAll(of(column.getKey(), column.getValue(), result, chosen)));
        return slices;
    }

    private static List<Slice> of(String column, List<String> values, Prediction.Result result, boolean[] chosen) {
        Map<String, int[]> counts = new TreeMap<>();
        for (int i = 0; i < chosen.length; i++) {
            if (!chosen[i]) continue;
            int[] count = counts.computeIfAbsent(values.get(i), value -> new int[2]);
            count[0] += result.right(i) ? 1 : 0;
            count[1]++;
        }
        List<Slice> slices = new ArrayList<>();
        counts.forEach((value, count) -> slices.add(new Slice(column, value, count[1], count[0] / (double) count[1])));
        return slices;
    }
}
