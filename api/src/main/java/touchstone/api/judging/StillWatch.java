package touchstone.api.judging;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Tells how long a value has stood still, as seen from here. Only this process's monotonic clock is read, so a clock that
 * is set, clocks that differ between servers, and a restart (all things start anew) can never make a live job look dead.
 */
final class StillWatch<K> {
    private record Sighting(Object value, long firstNanos) {}

    private final LongSupplier nanos;
    private final Map<K, Sighting> sightings = new ConcurrentHashMap<>();

    StillWatch(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** How long ago this watch first saw the value that stands now. */
    Duration still(K key, Object value) {
        long now = nanos.getAsLong();
        Sighting sighting = sightings.compute(
                key,
                (same, before) -> before != null && before.value().equals(value) ? before : new Sighting(value, now));
        return Duration.ofNanos(now - sighting.firstNanos());
    }

    /** Forgets everything else, so that the watch does not grow for ever. */
    void keepOnly(Set<K> keys) {
        sightings.keySet().retainAll(keys);
    }
}
