package touchstone.api.storage;

import io.micronaut.data.connection.jdbc.advice.DelegatingDataSource;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/**
 * Makes a house again from what {@link Backup} wrote, on either database, whatever the first one was. The whole file is read
 * and verified before anything is written; the key file comes last, and no server starts without it.
 */
@Singleton
public final class Restore {
    private final DataSource source;
    private final BlobStore store;
    private final DataFolder folder;

    Restore(DataSource source, BlobStore store, DataFolder folder) {
        this.source = DelegatingDataSource.unwrapDataSource(source);
        this.store = store;
        this.folder = folder;
    }

    /** It was not done, and why; nothing has been changed. */
    public static final class Impossible extends IOException {
        Impossible(String sentence, @Nullable Throwable cause) {
            super(sentence, cause);
        }
    }

    /** A file that was read to its end and is as it was written. */
    public record Verified(Path file, String passphrase, Backup.Manifest manifest) {
        /** Without the passphrase. */
        @Override
        public String toString() {
            return "verified " + file;
        }
    }

    /** Needs an empty data folder and an empty database, not even migrated. */
    public Backup.Carried from(Verified verified) throws IOException {
        Path file = verified.file();
        String passphrase = verified.passphrase();
        Backup.Manifest manifest = verified.manifest();
        requireEmpty();
        requireKnown(manifest);
        try {
            putBlobs(file, passphrase);
            migrate(manifest.migration());
            Backup.Carried carried = fill(file, passphrase, manifest);
            migrate(null);
            putKey(file, passphrase);
            return carried;
        } catch (SQLException e) {
            throw new IOException("The database could not be filled: " + e.getMessage(), e);
        }
    }

    private void requireEmpty() throws IOException {
        if (Files.exists(folder.keyFile()))
            throw new Impossible(folder.root() + " holds a key file: a restore needs an empty data folder.", null);
        try (Connection connection = source.getConnection()) {
            if (!new DatabaseCopy(connection, Backup.JSON).tables().isEmpty())
                throw new Impossible("The database holds tables already: a restore needs an empty one.", null);
        } catch (SQLException e) {
            throw new Impossible("The database does not answer: " + e.getMessage(), e);
        }
    }

    /** An entry of the archive. */
    private interface Reader {
        void read(String name, InputStream content) throws IOException, SQLException;
    }

    private static void read(Path file, String passphrase, Reader reader) throws IOException, SQLException {
        try (InputStream sealed = SealedFile.open(file, passphrase);
                ZipInputStream zip = new ZipInputStream(sealed)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry())
                reader.read(entry.getName(), zip);
            // To the very end: only there it shows whether the file was cut off.
            sealed.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** Reads all of it and writes nothing. */
    public static Verified verify(Path file, String passphrase) throws Impossible {
        Seen seen = new Seen();
        try {
            read(file, passphrase, seen);
            return new Verified(file, passphrase, seen.manifest());
        } catch (Impossible e) {
            throw e;
        } catch (SealedFile.Unreadable e) {
            throw new Impossible(file + " cannot be opened. " + e.getMessage(), e);
        } catch (IOException e) {
            throw new Impossible(file + " was changed, cut off or damaged; nothing was restored.", e);
        } catch (SQLException e) {
            throw new AssertionError("No database was asked.", e);
        }
    }

    private void requireKnown(Backup.Manifest manifest) throws Impossible {
        MigrationVersion newest = newestMigration();
        if (MigrationVersion.fromVersion(manifest.migration()).compareTo(newest) > 0)
            throw new Impossible(
                    "The backup was made by a newer Touchstone (migration " + manifest.migration() + "; this one knows "
                            + newest + "). Restore with that one.",
                    null);
    }

    /** Reads everything and keeps nothing but what tells whether it is whole. */
    private static final class Seen implements Reader {
        private Backup.@Nullable Manifest manifest;
        private Backup.@Nullable End end;
        private int blobs;
        private boolean key;

        @Override
        public void read(String name, InputStream content) throws IOException {
            if (name.equals(Backup.MANIFEST))
                manifest = Backup.JSON.readValue(content.readAllBytes(), Backup.Manifest.class);
            else if (name.equals(Backup.END)) end = Backup.JSON.readValue(content.readAllBytes(), Backup.End.class);
            else if (name.equals(Backup.KEY)) key = content.readAllBytes().length > 0;
            else if (name.startsWith(Backup.BLOBS)) {
                String digest = name.substring(Backup.BLOBS.length());
                if (!Digests.of(content).equals(digest)) throw new IOException("Blob " + digest + " is damaged.");
                blobs++;
            } else content.transferTo(OutputStream.nullOutputStream());
        }

        Backup.Manifest manifest() throws IOException {
            if (manifest == null || end == null || !key || end.blobs() != blobs || manifest.format() != Backup.FORMAT)
                throw new Impossible("The file opens but is no whole backup of a kind that is known here.", null);
            return manifest;
        }
    }

    private MigrationVersion newestMigration() {
        return Stream.of(flyway(null).info().all())
                .map(MigrationInfo::getVersion)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private Flyway flyway(@Nullable String target) {
        return Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration")
                .target(target == null ? "latest" : target)
                .load();
    }

    /** @param to the migration that the backup's database had; null = the newest */
    private void migrate(@Nullable String to) {
        flyway(to).migrate();
    }

    private void putBlobs(Path file, String passphrase) throws IOException, SQLException {
        Path coming = folder.work().resolve("restore-" + UUID.randomUUID());
        Files.createDirectories(folder.work());
        try {
            read(file, passphrase, (name, content) -> {
                if (!name.startsWith(Backup.BLOBS)) return;
                Files.copy(content, coming);
                store.put(name.substring(Backup.BLOBS.length()), coming);
                Files.deleteIfExists(coming);
            });
        } finally {
            Files.deleteIfExists(coming);
        }
    }

    private Backup.Carried fill(Path file, String passphrase, Backup.Manifest manifest)
            throws IOException, SQLException {
        Map<String, Long> rows = new HashMap<>();
        int[] blobs = {0};
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            DatabaseCopy copy = new DatabaseCopy(connection, Backup.JSON);
            if (!copy.tables().equals(manifest.tables()))
                throw new Impossible(
                        "The backup's tables are not those of migration " + manifest.migration() + ".", null);
            copy.refill(() -> read(file, passphrase, (name, content) -> {
                if (name.startsWith(Backup.BLOBS)) blobs[0]++;
                if (!name.startsWith(Backup.TABLES)) return;
                String table = name.substring(Backup.TABLES.length());
                rows.put(table, copy.read(table, manifest.tables().get(table), content));
            }));
            copy.restartCounters(manifest.sequences());
            connection.commit();
        }
        return new Backup.Carried(
                rows.values().stream().mapToLong(Long::longValue).sum(), blobs[0], Instant.parse(manifest.made()));
    }

    private void putKey(Path file, String passphrase) throws IOException, SQLException {
        read(file, passphrase, (name, content) -> {
            if (!name.equals(Backup.KEY)) return;
            try (var channel = Files.newByteChannel(
                    folder.keyFile(),
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                channel.write(ByteBuffer.wrap(content.readAllBytes()));
            }
        });
    }
}
