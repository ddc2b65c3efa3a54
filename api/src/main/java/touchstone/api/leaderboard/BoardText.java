package touchstone.api.leaderboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.util.UUID;

/** Boards computed from the facts, and the bytes that they are answered with. */
@Singleton
final class BoardText {
    private final BoardEntries entries;
    private final ObjectMapper json;

    BoardText(BoardEntries entries, ObjectMapper json) {
        this.entries = entries;
        this.json = json;
    }

    /** The board as it stood at {@code seq}, with the ids of all submissions. */
    Board board(UUID task, int version, BoardKind kind, long seq) {
        return Board.of(entries.contest(task, version, kind), entries.at(task, version, kind, seq));
    }

    /** What everybody was answered then. */
    byte[] publicBytes(UUID task, int version, BoardKind kind, long seq) {
        return bytes(board(task, version, kind, seq).withoutSubmissions());
    }

    byte[] bytes(Board board) {
        try {
            return json.writeValueAsBytes(board);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A board cannot be written.", e);
        }
    }
}
