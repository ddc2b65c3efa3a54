package touchstone.kubernetes.fake;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How many calls came and how many bytes of bodies went, by verb and resource, such as {@code create jobs} or {@code get pods/log}. */
public final class Traffic {
    /** {@code received} are the bytes of requests, {@code sent} those of answers; a watch counts as one call and all its events. */
    public record Count(long calls, long received, long sent) {
        Count plus(Count other) {
            return new Count(calls + other.calls, received + other.received, sent + other.sent);
        }
    }

    private static final class Sums {
        private final LongAdder calls = new LongAdder();
        private final LongAdder received = new LongAdder();
        private final LongAdder sent = new LongAdder();
    }

    private final Map<String, Sums> counted = new ConcurrentHashMap<>();

    Traffic() {}

    void call(String what, long received) {
        Sums sums = sums(what);
        sums.calls.increment();
        sums.received.add(received);
    }

    void sent(String what, long bytes) {
        sums(what).sent.add(bytes);
    }

    private Sums sums(String what) {
        return counted.computeIfAbsent(what, key -> new Sums());
    }

    /** All counts since the start or the last {@link #reset}. */
    public Map<String, Count> counts() {
        var counts = new TreeMap<String, Count>();
        counted.forEach(
                (what, sums) -> counts.put(what, new Count(sums.calls.sum(), sums.received.sum(), sums.sent.sum())));
        return counts;
    }

    /** The count of one verb and resource, such as {@code create jobs}. */
    public Count of(String verbAndResource) {
        return counts().getOrDefault(verbAndResource, new Count(0, 0, 0));
    }

    public Count total() {
        return counts().values().stream().reduce(new Count(0, 0, 0), Count::plus);
    }

    public void reset() {
        counted.clear();
    }
}
