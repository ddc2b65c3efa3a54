package touchstone.api.judging;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A wall clock and a monotonic clock that move when a test says so. */
final class TestClock implements InstantSource {
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final AtomicLong nanos = new AtomicLong(42);

    @Override
    public Instant instant() {
        return now;
    }

    long nanos() {
        return nanos.get();
    }

    /** Time passes, on both clocks. */
    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        now = now.plus(time);
    }

    /** Somebody sets the wall clock. */
    void jump(Duration time) {
        now = now.plus(time);
    }
}
