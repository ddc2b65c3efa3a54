package touchstone.api.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.TestHouse;

/** Blobs in a bucket, against a real S3-compatible server. */
@OnEachDatabase
final class S3BlobsTest {
    /** More than one part of S3's own kind, so that an upload in parts would show. */
    private static final int LARGE_BYTES = 11_000_000;

    @TempDir
    private Path folder;

    private final S3Server s3 = new S3Server();
    private final Database database;

    S3BlobsTest(DatabaseKind kind) {
        database = Houses.of(kind).database();
    }

    /** One for each database, and none that other tests use: these tests collect what a house's folder holds. */
    private static final class Houses {
        private static final Map<DatabaseKind, TestHouse> ALL = new EnumMap<>(DatabaseKind.class);

        static synchronized TestHouse of(DatabaseKind kind) {
            return ALL.computeIfAbsent(kind, any -> TestHouse.alone(any, Map.of()));
        }
    }

    @AfterEach
    void stop() {
        database.change("delete from blob");
        s3.close();
    }

    /** A server's blobs: its folder is its own, the bucket is everybody's. */
    private Blobs server(String name, Duration later) {
        return server(name, later, Long.MAX_VALUE);
    }

    private Blobs server(String name, Duration later, long cacheBytes) {
        DataFolder data = new DataFolder(folder.resolve(name));
        InstantSource clock = () -> InstantSource.system().instant().plus(later);
        BlobStore store = new S3Store(s3.config(cacheBytes), new BlobCache(data.cache(), cacheBytes, clock));
        return new Blobs(data, store, database, clock);
    }

    private String keep(Blobs blobs, byte[] content) throws Exception {
        try (Blobs.Incoming incoming = blobs.receive(new ByteArrayInputStream(content), content.length)) {
            blobs.sendAhead(incoming);
            return database.transaction(() -> blobs.keep(incoming, "strategy"));
        }
    }

    private static byte[] read(Blobs blobs, String digest) throws Exception {
        try (Blobs.Content content = blobs.open(digest)) {
            byte[] bytes = content.stream().readAllBytes();
            assertEquals(content.bytes(), bytes.length);
            return bytes;
        }
    }

    private static byte[] random(int bytes) {
        byte[] content = new byte[bytes];
        new Random(7).nextBytes(content);
        return content;
    }

    private long files(String path) throws Exception {
        Path start = folder.resolve(path);
        if (!Files.exists(start)) return 0;
        try (Stream<Path> files = Files.walk(start)) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void whatOneServerKeepsAnotherReads() throws Exception {
        byte[] content = random(LARGE_BYTES);
        String digest = keep(server("one", Duration.ZERO), content);
        assertEquals(List.of("blobs/" + digest), s3.objects());
        Blobs other = server("two", Duration.ZERO);
        assertArrayEquals(content, read(other, digest));
        s3.refuse(true);
        assertArrayEquals(content, read(other, digest), "what was read is kept near");
        assertEquals(0, files("one/blobs/incoming"));
        assertEquals(0, files("two/cache/held") + files("two/cache/coming"));
    }

    @Test
    void collectsWhatNoRowRefersToInTheBucketToo() throws Exception {
        Blobs blobs = server("one", Duration.ZERO);
        String digest = keep(blobs, random(1000));
        read(blobs, digest);
        assertEquals(new Blobs.Collected(1, 0, 0, false), blobs.collect());
        assertEquals(List.of(), s3.objects());
        assertThrows(StorageFault.Gone.class, () -> blobs.open(digest));
    }

    /** A server was killed between sending the content and writing the row. */
    @Test
    void collectsAContentWithoutARowOnceItIsOldAndNotBefore() throws Exception {
        byte[] content = random(1000);
        Blobs blobs = server("one", Duration.ZERO);
        try (Blobs.Incoming incoming = blobs.receive(new ByteArrayInputStream(content), content.length)) {
            blobs.sendAhead(incoming);
        }
        assertEquals(0, blobs.collect().adopted());
        assertEquals(1, s3.objects().size(), "an upload may be about to write its row");
        assertEquals(
                new Blobs.Collected(1, 1, 0, false),
                server("one", Duration.ofHours(7)).collect());
        assertEquals(List.of(), s3.objects());
    }

    @Test
    void whatWasCollectedBetweenSendingAndKeepingIsSentAgain() throws Exception {
        byte[] content = random(1000);
        Blobs blobs = server("one", Duration.ZERO);
        try (Blobs.Incoming incoming = blobs.receive(new ByteArrayInputStream(content), content.length)) {
            blobs.sendAhead(incoming);
            s3.remove("blobs/" + incoming.digest());
            database.transaction(() -> blobs.keep(incoming, "strategy"));
            assertArrayEquals(content, read(blobs, incoming.digest()));
        }
    }

    @Test
    void aDamagedContentIsNeverRead() {
        String digest = Digests.of("what it should be");
        s3.put("blobs/" + digest, "what it is".getBytes());
        Blobs blobs = server("one", Duration.ZERO);
        StorageFault fault = assertThrows(StorageFault.class, () -> blobs.open(digest));
        assertTrue(String.valueOf(fault.getMessage()).contains("came damaged"), fault.getMessage());
    }

    @Test
    void keepsNoMoreNearThanItMayAndTakesNothingFromAReader() throws Exception {
        Blobs blobs = server("one", Duration.ZERO, 2500);
        Blobs.Local first = blobs.local(keep(blobs, "a".repeat(1000).getBytes()));
        for (String letter : List.of("b", "c", "d"))
            read(blobs, keep(blobs, letter.repeat(1000).getBytes()));
        assertEquals(3, files("one/cache"), "two near, and the one that is held");
        assertEquals("a".repeat(1000), Files.readString(first.file()));
        first.close();
        assertEquals(2, files("one/cache"));
        assertFalse(Files.exists(first.file()));
    }

    @Test
    void aStoreThatRefusesLeavesNoRowAndHealsByItself() throws Exception {
        Blobs blobs = server("one", Duration.ZERO);
        byte[] content = UUID.randomUUID().toString().getBytes();
        s3.refuse(true);
        assertThrows(StorageFault.class, () -> keep(blobs, content));
        assertThrows(StorageFault.class, blobs::collect);
        assertEquals(0, files("one/blobs/incoming"));
        s3.refuse(false);
        assertArrayEquals(content, read(blobs, keep(blobs, content)));
    }
}
