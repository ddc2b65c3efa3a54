package touchstone.api.submission;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What intake asks of whoever judges. A submission that is missing in an answer has not been looked at yet. */
public interface Judgements {

    Map<UUID, Judgement> of(Collection<UUID> submissions);

    /** Changes whenever {@link #of} has something else to say of this one, and is cheap to ask. Empty = not looked at yet. */
    Optional<String> stateOf(UUID submission);

    /** Stops the judging. Runs inside the transaction that withdraws the submission. */
    Cancelled cancel(UUID submission);

    /** What became of a wish to cancel. */
    enum Cancelled {
        BEFORE_IT_STARTED,
        WHILE_IT_RAN,
        TOO_LATE
    }
}
