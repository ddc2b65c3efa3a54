package touchstone.evaluator.strategy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.data.PixelIndex;
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
                new Spend("drop", "drops", dropped(pack, set), budget.drop()),
                new Spend("replace", "replaces", replaced(set), budget.replace()));
    }

    private static int replaced(TrainingSet set) {
        int count = 0;
        for (int i = 0; i < set.size(); i++) if (set.isReplaced(i)) count++;
        return count;
    }

    /** Base samples that are left out, or whose rate or weight is 0 in every epoch as far as that is known before training. */
    private static int dropped(TaskPack pack, TrainingSet set) {
        boolean[] counts = StaticEffect.of(set, pack.file().recipe().epochs());
        int trained = 0;
        for (int i = 0; i < set.size(); i++) if (!set.isAdded(i) && counts[i]) trained++;
        return pack.base().size() - trained;
    }

    /**
     * Base samples of which at least half of the label's weight has moved to other classes, and images of base samples that
     * came back as an added or another sample's image, pixel for pixel, under another label.
     */
    private static int relabelled(TaskPack pack, TrainingSet set) {
        int count = 0;
        PixelIndex gone = gone(pack, set);
        for (int i = 0; i < set.size(); i++) {
            int sample = i;
            boolean moved = !set.isAdded(i) && isMoved(set, i, pack.base().labels()[set.baseIndex()[i]]);
            boolean cameBack = set.images().isFresh(i)
                    && gone.equalTo(set.images().array(i), set.images().offset(i)).stream()
                            .anyMatch(index -> isMoved(set, sample, pack.base().labels()[index]));
            if (moved || cameBack) count++;
        }
        return count;
    }

    private static boolean isMoved(TrainingSet set, int sample, int given) {
        return 1 - set.labels()[sample][given] >= 0.5;
    }

    /** The images of base samples that are not trained on as they were; empty where nothing is new. */
    private static PixelIndex gone(TaskPack pack, TrainingSet set) {
        int pixels = pack.base().input().pixels();
        PixelIndex gone = new PixelIndex(pixels);
        if (set.images().fresh().length == 0) return gone;
        boolean[] kept = new boolean[pack.base().size()];
        for (int row : set.images().rows()) if (row < kept.length) kept[row] = true;
        for (int i = 0; i < kept.length; i++) if (!kept[i]) gone.add(pack.base().images(), i * pixels, i);
        return gone;
    }
}
