package touchstone.api.task;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a task is to the one who asks.
 *
 * @param team its name; null = has not taken part yet
 * @param membership null with {@code team}; all of it is at {@code …/team}
 */
public record You(@Nullable String team, @Nullable Membership membership, boolean organizer, Quota quota) {

    /**
     * @param captain invites, removes and renames
     * @param frozen nobody comes or goes any more
     */
    public record Membership(boolean captain, boolean frozen, int members, int membersMax) {}

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
