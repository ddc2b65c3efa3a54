package touchstone.api.judging;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Tells how long a value has stood still, as seen from here. Only this process's monotonic clock is read, so a clock that
 * is set, clocks that differ between servers, and a restart (all things start anew) can never make a live job look dead.
 *
 * <p>Between two looks at most a given gap counts: while this server could not look, since its database was away or it
 * was halted itself, nobody could tell it anything either.
 */
final class StillWatch<K> {
    private record Sighting(Object value, long lookedNanos, long stillNanos) {}

    private final LongSupplier nanos;
    private final long gapMaxNanos;
    private final Map<K, Sighting> sightings = new ConcurrentHashMap<>();

    /** @param gapMax several looks of a healthy server */
    StillWatch(LongSupplier nanos, Duration gapMax) {
        this.nanos = nanos;
        this.gapMaxNanos = gapMax.toNanos();
    }

    /** How long this watch has seen the value that stands now. */
    Duration still(K key, Object value) {
        long now = nanos.getAsLong();
        Sighting sighting = sightings.compute(
                key,
                (same, before) -> before != null && before.value().equals(value)
                        ? new Sighting(value, now, before.stillNanos() + counted(now - before.lookedNanos()))
                        : new Sighting(value, now, 0));
        return Duration.ofNanos(sighting.stillNanos());
    }

    private long counted(long gapNanos) {
        return Math.min(gapNanos, gapMaxNanos);
    }

    /** Forgets everything else, so that the watch does not grow for ever. */
    void keepOnly(Set<K> keys) {
        sightings.keySet().retainAll(keys);
    }
}
