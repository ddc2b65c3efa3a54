package touchstone.api.account;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Slows guessing: after ten failures of one key it waits until five minutes after the first of them. In the memory of this
 * server alone.
 *
 * @param <K> who guesses
 */
public final class Failures<K> {
    private static final int FAILURES_MAX = 10;
    private static final Duration WINDOW = Duration.ofMinutes(5);

    /** Keys remembered; the oldest is forgotten first. */
    private static final int KEYS_MAX = 10_000;

    private final InstantSource clock;
    private final Map<K, Counted> counted = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<K, Counted> eldest) {
            return size() > KEYS_MAX;
        }
    };

    private record Counted(int failures, Instant since) {}

    public Failures(InstantSource clock) {
        this.clock = clock;
    }

    /** How long this key still has to wait; empty = it need not. */
    public synchronized Optional<Duration> waitOf(K key) {
        Counted known = counted.get(key);
        Instant now = clock.instant();
        if (known == null || known.failures() < FAILURES_MAX || !isInWindow(known, now)) return Optional.empty();
        return Optional.of(Duration.between(now, known.since().plus(WINDOW)));
    }

    /** A time ahead is from before the clock was set back; it binds nobody. */
    private static boolean isInWindow(Counted known, Instant now) {
        return !known.since().isAfter(now) && !known.since().plus(WINDOW).isBefore(now);
    }

    public synchronized void failed(K key) {
        Instant now = clock.instant();
        counted.merge(
                key,
                new Counted(1, now),
                (old, one) -> isInWindow(old, now) ? new Counted(old.failures() + 1, old.since()) : one);
    }

    public synchronized void succeeded(K key) {
        counted.remove(key);
    }
}
