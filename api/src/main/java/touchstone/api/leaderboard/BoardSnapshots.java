package touchstone.api.leaderboard;

import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import touchstone.api.http.Page;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.Database;
import touchstone.api.storage.Digests;
import touchstone.api.storage.Row;

/** Boards as they were shown, each with its digest. Computing one again from the facts must give the same. */
@Singleton
public final class BoardSnapshots {
    private static final String SNAPSHOT = "select seq, version, digest, blob, at from board_snapshot";

    private final Database database;
    private final BoardText text;
    private final Blobs blobs;
    private final InstantSource clock;

    BoardSnapshots(Database database, BoardText text, Blobs blobs, InstantSource clock) {
        this.database = database;
        this.text = text;
        this.blobs = blobs;
        this.clock = clock;
    }

    /** @param blob where the gzipped JSON lies */
    record Snapshot(long seq, int version, String digest, String blob, Instant at) {}

    private static Snapshot read(Row row) throws SQLException {
        return new Snapshot(
                row.number("seq"), row.integer("version"), row.text("digest"), row.text("blob"), row.instant("at"));
    }

    Optional<Snapshot> last(UUID task, BoardKind kind) {
        return database.find(
                SNAPSHOT + " where task = ? and board = ? order by seq desc", BoardSnapshots::read, task, kind);
    }

    /** Newest first. */
    Page<Snapshot> page(UUID task, BoardKind kind, long before) {
        return Page.of(
                database.list(
                        SNAPSHOT + " where task = ? and board = ? and seq < ? order by seq desc limit ?",
                        BoardSnapshots::read,
                        task,
                        kind,
                        before,
                        Page.ITEMS_MAX + 1),
                snapshot -> Long.toString(snapshot.seq()));
    }

    Optional<byte[]> body(UUID task, BoardKind kind, long seq) {
        return database.find(
                        SNAPSHOT + " where task = ? and board = ? and seq = ?", BoardSnapshots::read, task, kind, seq)
                .map(this::body);
    }

    private byte[] body(Snapshot snapshot) {
        try (Blobs.Content content = blobs.open(snapshot.blob());
                InputStream stream = new GZIPInputStream(content.stream())) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("The board of " + snapshot.seq() + " cannot be read.", e);
        }
    }

    /** Keeps the board of {@code seq}, unless it is the same as the one before. Safe to do again. */
    void take(UUID task, BoardKind kind, int version, long seq) {
        byte[] body = text.publicBytes(task, version, kind, seq);
        String digest = Digests.of(body);
        if (last(task, kind).filter(last -> last.digest().equals(digest)).isPresent()) return;
        byte[] zipped = gzip(body);
        try (Blobs.Incoming incoming = blobs.receive(new ByteArrayInputStream(zipped), zipped.length)) {
            blobs.sendAhead(incoming);
            database.transaction(() -> database.change(
                    """
                    insert into board_snapshot (task, board, seq, version, digest, blob, at) values (?, ?, ?, ?, ?, ?, ?)
                    on conflict do nothing
                    """, task, kind, seq, version, digest, blobs.keep(incoming, "board"), clock.instant()));
        } catch (IOException | Blobs.TooLarge e) {
            throw new IllegalStateException("A board could not be stored.", e);
        }
    }

    private static byte[] gzip(byte[] body) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream stream = new GZIPOutputStream(zipped)) {
            stream.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }

    /** @param different what did not come out as it was shown, a sentence each */
    public record Verified(int boards, List<String> different) {
        public Verified {
            different = List.copyOf(different);
        }
    }

    /** Computes every board of a task again from the facts. Empty = there is no such task. */
    public Optional<Verified> verify(String slug) {
        return database.find("select id from task where slug = ?", row -> row.uuid("id"), slug)
                .map(this::verify);
    }

    private Verified verify(UUID task) {
        int boards = 0;
        List<String> different = new ArrayList<>();
        for (BoardKind kind : BoardKind.values()) {
            List<Snapshot> snapshots = database.list(
                    SNAPSHOT + " where task = ? and board = ? order by seq", BoardSnapshots::read, task, kind);
            for (Snapshot snapshot : snapshots) {
                boards++;
                String name = "The " + kind.word() + " board of " + snapshot.seq();
                String again = Digests.of(text.publicBytes(task, snapshot.version(), kind, snapshot.seq()));
                if (!again.equals(snapshot.digest()))
                    different.add(name + " was shown as " + snapshot.digest() + " and comes out as " + again + ".");
                if (!Digests.of(body(snapshot)).equals(snapshot.digest()))
                    different.add(name + " is not stored as it was shown.");
            }
        }
        return new Verified(boards, different);
    }
}
