package touchstone.api.judging;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Turns the loops, one after the other, so that no two ticks of this server overlap. */
final class JudgingTicker implements AutoCloseable {
    private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(5);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            work -> Thread.ofPlatform().daemon().name("judging").unstarted(work));

    private final Loops loops;

    JudgingTicker(Loops loops) {
        this.loops = loops;
    }

    void turn(Duration period, List<JudgingLoop> each) {
        each.forEach(loop -> loops.expect(loop.name(), period));
        thread.scheduleWithFixedDelay(() -> tick(each), 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A loop that fails keeps no other from its work. */
    private void tick(List<JudgingLoop> each) {
        each.forEach(loop -> loops.tick(loop.name(), loop::tick));
    }

    @Override
    public void close() {
        loops.stop();
        thread.shutdown();
        try {
            if (!thread.awaitTermination(PATIENCE_AT_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) thread.shutdownNow();
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
