package touchstone.api.leaderboard;

import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import touchstone.api.http.Conditional;
import touchstone.api.task.TaskVersion;

/** Boards as ready bytes, computed anew when something on them has changed. */
@Singleton
final class Boards {
    private final BoardEntries entries;
    private final BoardText text;
    private final Duration moment;
    private final Map<Key, Ready> boards = new ConcurrentHashMap<>();

    /** @param moment how long a board may be behind: so many readers cost one small query in this time */
    Boards(BoardEntries entries, BoardText text, @Value("${touchstone.board.moment:PT0.5S}") Duration moment) {
        this.entries = entries;
        this.text = text;
        this.moment = moment;
    }

    private record Key(UUID task, BoardKind kind) {}

    /** @param seq of the last change that is in it; @param lookedAt by this machine's monotonic clock */
    record Ready(Board board, byte[] body, String tag, byte[] csv, int version, long seq, long lookedAt) {}

    Ready of(TaskVersion task, BoardKind kind) {
        return of(task.task(), task.version(), kind);
    }

    Ready of(UUID task, int version, BoardKind kind) {
        return boards.compute(new Key(task, kind), (key, known) -> {
            boolean sameVersion = known != null && known.version() == version;
            if (sameVersion && isFresh(known)) return known;
            long seq = entries.latest(task);
            if (sameVersion && known.seq() == seq) return lookedAtNow(known);
            return compute(task, version, kind, seq);
        });
    }

    /** The next reader gets boards that are computed anew. */
    void forget() {
        boards.clear();
    }

    private Ready compute(UUID task, int version, BoardKind kind, long seq) {
        Board board = text.board(task, version, kind, seq);
        byte[] body = text.bytes(board.withoutSubmissions());
        byte[] csv = BoardCsv.of(board).getBytes(StandardCharsets.UTF_8);
        return new Ready(board, body, Conditional.tag(body), csv, version, seq, System.nanoTime());
    }

    private boolean isFresh(Ready known) {
        return System.nanoTime() - known.lookedAt() < moment.toNanos();
    }

    private static Ready lookedAtNow(Ready known) {
        return new Ready(
                known.board(), known.body(), known.tag(), known.csv(), known.version(), known.seq(), System.nanoTime());
    }
}
