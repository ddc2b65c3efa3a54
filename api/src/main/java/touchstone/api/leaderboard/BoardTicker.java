package touchstone.api.leaderboard;

import io.micronaut.context.annotation.Requires;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;

/** Turns the board's loop apart from those of judging, so that no job waits for a long board. */
@Singleton
@Requires(property = "touchstone.judging.enabled", notEquals = "false")
final class BoardTicker {
    private final BoardLoop loop;

    BoardTicker(BoardLoop loop) {
        this.loop = loop;
    }

    /** What fails is logged, and tried again at the next turn. */
    @Scheduled(initialDelay = "2s", fixedDelay = "2s")
    void turn() {
        loop.tick();
    }
}
