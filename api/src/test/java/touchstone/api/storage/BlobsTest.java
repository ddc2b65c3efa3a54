package touchstone.api.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;

@OnEachDatabase
final class BlobsTest {
    private final TestHouse house;
    private final Blobs blobs;
    private final Database database;

    BlobsTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        TinyTask.organizer(kind);
        blobs = house.bean(Blobs.class);
        database = house.database();
    }

    private Blobs.Incoming receive(String content) throws Exception {
        return blobs.receive(new ByteArrayInputStream(content.getBytes()), 1000);
    }

    private String read(String digest) throws Exception {
        try (Blobs.Content content = blobs.open(digest)) {
            return new String(content.stream().readAllBytes());
        }
    }

    @Test
    void keepsWhatItReceivedUnderItsDigest() throws Exception {
        String content = UUID.randomUUID().toString();
        try (Blobs.Incoming incoming = receive(content)) {
            String digest = database.transaction(() -> blobs.keep(incoming, "strategy"));
            assertEquals(Digests.of(content), digest);
            assertEquals(content, read(digest));
        }
        assertEquals(0, house.leftovers());
    }

    @Test
    void collectsWhatNoRowRefersToAndNothingElse() throws Exception {
        String digest;
        try (Blobs.Incoming incoming = receive(UUID.randomUUID().toString())) {
            digest = database.transaction(() -> blobs.keep(incoming, "strategy"));
        }
        String pack = database.get("select pack_blob from task_version", row -> row.text("pack_blob"));
        assertTrue(blobs.collect().deleted() >= 1);
        assertThrows(StorageFault.Gone.class, () -> blobs.open(digest));
        blobs.open(pack).close();
    }

    @Test
    void aCollectedBlobCanComeBack() throws Exception {
        String content = UUID.randomUUID().toString();
        for (int i = 0; i < 2; i++) {
            try (Blobs.Incoming incoming = receive(content)) {
                String digest = database.transaction(() -> blobs.keep(incoming, "strategy"));
                assertEquals(content, read(digest));
            }
            blobs.collect();
        }
    }

    @Test
    void refusesMoreThanTheLimitAndLeavesNothing() throws IOException {
        assertThrows(Blobs.TooLarge.class, () -> blobs.receive(new ByteArrayInputStream(new byte[2000]), 1000));
        assertEquals(0, house.leftovers());
    }

    @Test
    void aFullDiskLeavesNothingAndSaysSo() throws Exception {
        Configuration disk =
                Configuration.unix().toBuilder().setMaxSize(200_000).build();
        try (FileSystem full = Jimfs.newFileSystem(disk)) {
            DataFolder data = new DataFolder(full.getPath("/data"));
            Blobs tight = new Blobs(data, new FolderStore(data.blobs()), database, InstantSource.system());
            assertThrows(
                    StorageFault.Full.class,
                    () -> tight.receive(new ByteArrayInputStream(new byte[500_000]), 1_000_000));
            try (Stream<Path> left = Files.list(data.blobs().resolve("incoming"))) {
                assertEquals(0, left.count());
            }
        }
    }

    @Test
    void knowsHowLinuxSaysThatADiskIsFull() {
        IOException full = assertThrows(IOException.class, () -> Files.write(Path.of("/dev/full"), new byte[100]));
        assertTrue(StorageFault.of("Writing", full) instanceof StorageFault.Full, full.getMessage());
    }

    @Test
    void isNeverAskedForAPath() {
        assertThrows(IllegalArgumentException.class, () -> blobs.open("../../etc/passwd"));
    }
}
