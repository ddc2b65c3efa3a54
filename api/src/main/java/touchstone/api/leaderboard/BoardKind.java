package touchstone.api.leaderboard;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Words;

/** The boards of a task. */
enum BoardKind {
    /** Every valid judging, on the public fold: the board while the contest runs. */
    PUBLIC,
    /** The judgings of the final that was applied last, on the private fold. */
    FINAL;

    /** @param board as the address says; null = the public one */
    static BoardKind parse(@Nullable String board) {
        if (board == null || board.equals("public")) return PUBLIC;
        if (board.equals("final")) return FINAL;
        throw Refusal.badRequest("board", "\"board\" is \"" + board + "\"; write public or final.");
    }

    String fold() {
        return this == PUBLIC ? "public" : "private";
    }

    @JsonValue
    String word() {
        return Words.of(this);
    }
}
