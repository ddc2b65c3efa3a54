package touchstone.api.submission;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/** What intake asks of whoever judges. A submission that is missing in an answer has not been looked at yet. */
public interface Judgements {

    Map<UUID, Judgement> of(Collection<UUID> submissions);

    /** Stops the judging. Runs inside the transaction that withdraws the submission. */
    Cancelled cancel(UUID submission);

    /** What became of a wish to cancel. */
    enum Cancelled {
        BEFORE_IT_STARTED,
        WHILE_IT_RAN,
        TOO_LATE
    }
}
