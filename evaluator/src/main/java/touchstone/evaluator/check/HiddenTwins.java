package touchstone.evaluator.check;

import java.util.ArrayList;
import java.util.List;
import touchstone.evaluator.data.DifferenceHash;
import touchstone.evaluator.data.Part;
import touchstone.evaluator.data.PixelIndex;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.task.Publication.Duplicates;
import touchstone.spec.task.Publication.Twins;

/** Finds what of a task's hidden test stands in its public parts too: such samples measure memory, not learning. */
public final class HiddenTwins {
    private static final int IDS_MAX = 100;

    /** Comparisons of hashes, about a second each billion. */
    private static final long COMPARED_MAX = 10_000_000_000L;

    private final Part hidden;
    private final long[] hashes;
    private final int nearSearched;

    private HiddenTwins(Part hidden, int largestPart) {
        this.hidden = hidden;
        this.nearSearched = (int) Math.min(hidden.size(), COMPARED_MAX / Math.max(1, largestPart));
        this.hashes = new long[nearSearched];
        int pixels = hidden.input().pixels();
        for (int i = 0; i < nearSearched; i++)
            hashes[i] = DifferenceHash.of(hidden.images(), i * pixels, hidden.input());
    }

    /** Of a task that has a hidden test. */
    public static Duplicates find(TaskPack pack) {
        Part hidden = pack.hidden().orElseThrow().part();
        HiddenTwins twins = new HiddenTwins(
                hidden, Math.max(pack.base().size(), pack.validation().size()));
        return new Duplicates(
                hidden.size(),
                twins.nearSearched,
                twins.in(pack.base(), pack.facts().hashes()),
                twins.in(pack.validation(), hashes(pack.validation())));
    }

    private static long[] hashes(Part part) {
        long[] hashes = new long[part.size()];
        int pixels = part.input().pixels();
        for (int i = 0; i < hashes.length; i++) hashes[i] = DifferenceHash.of(part.images(), i * pixels, part.input());
        return hashes;
    }

    private Twins in(Part part, long[] partHashes) {
        int pixels = part.input().pixels();
        PixelIndex index = new PixelIndex(pixels);
        for (int i = 0; i < part.size(); i++) index.add(part.images(), i * pixels, i);
        int exact = 0;
        int near = 0;
        boolean[] isTwin = new boolean[part.size()];
        for (int h = 0; h < hidden.size(); h++) {
            List<Integer> same = index.equalTo(hidden.images(), h * pixels);
            if (!same.isEmpty()) {
                exact++;
                same.forEach(i -> isTwin[i] = true);
            } else if (h < nearSearched) {
                int found = firstNear(hashes[h], partHashes);
                if (found < 0) continue;
                near++;
                isTwin[found] = true;
            }
        }
        return new Twins(exact, near, ids(part, isTwin));
    }

    private static int firstNear(long hash, long[] hashes) {
        for (int i = 0; i < hashes.length; i++) if (DifferenceHash.isNear(hash, hashes[i])) return i;
        return -1;
    }

    private static List<String> ids(Part part, boolean[] isTwin) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < isTwin.length && ids.size() < IDS_MAX; i++)
            if (isTwin[i]) ids.add(part.ids().get(i));
        return ids;
    }
}
