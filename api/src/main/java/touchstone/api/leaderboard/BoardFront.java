package touchstone.api.leaderboard;

import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.account.Visitor;
import touchstone.api.http.Refusal;
import touchstone.api.task.Tasks;

/**
 * Public boards that everybody may see, as bytes that need no database, no thread of their own and no compressing. A board
 * here was looked at within a moment; who asks for one that is older gets it still, and has it looked at behind their back.
 */
@Singleton
final class BoardFront {
    private static final Logger log = LoggerFactory.getLogger(BoardFront.class);

    /** What nobody asked for in this many times the moment is not given out any more. */
    private static final int OLD = 4;

    private final Tasks tasks;
    private final Boards boards;
    private volatile Duration moment;
    private final Map<String, Shown> shown = new ConcurrentHashMap<>();

    /** @param moment how long a board is given out without looking; zero = never */
    BoardFront(Tasks tasks, Boards boards, @Value("${touchstone.board.moment:PT0.5S}") Duration moment) {
        this.tasks = tasks;
        this.boards = boards;
        this.moment = moment;
    }

    /** One board's bytes; {@code tag} is of the plain ones. */
    record Bytes(byte[] plain, byte[] gzip, String tag, String gzipTag) {
        static Bytes of(byte[] plain, String tag) {
            return new Bytes(plain, zipped(plain), tag, tag.substring(0, tag.length() - 1) + "-gzip\"");
        }

        private static byte[] zipped(byte[] plain) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(plain.length / 4);
            try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
                zip.write(plain);
            } catch (IOException e) {
                throw new UncheckedIOException("Writing into memory failed.", e);
            }
            return bytes.toByteArray();
        }
    }

    private record Shown(Bytes bytes, long atNanos, AtomicBoolean beingLookedAt) {}

    /** What may be answered to somebody who is not signed in. Never waits. Empty = ask the usual way. */
    Optional<Bytes> find(String slug) {
        Shown known = shown.get(slug);
        if (known == null) return Optional.empty();
        long age = System.nanoTime() - known.atNanos();
        if (age > moment.toNanos() * OLD) {
            shown.remove(slug, known);
            return Optional.empty();
        }
        if (age > moment.toNanos() && known.beingLookedAt().compareAndSet(false, true))
            Thread.startVirtualThread(() -> lookAgain(slug));
        return Optional.of(known.bytes());
    }

    /** For tests, which look every time and try this out for a while. */
    void keepFor(Duration newMoment) {
        moment = newMoment;
        shown.clear();
    }

    /** What everybody was answered just now. */
    void show(String slug, Boards.Ready ready) {
        if (moment.isZero()) return;
        shown.compute(slug, (name, known) -> {
            Bytes bytes = known != null && known.bytes().tag().equals(ready.tag())
                    ? known.bytes()
                    : Bytes.of(ready.body(), ready.tag());
            return new Shown(bytes, System.nanoTime(), new AtomicBoolean());
        });
    }

    void lookAgain(String slug) {
        try {
            show(slug, boards.of(tasks.visible(slug, new Visitor(Optional.empty())), BoardKind.PUBLIC));
        } catch (Refusal hidden) {
            shown.remove(slug);
        } catch (RuntimeException e) {
            // The next who asks goes the usual way and is told.
            shown.remove(slug);
            log.error("the board of {} could not be looked at", slug, e);
        }
    }
}
