package touchstone.spec.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pod can reach, as the command {@code canary} found it: the last line of its log and its termination message.
 *
 * @param server what keeps it from the server; null = nothing
 * @param named the address that a name service gave it; null = no name service answered it
 * @param reached those of the forbidden addresses that answered it, as they were given
 * @param card the card that it computed on, and its driver; null = it was not asked to, or could not
 * @param noCard what kept it from computing on a card; null = nothing, or it was not asked to
 * @param cache how much room there is where it wrote and deleted a file; null = it was not asked to, or could not
 * @param noCache what kept it from that, and how the folder stands; null = nothing, or it was not asked to
 */
public record CanaryReport(
        @Nullable String server,
        @Nullable String named,
        List<String> reached,
        @Nullable String card,
        @Nullable String noCard,
        @Nullable String cache,
        @Nullable String noCache) {
    public CanaryReport {
        reached = List.copyOf(reached);
    }

    /** The pod reaches the server, and nothing else that was tried. */
    public boolean well() {
        return server == null && named == null && reached.isEmpty();
    }
}
