package touchstone.soak;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What went against the promises. The same sentence is kept once, with how often it was found. */
final class Findings {
    private final Map<String, Integer> found = new LinkedHashMap<>();
    private final Consumer<String> tell;

    /** @param tell gets each sentence when it is first found: somebody may want to look while all still runs */
    Findings(Consumer<String> tell) {
        this.tell = tell;
    }

    synchronized void add(String sentence) {
        if (found.merge(sentence, 1, Integer::sum) == 1) tell.accept("FOUND: " + sentence);
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
