package touchstone.api.submission;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a submission cost its team: an entry of the ledger.
 *
 * @param reason why it was charged
 * @param refundReason why it was given back; null with {@code refunded} = it stands
 */
public record Charge(
        Instant charged,
        String reason,
        @Nullable Instant refunded,
        @Nullable String refundReason) {}
