package touchstone.api.judging;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.storage.DatabaseFault;

/** Turns the loops, one after the other, so that no two ticks of this server overlap. */
final class JudgingTicker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(JudgingTicker.class);
    private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(5);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            work -> Thread.ofPlatform().daemon().name("judging").unstarted(work));

    void turn(Duration period, List<JudgingLoop> loops) {
        thread.scheduleWithFixedDelay(() -> tick(loops), 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * A loop that fails is tried again at the next tick, and keeps no other from its work. Errors too: what is thrown out of
     * here would end the ticking for ever.
     */
    private static void tick(List<JudgingLoop> loops) {
        for (JudgingLoop loop : loops) {
            try {
                loop.tick();
            } catch (DatabaseFault.Away e) {
                log.warn(
                        "the loop {} waits for the database: {}",
                        loop.getClass().getSimpleName(),
                        e.getMessage());
            } catch (Throwable e) {
                log.error(
                        "the loop {} failed; it is tried again", loop.getClass().getSimpleName(), e);
            }
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(PATIENCE_AT_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) thread.shutdownNow();
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
