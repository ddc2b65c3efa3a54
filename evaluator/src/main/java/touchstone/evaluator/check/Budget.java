package touchstone.evaluator.check;

import java.util.List;
import touchstone.evaluator.data.PixelIndex;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.strategy.Spend;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.evaluator.training.Forecast;
import touchstone.spec.task.TaskFile;

/** What a strategy spends, measured on its effect over the whole run and not on its files. */
final class Budget {

    /** Of an even share of the run's weight: a sample that gets less is as good as left out. */
    private static final double SHARE_MIN = 0.05;

    /** Of a label's weight: when so much has moved away from a class, the label is another one. */
    private static final double MOVED_MIN = 0.5;

    /** What a mean over a run may be off by. */
    private static final double ROUNDING = 1e-6;

    private final TaskPack pack;
    private final TrainingSet set;
    private final Forecast known;
    private final Forecast supposed;

    private Budget(TaskPack pack, TrainingSet set, Forecast known) {
        this.pack = pack;
        this.set = set;
        this.known = known;
        this.supposed = Forecast.supposed(pack, set, known);
    }

    static List<Spend> of(TaskPack pack, TrainingSet set, Forecast known) {
        Budget spent = new Budget(pack, set, known);
        TaskFile.Budget budget = pack.file().budget();
        return List.of(
                new Spend("add", "adds", set.addedCount(), budget.add()),
                new Spend("relabel", "relabels", spent.relabelled(), budget.relabel()),
                new Spend("drop", "drops", spent.dropped(), budget.drop()),
                new Spend("replace", "replaces", spent.replaced(), budget.replace()));
    }

    private int replaced() {
        int count = 0;
        for (int i = 0; i < set.size(); i++) if (set.isReplaced(i)) count++;
        return count;
    }

    /** Base samples that are left out, or that get next to nothing of the run's weight, as far as that is known or can be supposed before it. */
    private int dropped() {
        int trained = 0;
        for (int i = 0; i < set.size(); i++) if (!set.isAdded(i) && isTrained(i)) trained++;
        return pack.base().size() - trained;
    }

    private boolean isTrained(int sample) {
        double share = Math.min(known.shares()[sample], supposed.shares()[sample]);
        return share >= SHARE_MIN / pack.base().size();
    }

    /**
     * Base samples of which at least half of the label's weight has moved to other classes, and images of base samples that
     * came back as an added or another sample's image, pixel for pixel, under another label.
     */
    private int relabelled() {
        int count = 0;
        PixelIndex gone = gone();
        for (int i = 0; i < set.size(); i++) {
            int sample = i;
            boolean moved = !set.isAdded(i) && isMoved(i, pack.base().labels()[set.baseIndex()[i]]);
            boolean cameBack = set.images().isFresh(i)
                    && gone.equalTo(set.images().array(i), set.images().offset(i)).stream()
                            .anyMatch(index -> isMoved(sample, pack.base().labels()[index]));
            if (moved || cameBack) count++;
        }
        return count;
    }

    private boolean isMoved(int sample, int given) {
        double left = Math.min(known.labels()[sample][given], supposed.labels()[sample][given]);
        return 1 - left >= MOVED_MIN - ROUNDING;
    }

    /** The images of base samples that are not trained on as they were; empty where nothing is new. */
    private PixelIndex gone() {
        int pixels = pack.base().input().pixels();
        PixelIndex gone = new PixelIndex(pixels);
        if (set.images().fresh().length == 0) return gone;
        boolean[] kept = new boolean[pack.base().size()];
        for (int i = 0; i < set.size(); i++) {
            int row = set.images().rows()[i];
            if (row < kept.length && isTrained(i)) kept[row] = true;
        }
        for (int i = 0; i < kept.length; i++) if (!kept[i]) gone.add(pack.base().images(), i * pixels, i);
        return gone;
    }
}
