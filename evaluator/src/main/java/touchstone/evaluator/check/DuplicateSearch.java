package touchstone.evaluator.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import touchstone.evaluator.data.DifferenceHash;
import touchstone.evaluator.data.ImageSet;
import touchstone.evaluator.data.PixelIndex;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.job.CheckReport.Duplicates;
import touchstone.spec.job.CheckReport.Pair;

/** Finds new images (added, or in place of others) that equal or nearly equal each other or an image of the base set. */
final class DuplicateSearch {

    private static final int EXAMPLES_MAX = 5;
    /** Each is compared with the whole base set. */
    private static final int NEAR_SEARCHED_MAX = 20_000;

    private final TaskPack pack;
    private final TrainingSet set;
    private final ImageSet images;
    private final List<Integer> fresh = new ArrayList<>();
    private final List<Pair> exact = new ArrayList<>();
    private final List<Pair> near = new ArrayList<>();
    private final Set<Integer> exactAmongNew = new HashSet<>();
    private final Set<Integer> exactWithBase = new HashSet<>();
    private int nearAmongNew;
    private int nearWithBase;

    DuplicateSearch(TaskPack pack, TrainingSet set) {
        this.pack = pack;
        this.set = set;
        this.images = set.images();
        for (int i = 0; i < set.size(); i++) if (images.isFresh(i)) fresh.add(i);
    }

    Duplicates find() {
        if (fresh.isEmpty()) return new Duplicates(0, 0, 0, 0, List.of());
        findExact();
        findNear();
        List<Pair> examples = new ArrayList<>(exact);
        examples.addAll(near);
        return new Duplicates(
                exactAmongNew.size(),
                exactWithBase.size(),
                nearAmongNew,
                nearWithBase,
                examples.subList(0, Math.min(EXAMPLES_MAX, examples.size())));
    }

    private void findExact() {
        PixelIndex index = new PixelIndex(pack.base().input().pixels());
        for (int sample : fresh) {
            List<Integer> same = index.equalTo(images.array(sample), images.offset(sample));
            if (same.isEmpty()) index.add(images.array(sample), images.offset(sample), sample);
            else if (exactAmongNew.add(sample)) exact.add(pair(sample, set.ids().get(same.getFirst()), true));
        }
        int pixels = pack.base().input().pixels();
        PixelIndex all = new PixelIndex(pixels);
        for (int sample : fresh) all.add(images.array(sample), images.offset(sample), sample);
        for (int i = 0; i < pack.base().size(); i++) {
            for (int sample : all.equalTo(pack.base().images(), i * pixels)) {
                if (exactWithBase.add(sample))
                    exact.add(pair(sample, pack.base().ids().get(i), true));
            }
        }
    }

    /** Exact ones apart; one near image is enough. */
    private void findNear() {
        long[] base = pack.facts().hashes();
        int searched = Math.min(NEAR_SEARCHED_MAX, fresh.size());
        long[] hashes = new long[searched];
        for (int k = 0; k < searched; k++) {
            int sample = fresh.get(k);
            hashes[k] = DifferenceHash.of(images.array(sample), images.offset(sample), images.input());
        }
        for (int k = 0; k < searched; k++) {
            int sample = fresh.get(k);
            if (!exactAmongNew.contains(sample)) {
                int other = firstNear(hashes[k], hashes, k, -1);
                if (other >= 0) {
                    nearAmongNew++;
                    near.add(pair(sample, set.ids().get(fresh.get(other)), false));
                }
            }
            if (!exactWithBase.contains(sample)) {
                int other = firstNear(hashes[k], base, base.length, set.baseIndex()[sample]);
                if (other >= 0) {
                    nearWithBase++;
                    near.add(pair(sample, pack.base().ids().get(other), false));
                }
            }
        }
    }

    /** @param self is passed over: a mended image is near the one that it mends */
    private static int firstNear(long hash, long[] hashes, int end, int self) {
        for (int i = 0; i < end; i++) if (DifferenceHash.isNear(hash, hashes[i]) && i != self) return i;
        return -1;
    }

    private Pair pair(int sample, String other, boolean isExact) {
        return new Pair(set.ids().get(sample), other, isExact);
    }
}
