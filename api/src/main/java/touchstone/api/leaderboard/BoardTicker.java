package touchstone.api.leaderboard;

import io.micronaut.context.annotation.Requires;
import io.micronaut.runtime.event.annotation.EventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import java.time.Duration;
import touchstone.api.judging.Loops;

/** Turns the board's loop apart from those of judging, so that no job waits for a long board. */
@Singleton
@Requires(property = "touchstone.judging.enabled", notEquals = "false")
final class BoardTicker {
    private static final String NAME = "BoardLoop";
    private static final String PERIOD = "2s";

    private final BoardLoop loop;
    private final Loops loops;

    BoardTicker(BoardLoop loop, Loops loops) {
        this.loop = loop;
        this.loops = loops;
    }

    /** From then on somebody who looks at the server's health misses it when it stands still. */
    @EventListener
    void begin(ServerStartupEvent started) {
        loops.expect(NAME, Duration.ofSeconds(2));
    }

    @Scheduled(initialDelay = PERIOD, fixedDelay = PERIOD)
    void turn() {
        loops.tick(NAME, loop::tick);
    }
}
