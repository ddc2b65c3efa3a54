package touchstone.spec.text;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds what a person probably meant. */
public final class NearestName {
    private NearestName() {}

    /** Nobody means a name that is longer; bounds the work that a hostile upload can ask for. */
    private static final int WORD_CHARACTERS_MAX = 100;

    /** Beyond, a list of all is no help. */
    private static final int LISTED_MAX = 30;

    /** The candidate with the least edit distance, when that is at most a third of the word's length (and at least 1). */
    public static Optional<String> of(String word, Collection<String> candidates) {
        if (word.length() > WORD_CHARACTERS_MAX) return Optional.empty();
        String best = null;
        int bestDistance = Math.max(1, word.length() / 3) + 1;
        for (String candidate : candidates) {
            if (Math.abs(word.length() - candidate.length()) >= bestDistance) continue;
            int distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** A sentence such as {@code write 'gamma'}, or what there is when nothing is near. */
    public static String instead(String word, Collection<String> candidates) {
        return of(word, candidates).map(name -> "write '" + name + "'").orElseGet(() -> oneOf(candidates));
    }

    private static String oneOf(Collection<String> candidates) {
        String listed = candidates.stream().limit(LISTED_MAX).collect(Collectors.joining(", "));
        int more = candidates.size() - LISTED_MAX;
        return "one of: " + listed + (more > 0 ? " and " + more + " more" : "");
    }

    /** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] rows = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) rows[i][0] = i;
        for (int j = 0; j <= b.length(); j++) rows[0][j] = j;
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int replaced = rows[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                rows[i][j] = Math.min(replaced, 1 + Math.min(rows[i - 1][j], rows[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
                }
            }
        }
        return rows[a.length()][b.length()];
    }
}
