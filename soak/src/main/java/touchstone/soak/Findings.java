package touchstone.soak;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What went against the promises. The same sentence is kept once, with how often it was found. */
final class Findings {
    private final Map<String, Integer> found = new LinkedHashMap<>();

    synchronized void add(String sentence) {
        found.merge(sentence, 1, Integer::sum);
    }

    /** Adds the sentence unless {@code holds}. */
    void require(boolean holds, String sentence) {
        if (!holds) add(sentence);
    }

    synchronized List<String> list() {
        List<String> all = new ArrayList<>();
        found.forEach((sentence, times) -> all.add(times == 1 ? sentence : sentence + " (" + times + " times)"));
        return all;
    }
}
