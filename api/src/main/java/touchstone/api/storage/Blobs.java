package touchstone.api.storage;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Files by the SHA-256 of their content. A file is here as long as a row refers to it: {@link #keep} goes into the
 * transaction that writes the referring row, and {@link #collect} removes what no row refers to.
 */
@Singleton
public final class Blobs {
    /** Temporary files this old belong to no upload that still runs. */
    private static final Duration ABANDONED_AFTER = Duration.ofHours(6);

    private static final int COPY_BYTES = 64 * 1024;

    private final Path folder;
    private final Path incoming;
    private final Database database;
    private final InstantSource clock;

    Blobs(DataFolder data, Database database, InstantSource clock) {
        this.folder = data.blobs();
        this.incoming = data.blobs().resolve("incoming");
        this.database = database;
        this.clock = clock;
    }

    /** Reads a stream into a temporary file, hashing as it goes. Closing the answer deletes what was not kept. */
    public Incoming receive(InputStream stream, long bytesMax) throws IOException, TooLarge {
        Files.createDirectories(incoming);
        Path file = incoming.resolve(UUID.randomUUID() + ".zip");
        Digests.Running digest = new Digests.Running();
        long bytes = 0;
        boolean whole = false;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] buffer = new byte[COPY_BYTES];
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                bytes += read;
                if (bytes > bytesMax) throw new TooLarge(bytesMax);
                digest.update(buffer, read);
                writeAll(channel, buffer, read);
            }
            channel.force(true);
            whole = true;
        } finally {
            if (!whole) Files.deleteIfExists(file);
        }
        return new Incoming(file, digest.hex(), bytes);
    }

    /** Takes a file that a command of ours has made. */
    public Incoming receive(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return receive(stream, Long.MAX_VALUE);
        } catch (TooLarge e) {
            throw new AssertionError("No limit was set.", e);
        }
    }

    /**
     * Makes a received file a blob. Must run in the transaction that inserts the row that refers to it: the lock on the
     * blob's row keeps {@link #collect} away until then.
     */
    public String keep(Incoming file, String kind) {
        int inserted;
        try {
            inserted = database.change(
                    "insert into blob (digest, bytes, kind, created) values (?, ?, ?, ?) on conflict do nothing",
                    file.digest(),
                    file.bytes(),
                    kind,
                    clock.instant());
        } catch (DatabaseFault.Duplicate e) {
            // H2 answers so while another transaction that deletes this row has not committed; PostgreSQL waits.
            throw new DatabaseFault.Conflict("Blob " + file.digest() + " is being collected.", e);
        }
        if (inserted == 0)
            database.find(
                            "select digest from blob where digest = ? for update",
                            row -> row.text("digest"),
                            file.digest())
                    .orElseThrow(() ->
                            new DatabaseFault.Conflict("Blob " + file.digest() + " was collected meanwhile.", null));
        try {
            Path place = file(file.digest());
            Files.createDirectories(place.getParent());
            // Always: gc may have unlinked the file of an earlier row of this digest.
            Files.move(file.file(), place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            // A retried transaction has moved it already.
            if (!Files.exists(file(file.digest()))) throw new UncheckedIOException(e);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not store blob " + file.digest(), e);
        }
        return file.digest();
    }

    /** Where a blob lies. Never made from what a client says: digests come from the database. */
    public Path file(String digest) {
        if (!Digests.isDigest(digest)) throw new IllegalArgumentException("Not a SHA-256 in hex: " + digest);
        return folder.resolve(digest.substring(0, 2)).resolve(digest);
    }

    /** What {@link #collect} did. */
    public record Collected(int deleted, int adopted, int abandoned) {}

    /** Deletes blobs that no row refers to, adopts files without a row first, and sweeps abandoned uploads. */
    public Collected collect() throws IOException {
        int adopted = 0;
        Instant young = clock.instant().minus(ABANDONED_AFTER);
        for (Path file : filesOfBlobs()) {
            if (Files.getLastModifiedTime(file).toInstant().isAfter(young)) continue;
            adopted += database.change(
                    "insert into blob (digest, bytes, kind, created) values (?, ?, 'adopted', ?) on conflict do nothing",
                    file.getFileName().toString(),
                    Files.size(file),
                    clock.instant());
        }
        int deleted = 0;
        List<String> digests = database.list("select digest from blob", row -> row.text("digest"));
        for (String digest : digests) {
            try {
                deleted += database.transaction(() -> deleteUnreferenced(digest));
            } catch (DatabaseFault.Refused e) {
                continue; // A row refers to it: that is what blobs are for.
            }
        }
        return new Collected(deleted, adopted, sweepIncoming(young));
    }

    private int deleteUnreferenced(String digest) {
        database.find("select digest from blob where digest = ? for update", row -> row.text("digest"), digest);
        int deleted = database.change("delete from blob where digest = ?", digest);
        try {
            if (deleted == 1) Files.deleteIfExists(file(digest));
        } catch (IOException e) {
            throw new UncheckedIOException("Could not delete blob " + digest, e);
        }
        return deleted;
    }

    private int sweepIncoming(Instant young) throws IOException {
        int swept = 0;
        if (!Files.isDirectory(incoming)) return 0;
        try (Stream<Path> files = Files.list(incoming)) {
            for (Path file : files.toList()) {
                if (Files.getLastModifiedTime(file).toInstant().isAfter(young)) continue;
                if (Files.deleteIfExists(file)) swept++;
            }
        }
        return swept;
    }

    private List<Path> filesOfBlobs() throws IOException {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> files = Files.walk(folder, 2)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> Digests.isDigest(file.getFileName().toString()))
                    .toList();
        }
    }

    private static void writeAll(FileChannel channel, byte[] buffer, int bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(buffer, 0, bytes);
        while (rest.hasRemaining()) channel.write(rest);
    }

    /** A received file that is not a blob yet. */
    public record Incoming(Path file, String digest, long bytes) implements AutoCloseable {
        @Override
        public void close() {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException("Could not delete " + file, e);
            }
        }
    }

    /** More came than is allowed. */
    public static final class TooLarge extends Exception {
        private final long bytesMax;

        TooLarge(long bytesMax) {
            super("More than " + bytesMax + " bytes.");
            this.bytesMax = bytesMax;
        }

        public long bytesMax() {
            return bytesMax;
        }
    }
}
