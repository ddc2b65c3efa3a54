package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class JudgingTickerTest {
    @Test
    void anErrorDoesNotEndTheTicking() throws InterruptedException {
        CountDownLatch ticks = new CountDownLatch(3);
        try (JudgingTicker ticker = new JudgingTicker(new Loops(new SimpleMeterRegistry()))) {
            ticker.turn(
                    Duration.ofMillis(1),
                    List.of(
                            () -> {
                                throw new AssertionError("out of something");
                            },
                            ticks::countDown));
            assertTrue(ticks.await(20, TimeUnit.SECONDS));
        }
    }
}
