package touchstone.spec.text;

import java.util.Collection;
import java.util.Optional;

/** Finds what a person probably meant. */
public final class NearestName {
    private NearestName() {}

    /** The candidate with the least edit distance, when that is at most a third of the word's length (and at least 1). */
    public static Optional<String> of(String word, Collection<String> candidates) {
        String best = null;
        int bestDistance = Math.max(1, word.length() / 3) + 1;
        for (String candidate : candidates) {
            int distance = distance(word.toLowerCase(), candidate.toLowerCase());
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** A sentence such as {@code write 'gamma'}, or the whole list when nothing is near. */
    public static String instead(String word, Collection<String> candidates) {
        return of(word, candidates)
                .map(name -> "write '" + name + "'")
                .orElseGet(() -> "one of: " + String.join(", ", candidates));
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
