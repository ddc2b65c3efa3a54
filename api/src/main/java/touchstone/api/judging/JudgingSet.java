package touchstone.api.judging;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Words;

/**
 * Why judgings were made. They are applied or dropped as a whole.
 *
 * @param version of the task that the submissions are judged under; null = the board, each under its own
 * @param actor null = the server itself
 * @param choice JSON: how the submissions were chosen, as it was asked for
 * @param ended when it was applied or dropped
 * @param appliedSeq since this number of the sequence settled_seq its judgings are on the board
 */
public record JudgingSet(
        UUID id,
        UUID task,
        Kind kind,
        State state,
        @Nullable Integer version,
        @Nullable UUID actor,
        String reason,
        @Nullable String choice,
        Instant created,
        @Nullable Instant ended,
        @Nullable Long appliedSeq) {

    /** What a set is for. */
    public enum Kind {
        BOARD,
        FINAL,
        REJUDGE,
        TRYOUT,
        ABLATION;

        /** Others are only read. */
        boolean mayBeApplied() {
            return this == FINAL || this == REJUDGE;
        }

        @JsonValue
        public String word() {
            return Words.of(this);
        }
    }

    /** Where a set is in its life. PREVIEWED = everything in it is judged. */
    public enum State {
        OPEN,
        PREVIEWED,
        APPLIED,
        DROPPED;

        @JsonValue
        public String word() {
            return Words.of(this);
        }
    }
}
