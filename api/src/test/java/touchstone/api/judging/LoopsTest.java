package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LoopsTest {
    private final TestClock clock = new TestClock();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Loops loops = new Loops(meters, clock::nanos);

    @Test
    void aLoopThatFailsForLongIsToldAndCounted() {
        loops.expect("Slow", Duration.ofSeconds(2));
        loops.expect("Quick", Duration.ofMillis(500));
        clock.pass(Duration.ofSeconds(40));
        loops.tick("Slow", () -> {
            throw new IllegalStateException("no database");
        });
        loops.tick("Quick", () -> {});
        assertEquals(List.of(), loops.standing());

        clock.pass(Duration.ofSeconds(20));

        assertEquals(List.of("Slow"), loops.standing());
        assertEquals(
                60,
                meters.get("touchstone.loop.age").tag("loop", "Slow").gauge().value());
        assertEquals(
                1,
                meters.get("touchstone.loop")
                        .tags("loop", "Slow", "outcome", "failed")
                        .timer()
                        .count());
        loops.tick("Slow", () -> {});
        assertEquals(List.of(), loops.standing());
    }

    @Test
    void noLoopIsMissedWhileTheServerStops() {
        loops.expect("Slow", Duration.ofSeconds(2));
        loops.stop();
        clock.pass(Duration.ofHours(1));
        assertEquals(List.of(), loops.standing());
    }
}
