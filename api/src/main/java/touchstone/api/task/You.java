package touchstone.api.task;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a task is to the one who asks.
 *
 * @param team null = has not taken part yet
 */
public record You(@Nullable String team, boolean organizer, Quota quota) {

    /**
     * @param left submissions that may be sent now
     * @param nextFree when the next one becomes free; null = now, or never
     */
    public record Quota(
            int perDay,
            int left,
            int total,
            int totalLeft,
            @Nullable Instant nextFree) {}
}
