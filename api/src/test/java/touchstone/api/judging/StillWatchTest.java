package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StillWatchTest {
    private static final Duration GAP_MAX = Duration.ofSeconds(15);

    private final AtomicLong nanos = new AtomicLong(-5);
    private final StillWatch<String> watch = new StillWatch<>(nanos::get, GAP_MAX);

    @Test
    void countsFromWhenItFirstSawTheValue() {
        assertEquals(Duration.ZERO, watch.still("a", 7L));
        pass(Duration.ofSeconds(3));
        assertEquals(Duration.ofSeconds(3), watch.still("a", 7L));
    }

    @Test
    void aChangeInEitherDirectionStartsAnew() {
        watch.still("a", 7L);
        pass(Duration.ofSeconds(3));
        assertEquals(Duration.ZERO, watch.still("a", 6L));
    }

    @Test
    void whatIsForgottenGetsItsFullTimeAgain() {
        watch.still("a", 7L);
        pass(Duration.ofSeconds(3));
        watch.keepOnly(Set.of("b"));
        assertEquals(Duration.ZERO, watch.still("a", 7L));
    }

    @Test
    void timeInWhichNobodyLookedCountsForLittle() {
        watch.still("a", 7L);
        pass(Duration.ofSeconds(2));
        assertEquals(Duration.ofSeconds(2), watch.still("a", 7L));
        pass(Duration.ofHours(1));
        assertEquals(Duration.ofSeconds(2).plus(GAP_MAX), watch.still("a", 7L));
        pass(Duration.ofSeconds(3));
        assertEquals(Duration.ofSeconds(5).plus(GAP_MAX), watch.still("a", 7L));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
