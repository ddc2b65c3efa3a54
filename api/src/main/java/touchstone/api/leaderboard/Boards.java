package touchstone.api.leaderboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import touchstone.api.http.Conditional;
import touchstone.api.task.TaskVersion;

/** Boards as ready bytes, computed anew when a judging has settled. */
@Singleton
final class Boards {
    /** How long a board may be behind: so many readers cost one small query in this time. */
    private static final Duration STALE_MAX = Duration.ofMillis(500);

    private final BoardEntries entries;
    private final ObjectMapper json;
    private final Map<UUID, Ready> boards = new ConcurrentHashMap<>();

    Boards(BoardEntries entries, ObjectMapper json) {
        this.entries = entries;
        this.json = json;
    }

    /** @param state of the database that it was computed from; @param lookedAt by this machine's monotonic clock */
    record Ready(Board board, byte[] body, String tag, byte[] csv, String state, long lookedAt) {}

    Ready of(TaskVersion task) {
        return boards.compute(task.task(), (id, known) -> {
            if (known != null && isFresh(known)) return known;
            String state = entries.stateOf(task);
            if (known != null && known.state().equals(state)) return lookedAtNow(known);
            return compute(task, state);
        });
    }

    /** The next reader gets boards that are computed anew. */
    void forget() {
        boards.clear();
    }

    byte[] bytes(Board board) {
        try {
            return json.writeValueAsBytes(board);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A board cannot be written.", e);
        }
    }

    private Ready compute(TaskVersion task, String state) {
        Board board = Board.of(
                new Board.Contest(
                        task.slug(),
                        task.title(),
                        task.version(),
                        task.file().metrics().rankBy(),
                        task.counts().publicFold()),
                entries.list(task));
        byte[] body = bytes(board.withoutSubmissions());
        byte[] csv = BoardCsv.of(board).getBytes(StandardCharsets.UTF_8);
        return new Ready(board, body, Conditional.tag(body), csv, state, System.nanoTime());
    }

    private static boolean isFresh(Ready known) {
        return System.nanoTime() - known.lookedAt() < STALE_MAX.toNanos();
    }

    private static Ready lookedAtNow(Ready known) {
        return new Ready(known.board(), known.body(), known.tag(), known.csv(), known.state(), System.nanoTime());
    }
}
