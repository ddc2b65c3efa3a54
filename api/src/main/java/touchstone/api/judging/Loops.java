package touchstone.api.judging;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.storage.DatabaseFault;

/** Turns the loops of this server and knows when each last did its work. */
@Singleton
public final class Loops {
    private static final Logger log = LoggerFactory.getLogger(Loops.class);

    /** A slow database makes a tick long; longer than this, and something stands still. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int PERIODS_MAX = 10;

    private final MeterRegistry meters;
    private final LongSupplier nanos;
    private final Map<String, Turn> turns = new ConcurrentHashMap<>();

    @Inject
    Loops(MeterRegistry meters) {
        this(meters, System::nanoTime);
    }

    Loops(MeterRegistry meters, LongSupplier nanos) {
        this.meters = meters;
        this.nanos = nanos;
    }

    /** @param wellNanos when it last ended well, by the monotonic clock */
    private record Turn(Duration period, long wellNanos) {}

    private Duration sinceWell(Turn turn) {
        return Duration.ofNanos(nanos.getAsLong() - turn.wellNanos());
    }

    private boolean stands(Turn turn) {
        Duration most = PATIENCE.plus(turn.period().multipliedBy(PERIODS_MAX));
        return sinceWell(turn).compareTo(most) > 0;
    }

    /** From now on it is expected to turn. */
    public void expect(String loop, Duration period) {
        turns.put(loop, new Turn(period, nanos.getAsLong()));
        meters.gauge("touchstone.loop.age", List.of(Tag.of("loop", loop)), this, loops -> loops.age(loop));
    }

    /** Seconds since it last ended well; -1 = it does not turn here any more. */
    private double age(String loop) {
        Turn turn = turns.get(loop);
        return turn == null ? -1 : sinceWell(turn).toNanos() / 1e9;
    }

    /**
     * One tick. What fails is logged, counted and tried again at the next one. Errors too: what is thrown out of here would end
     * the ticking for ever.
     */
    public void tick(String loop, Runnable work) {
        long began = System.nanoTime();
        boolean well = false;
        try {
            work.run();
            well = true;
            turns.computeIfPresent(loop, (name, turn) -> new Turn(turn.period(), nanos.getAsLong()));
        } catch (DatabaseFault.Away e) {
            log.warn("the loop {} waits for the database: {}", loop, e.getMessage());
        } catch (Throwable e) {
            log.error("the loop {} failed; it is tried again", loop, e);
        } finally {
            meters.timer("touchstone.loop", "loop", loop, "outcome", well ? "well" : "failed")
                    .record(Duration.ofNanos(System.nanoTime() - began));
        }
    }

    /** None turns any more, and none is missed. */
    void stop() {
        turns.clear();
    }

    /** Loops that have not done their work for much longer than they should have. */
    public List<String> standing() {
        return turns.entrySet().stream()
                .filter(turn -> stands(turn.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }
}
