package touchstone.soak;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** How far all contestants have come together. */
final class Progress {
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final Set<String> settled = ConcurrentHashMap.newKeySet();
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private final Set<String> everHeld = ConcurrentHashMap.newKeySet();
    private volatile long movedNanos = System.nanoTime();

    void accepted(String submission) {
        accepted.add(submission);
        movedNanos = System.nanoTime();
    }

    void settled(String submission) {
        settled.add(submission);
        held.remove(submission);
        movedNanos = System.nanoTime();
    }

    /** Waits for an operator. */
    void held(String submission) {
        held.add(submission);
        everHeld.add(submission);
    }

    /** Whether somebody was held since the last question. */
    boolean takeHeld() {
        boolean some = !held.isEmpty();
        held.clear();
        return some;
    }

    Set<String> acceptedAll() {
        return Set.copyOf(accepted);
    }

    int accepted() {
        return accepted.size();
    }

    int settled() {
        return settled.size();
    }

    int everHeld() {
        return everHeld.size();
    }

    long stillSeconds() {
        return (System.nanoTime() - movedNanos) / 1_000_000_000;
    }
}
