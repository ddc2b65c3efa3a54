package touchstone.api.storage;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.data.connection.jdbc.advice.DelegatingDataSource;
import jakarta.inject.Singleton;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.sql.DataSource;

/**
 * Writes everything that a house is into one sealed file: database, blobs and key file. A server on PostgreSQL may run
 * meanwhile: the tables are read in one snapshot, and while contents are copied none is deleted.
 */
@Singleton
public final class Backup {
    static final int FORMAT = 1;
    static final String MANIFEST = "manifest.json";
    static final String TABLES = "tables/";
    static final String BLOBS = "blobs/";
    static final String KEY = "touchstone.key";
    static final String END = "end.json";

    private static final String LOCK =
            "select setting from house where setting = '" + Blobs.COLLECTING + "' for update";

    /** Of its own: a file outlives the settings of an API. */
    static final ObjectMapper JSON = new ObjectMapper();

    private final DataSource source;
    private final Blobs blobs;
    private final DataFolder folder;
    private final InstantSource clock;

    Backup(DataSource source, Blobs blobs, DataFolder folder, InstantSource clock) {
        this.source = DelegatingDataSource.unwrapDataSource(source);
        this.blobs = blobs;
        this.folder = folder;
        this.clock = clock;
    }

    /**
     * What is in the file, as its first entry.
     *
     * @param migration number of the newest migration of the database that it was taken from
     * @param sequences next number of each
     */
    public record Manifest(
            int format,
            String made,
            String migration,
            Map<String, List<DatabaseCopy.Column>> tables,
            Map<String, Long> sequences) {}

    /** What was written, as its last entry: a file without it is not whole. */
    record End(Map<String, Long> rows, int blobs) {}

    /** What a backup or a restore carried. */
    public record Carried(long rows, int blobs, Instant made) {}

    /** Writes to a new file that only its owner may read; nothing is left of one that fails. */
    public Carried write(Path out, String passphrase) throws IOException {
        Path part = out.resolveSibling(out.getFileName() + ".part");
        boolean whole = false;
        try (FileChannel channel = FileChannel.open(
                part,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            Carried carried;
            try (ZipOutputStream zip = new ZipOutputStream(SealedFile.seal(new Forced(channel), passphrase))) {
                zip.setLevel(Deflater.BEST_SPEED);
                carried = write(zip);
            }
            Files.move(part, out, StandardCopyOption.ATOMIC_MOVE);
            whole = true;
            return carried;
        } catch (SQLException e) {
            throw new IOException("The database could not be read: " + e.getMessage(), e);
        } finally {
            if (!whole) Files.deleteIfExists(part);
        }
    }

    private Carried write(ZipOutputStream zip) throws IOException, SQLException {
        try (Connection guard = source.getConnection();
                Connection snapshot = source.getConnection()) {
            guard.setAutoCommit(false);
            new DatabaseCopy(guard, JSON).texts(LOCK);
            try {
                snapshot.setAutoCommit(false);
                snapshot.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                try {
                    return write(zip, new DatabaseCopy(snapshot, JSON));
                } finally {
                    snapshot.rollback();
                }
            } finally {
                guard.rollback();
            }
        }
    }

    private Carried write(ZipOutputStream zip, DatabaseCopy copy) throws IOException, SQLException {
        Map<String, List<DatabaseCopy.Column>> tables = copy.tables();
        // The rows first: a sequence that is asked later is never behind them.
        Instant made = clock.instant();
        List<String> digests = copy.texts("select digest from blob order by digest");
        Manifest manifest = new Manifest(FORMAT, made.toString(), copy.migration(), tables, copy.sequences());
        entry(zip, MANIFEST, JSON.writeValueAsBytes(manifest));
        Map<String, Long> rows = new TreeMap<>();
        for (var table : tables.entrySet()) {
            zip.putNextEntry(new ZipEntry(TABLES + table.getKey()));
            rows.put(table.getKey(), copy.write(table.getKey(), table.getValue(), zip));
            zip.closeEntry();
        }
        for (String digest : digests) {
            zip.putNextEntry(new ZipEntry(BLOBS + digest));
            try (Blobs.Content content = blobs.open(digest)) {
                content.stream().transferTo(zip);
            }
            zip.closeEntry();
        }
        entry(zip, KEY, Files.readAllBytes(folder.keyFile()));
        entry(zip, END, JSON.writeValueAsBytes(new End(rows, digests.size())));
        return new Carried(rows.values().stream().mapToLong(Long::longValue).sum(), digests.size(), made);
    }

    private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }

    /** Closing it has the disk hold everything. */
    private static final class Forced extends BufferedOutputStream {
        private final FileChannel channel;

        Forced(FileChannel channel) {
            super(Channels.newOutputStream(channel), 1 << 16);
            this.channel = channel;
        }

        @Override
        public void close() throws IOException {
            if (!channel.isOpen()) return;
            flush();
            channel.force(true);
            super.close();
        }
    }
}
