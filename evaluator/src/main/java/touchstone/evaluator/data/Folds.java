package touchstone.evaluator.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Splits the hidden test into its public and private fold, class by class, by a digest of image and id. */
final class Folds {
    private Folds() {}

    static boolean[] split(Part test, int classes, double publicFraction) {
        boolean[] inPublic = new boolean[test.size()];
        int pixels = test.input().pixels();
        for (int c = 0; c < classes; c++) {
            List<Integer> members = new ArrayList<>();
            String[] order = new String[test.size()];
            for (int i = 0; i < test.size(); i++) {
                if (test.labels()[i] != c) continue;
                members.add(i);
                var digest = Digests.sha256();
                digest.update(test.ids().get(i).getBytes(java.nio.charset.StandardCharsets.UTF_8));
                digest.update(test.images(), i * pixels, pixels);
                order[i] = Digests.hex(digest.digest());
            }
            members.sort(Comparator.comparing(i -> order[i]));
            long taken = Math.round(members.size() * publicFraction);
            for (int k = 0; k < taken; k++) inPublic[members.get(k)] = true;
        }
        return inPublic;
    }
}
