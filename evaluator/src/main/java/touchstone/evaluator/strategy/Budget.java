package touchstone.evaluator.strategy;

import java.util.List;
import org.jspecify.annotations.Nullable;
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
        int added = set.addedCount();
        return List.of(
                new Spend("add", "adds", added, budget.add()),
                new Spend("relabel", "relabels", relabelled(pack, set), budget.relabel()),
                new Spend("drop", "drops", pack.base().size() - (set.size() - added), budget.drop()));
    }

    /** Base samples of which at least half of the label's weight has moved to other classes. */
    private static int relabelled(TaskPack pack, TrainingSet set) {
        int count = 0;
        for (int i = 0; i < set.size(); i++) {
            if (set.isAdded(i)) continue;
            int given = pack.base().labels()[set.baseIndex()[i]];
            if (1 - set.labels()[i][given] >= 0.5) count++;
        }
        return count;
    }
}
