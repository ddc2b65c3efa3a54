package touchstone.api.storage;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Files by the SHA-256 of their content, in a folder or a bucket. A file is here as long as a row refers to it:
 * {@link #keep} goes into the transaction that writes the referring row, and {@link #collect} removes what no row refers
 * to. Where the store or the disk refuses, every method throws a {@link StorageFault}.
 */
@Singleton
public final class Blobs {
    /** Temporary files this old belong to no upload that still runs. */
    private static final Duration ABANDONED_AFTER = Duration.ofHours(6);

    private static final int COPY_BYTES = 64 * 1024;

    private final Path incoming;
    private final BlobStore store;
    private final Database database;
    private final InstantSource clock;

    Blobs(DataFolder data, BlobStore store, Database database, InstantSource clock) {
        this.incoming = data.blobs().resolve("incoming");
        this.store = store;
        this.database = database;
        this.clock = clock;
    }

    /**
     * Reads a stream into a temporary file, hashing as it goes. Closing the answer deletes what was not kept.
     *
     * @throws IOException when the stream breaks off
     */
    public Incoming receive(InputStream stream, long bytesMax) throws IOException, TooLarge {
        Path file = incoming.resolve(UUID.randomUUID() + ".zip");
        Digests.Running digest = new Digests.Running();
        long bytes = 0;
        boolean whole = false;
        try (FileChannel channel = create(file)) {
            byte[] buffer = new byte[COPY_BYTES];
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                bytes += read;
                if (bytes > bytesMax) throw new TooLarge(bytesMax);
                digest.update(buffer, read);
                writeAll(channel, buffer, read);
            }
            force(channel);
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

    private FileChannel create(Path file) {
        try {
            Files.createDirectories(incoming);
            return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw StorageFault.of("Could not begin to receive a file", e);
        }
    }

    private static void writeAll(FileChannel channel, byte[] buffer, int bytes) {
        ByteBuffer rest = ByteBuffer.wrap(buffer, 0, bytes);
        try {
            while (rest.hasRemaining()) channel.write(rest);
        } catch (IOException e) {
            throw StorageFault.of("Could not receive a file", e);
        }
    }

    private static void force(FileChannel channel) {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw StorageFault.of("Could not receive a file", e);
        }
    }

    /**
     * Sends content to a store that is far, ahead of the transaction that {@link #keep}s it, so that no lock is held while
     * bytes travel. Needed for nothing else.
     */
    public void sendAhead(Incoming... files) {
        if (!store.isFar()) return;
        for (Incoming file : files) put(file);
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
        // Under the row's lock, also when it was sent ahead: gc may have deleted the content of an earlier row.
        put(file);
        return file.digest();
    }

    private void put(Incoming file) {
        try {
            store.put(file.digest(), file.file());
        } catch (IOException e) {
            throw StorageFault.of("Could not store blob " + file.digest(), e);
        }
    }

    /** A blob's content, to be read once. */
    public Content open(String digest) {
        try {
            return store.open(checked(digest));
        } catch (IOException e) {
            throw StorageFault.of("Could not read blob " + digest, e);
        }
    }

    /** A file with a blob's content, for what can read nothing but files. */
    public Local local(String digest) {
        try {
            return store.local(checked(digest));
        } catch (IOException e) {
            throw StorageFault.of("Could not read blob " + digest, e);
        }
    }

    /** Digests come from the database and never from what a client says; still none may name another place. */
    private static String checked(String digest) {
        if (!Digests.isDigest(digest)) throw new IllegalArgumentException("Not a SHA-256 in hex: " + digest);
        return digest;
    }

    /**
     * What {@link #collect} did.
     *
     * @param deleted rows, each with its content
     * @param adopted contents without a row, which got one so that they could be deleted by the usual road
     * @param abandoned temporary files of uploads that were cut off
     * @param halted whether it stopped early because a backup, or another server, holds blobs as they are
     */
    public record Collected(int deleted, int adopted, int abandoned, boolean halted) {}

    /**
     * Deletes blobs that no row refers to, adopts contents without a row first, and sweeps abandoned uploads. Safe beside
     * uploads: what is younger than six hours and has no row may be about to get one.
     */
    public Collected collect() {
        Instant young = clock.instant().minus(ABANDONED_AFTER);
        int adopted = adopt(young);
        int deleted = 0;
        boolean halted = false;
        for (String digest : digests()) {
            try {
                Deletion deletion = database.transaction(() -> deleteUnreferenced(digest));
                if (deletion == Deletion.DONE) deleted++;
                halted = deletion == Deletion.HALTED;
                if (halted) break;
            } catch (DatabaseFault.Refused e) {
                continue; // A row refers to it: that is what blobs are for.
            }
        }
        try {
            return new Collected(deleted, adopted, sweep(incoming, young) + store.sweep(young), halted);
        } catch (IOException e) {
            throw StorageFault.of("Could not sweep abandoned uploads", e);
        }
    }

    private List<BlobStore.Stored> stored() {
        try {
            return store.list();
        } catch (IOException e) {
            throw StorageFault.of("Could not list what is stored", e);
        }
    }

    private int adopt(Instant young) {
        int adopted = 0;
        Set<String> known = new HashSet<>(digests());
        for (BlobStore.Stored stored : stored()) {
            if (stored.modified().isAfter(young) || known.contains(stored.digest())) continue;
            adopted += database.change(
                    "insert into blob (digest, bytes, kind, created) values (?, ?, 'adopted', ?) on conflict do nothing",
                    stored.digest(),
                    stored.bytes(),
                    clock.instant());
        }
        return adopted;
    }

    private List<String> digests() {
        return database.list("select digest from blob", row -> row.text("digest"));
    }

    /** The row of the house that a backup locks while contents must stay. */
    static final String COLLECTING = "collecting";

    private enum Deletion {
        DONE,
        GONE_BEFORE,
        HALTED
    }

    private Deletion deleteUnreferenced(String digest) {
        boolean mayDelete = database.find(
                        "select setting from house where setting = ? for update skip locked",
                        row -> row.text("setting"),
                        COLLECTING)
                .isPresent();
        if (!mayDelete) return Deletion.HALTED;
        database.find("select digest from blob where digest = ? for update", row -> row.text("digest"), digest);
        int deleted = database.change("delete from blob where digest = ?", digest);
        try {
            if (deleted == 1) store.delete(digest);
        } catch (IOException e) {
            throw StorageFault.of("Could not delete blob " + digest, e);
        }
        return deleted == 1 ? Deletion.DONE : Deletion.GONE_BEFORE;
    }

    /** Deletes the files of a folder that have not changed since. */
    static int sweep(Path folder, Instant before) throws IOException {
        int swept = 0;
        if (!Files.isDirectory(folder)) return 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (Files.getLastModifiedTime(file).toInstant().isAfter(before)) continue;
                if (Files.deleteIfExists(file)) swept++;
            }
        }
        return swept;
    }

    /** A received file that is not a blob yet. */
    public record Incoming(Path file, String digest, long bytes) implements AutoCloseable {
        @Override
        public void close() {
            delete(file);
        }
    }

    /** A content that is being read. */
    public record Content(InputStream stream, long bytes) implements AutoCloseable {
        static Content of(Path file) throws IOException {
            InputStream stream = Files.newInputStream(file);
            return new Content(stream, Files.size(file));
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    /**
     * A file that stays until it is closed, and must not be changed.
     *
     * @param temporary whether closing deletes it
     */
    public record Local(Path file, boolean temporary) implements AutoCloseable {
        @Override
        public void close() {
            if (temporary) delete(file);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not delete " + file, e);
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
