package touchstone.evaluator.scoring;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.model.Network;
import touchstone.evaluator.model.Weights;
import touchstone.spec.job.JobResult;

/** Scores final weights: on the hidden test by fold, and on the public validation set in detail. */
public final class Scoring {
    private Scoring() {}

    /**
     * @param all metrics on the whole hidden test, or on validation where there is none
     * @param metrics by fold, then by name
     * @param correct by fold: a bit for each sample in order of its id, lowest first, Base64
     * @param slices by fold
     */
    public record Score(
            Map<String, Double> all,
            Map<String, Map<String, Double>> metrics,
            Map<String, Integer> samples,
            Map<String, String> correct,
            Map<String, List<JobResult.Slice>> slices) {}

    public static Score of(TaskPack pack, Weights weights, NumericEngine engine) {
        try (NDManager manager = engine.newManager()) {
            Prediction prediction = new Prediction(pack, new Network(pack.layers(), weights, manager, false), manager);
            if (pack.hidden().isEmpty()) {
                Prediction.Result result = prediction.of(pack.validation());
                Grouping grouping = Grouping.of(pack, pack.validation());
                return new Score(new Metrics(result, grouping).all(), Map.of(), Map.of(), Map.of(), Map.of());
            }
            TaskPack.Hidden hidden = pack.hidden().get();
            Prediction.Result result = prediction.of(hidden.part());
            Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
            Map<String, Integer> samples = new LinkedHashMap<>();
            Map<String, String> correct = new LinkedHashMap<>();
            Map<String, List<JobResult.Slice>> slices = new LinkedHashMap<>();
            Grouping grouping = Grouping.of(pack, hidden.part());
            for (String fold : List.of("public", "private")) {
                boolean[] members = hidden.publicFold().clone();
                for (int i = 0; i < members.length; i++) members[i] = members[i] == fold.equals("public");
                metrics.put(fold, new Metrics(result.where(members), grouping.where(members)).all());
                int[] byId = byId(hidden.part().ids(), members);
                samples.put(fold, byId.length);
                correct.put(fold, bits(result, byId));
                slices.put(fold, Slices.of(hidden.part(), result, members));
            }
            return new Score(new Metrics(result, grouping).all(), metrics, samples, correct, slices);
        }
    }

    private static int[] byId(List<String> ids, boolean[] members) {
        return IntStream.range(0, members.length)
                .filter(i -> members[i])
                .boxed()
                .sorted(java.util.Comparator.comparing(ids::get))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static String bits(Prediction.Result result, int[] order) {
        BitSet bits = new BitSet(order.length);
        for (int k = 0; k < order.length; k++) {
            if (result.right(order[k])) bits.set(k);
        }
        byte[] bytes = java.util.Arrays.copyOf(bits.toByteArray(), Math.ceilDiv(order.length, 8));
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** In all the detail one likes: the validation set is public. */
    public static JobResult.Validation validation(TaskPack pack, Weights weights, NumericEngine engine) {
        int classes = pack.classes().size();
        try (NDManager manager = engine.newManager()) {
            Network network = new Network(pack.layers(), weights, manager, false);
            Prediction.Result result = new Prediction(pack, network, manager).of(pack.validation());
            Metrics metrics = new Metrics(result, Grouping.of(pack, pack.validation()));
            List<JobResult.ClassScore> scores = new ArrayList<>();
            for (int c = 0; c < classes; c++) {
                scores.add(new JobResult.ClassScore(pack.classes().get(c), metrics.size(c), metrics.recall(c)));
            }
            boolean[] all = new boolean[result.labels().length];
            Arrays.fill(all, true);
            return new JobResult.Validation(
                    metrics.all(), scores, metrics.confusion(), Slices.of(pack.validation(), result, all));
        }
    }
}
