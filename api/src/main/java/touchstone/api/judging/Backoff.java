package touchstone.api.judging;

import java.time.Duration;
import java.time.Instant;

/** How long a run waits after an attempt that failed. */
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(2);
    static final Duration LONGEST = Duration.ofMinutes(2);

    private Backoff() {}

    /** @param failures attempts of this kind, the last one included; 0 = our own restart, which is no reason to wait */
    static Duration after(int failures) {
        if (failures == 0) return Duration.ZERO;
        Duration wait = FIRST.multipliedBy(1L << Math.min(failures - 1, 16) * 2);
        return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
    }

    /** A time further ahead than any back-off was written before the clock was set back; it binds nobody. */
    static Instant unbelievable(Instant now) {
        return now.plus(LONGEST);
    }
}
