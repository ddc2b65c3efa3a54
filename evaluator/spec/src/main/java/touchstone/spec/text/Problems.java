package touchstone.spec.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the mistakes of one document, so that many are told at once; beyond a limit it only counts. Not thread-safe. */
public final class Problems {

    /** More than a person reads in one go; bounds the answer to a hostile upload. */
    public static final int LISTED_MAX = 100;

    private final List<Problem> listed = new ArrayList<>();
    private int unlisted;
    private boolean cutShort;

    public void add(Problem problem) {
        if (listed.contains(problem)) return;
        if (listed.size() < LISTED_MAX) listed.add(problem);
        else unlisted++;
    }

    public void add(Place place, String message, @Nullable String instead) {
        add(new Problem(place.file(), place.line(), place.column(), message, instead));
    }

    public void addAll(List<Problem> problems) {
        problems.forEach(this::add);
    }

    public boolean isEmpty() {
        return listed.isEmpty();
    }

    /** Whether further ones are only counted; what costs much is then no longer worth looking for. */
    public boolean isFull() {
        return listed.size() >= LISTED_MAX;
    }

    /** Says that a table was not read on, because no more problems would be listed. */
    public void cutShort() {
        cutShort = true;
    }

    /** How many were added, listed or not. */
    public int count() {
        return listed.size() + unlisted;
    }

    /**
     * As a person reads: files in the order of their first problem, then by line and column; of one place, in the order found.
     * The last one says how many more there are.
     */
    public List<Problem> list() {
        List<@Nullable String> files = new ArrayList<>();
        for (Problem problem : listed) if (!files.contains(problem.file())) files.add(problem.file());
        List<Problem> all = new ArrayList<>(listed);
        all.sort(Comparator.<Problem>comparingInt(problem -> files.indexOf(problem.file()))
                .thenComparingInt(Problem::line)
                .thenComparingInt(Problem::column));
        if (unlisted == 0) return List.copyOf(all);
        String unread = cutShort ? ", and not every table was read to its end" : "";
        all.add(Problem.of(
                null, unlisted + " more problems are not listed" + unread, "mend these first, then check again"));
        return List.copyOf(all);
    }
}
