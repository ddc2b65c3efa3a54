package touchstone.evaluator.strategy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.data.Digests;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.task.TaskFile;

/** What a strategy spends, measured on its effect and not on its files. */
public final class Budget {
    private Budget() {}

    /** @param verb for a sentence: the strategy {verb} n samples; @param limit null = none */
    public record Spend(
            String name, String verb, int used, @Nullable Integer limit) {}

    public static List<Spend> of(TaskPack pack, TrainingSet set) {
        TaskFile.Budget budget = pack.file().budget();
        return List.of(
                new Spend("add", "adds", set.addedCount(), budget.add()),
                new Spend("relabel", "relabels", relabelled(pack, set), budget.relabel()),
                new Spend("drop", "drops", dropped(pack, set), budget.drop()));
    }

    /** Base samples that are left out, or whose rate or weight is 0 in every epoch as far as that is known before training. */
    private static int dropped(TaskPack pack, TrainingSet set) {
        boolean[] counts = StaticEffect.of(set, pack.file().recipe().epochs());
        int trained = 0;
        for (int i = 0; i < set.size(); i++) if (!set.isAdded(i) && counts[i]) trained++;
        return pack.base().size() - trained;
    }

    /**
     * Base samples of which at least half of the label's weight has moved to other classes, and base samples that were left
     * out and came back as an added one, pixel for pixel, with another label.
     */
    private static int relabelled(TaskPack pack, TrainingSet set) {
        int count = 0;
        Map<String, Integer> leftOut = leftOut(pack, set);
        int pixels = pack.base().input().pixels();
        for (int i = 0; i < set.size(); i++) {
            @Nullable
            Integer given = set.isAdded(i)
                    ? leftOut.get(Digests.of(Arrays.copyOfRange(set.images(), i * pixels, (i + 1) * pixels)))
                    : Integer.valueOf(pack.base().labels()[set.baseIndex()[i]]);
            if (given != null && 1 - set.labels()[i][given] >= 0.5) count++;
        }
        return count;
    }

    /** The class of each base sample that is not trained on, by the digest of its pixels; empty where nothing was added. */
    private static Map<String, Integer> leftOut(TaskPack pack, TrainingSet set) {
        Map<String, Integer> leftOut = new HashMap<>();
        if (set.addedCount() == 0) return leftOut;
        boolean[] kept = new boolean[pack.base().size()];
        for (int index : set.baseIndex()) if (index >= 0) kept[index] = true;
        int pixels = pack.base().input().pixels();
        for (int i = 0; i < kept.length; i++) {
            if (kept[i]) continue;
            String digest = Digests.of(Arrays.copyOfRange(pack.base().images(), i * pixels, (i + 1) * pixels));
            leftOut.put(digest, pack.base().labels()[i]);
        }
        return leftOut;
    }
}
