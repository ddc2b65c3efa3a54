package touchstone.api.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;

/** What people are told when bucket or disk refuse, and that nothing is left of what they sent. */
@OnEachDatabase
final class StorageHttpTest {
    private static final Map<DatabaseKind, InABucket> BUCKETS = new EnumMap<>(DatabaseKind.class);
    private static final String SUBMISSIONS = TinyTask.PATH + "/submissions";

    private final DatabaseKind kind;

    StorageHttpTest(DatabaseKind kind) {
        this.kind = kind;
    }

    private record InABucket(S3Server s3, TestHouse house, Person olivia) {
        static synchronized InABucket on(DatabaseKind kind) {
            return BUCKETS.computeIfAbsent(kind, any -> {
                S3Server s3 = new S3Server();
                TestHouse house = TestHouse.alone(any, s3.properties());
                return new InABucket(s3, house, publish(house));
            });
        }
    }

    private static Person publish(TestHouse house) {
        Person olivia = house.organizer("olivia");
        try {
            Person.Answer answer = olivia.postZip("/api/tasks", house.fixture("tiny.zip"));
            assertEquals(201, answer.status(), answer.text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return olivia;
    }

    private static long charges(TestHouse house) {
        return house.database().get("select count(*) as n from quota_entry", row -> row.number("n"));
    }

    @Test
    void aHouseInABucketPublishesGivesAndTakes() throws Exception {
        InABucket bucket = InABucket.on(kind);
        Person.Answer data = bucket.house().nobody().get(TinyTask.PATH + "/data");
        assertEquals(200, data.status(), data.text());
        assertEquals(Integer.toString(data.bytes().length), data.header("Content-Length"));
        String digest = Digests.of(data.bytes());
        assertEquals('"' + digest + '"', data.header("ETag"));
        assertTrue(bucket.s3().objects().contains("blobs/" + digest));
        Person alice = bucket.house().person("alice");
        assertEquals(
                201,
                alice.postZip(SUBMISSIONS, TinyTask.strategy(UUID.randomUUID().toString()))
                        .status());
        assertEquals(0, bucket.house().leftovers());
    }

    @Test
    void aBucketThatRefusesIsOurFaultForNow() throws Exception {
        InABucket bucket = InABucket.on(kind);
        Person alice = bucket.house().person("alice");
        byte[] strategy = TinyTask.strategy(UUID.randomUUID().toString());
        long charged = charges(bucket.house());
        bucket.s3().refuse(true);
        try {
            Person.Answer refused = alice.postZip(SUBMISSIONS, strategy);
            assertEquals(503, refused.status(), refused.text());
            assertEquals("storage", refused.code());
            assertEquals("30", refused.header("Retry-After"));
        } finally {
            bucket.s3().refuse(false);
        }
        assertEquals(charged, charges(bucket.house()));
        assertEquals(0, bucket.house().leftovers());
        assertEquals(201, alice.postZip(SUBMISSIONS, strategy).status());
    }

    /** A file system of its own that is really full; where none may be mounted this is skipped, and it says so. */
    @Test
    void aFullDiskTakesNothingAndKeepsNothing(@TempDir Path mount) throws Exception {
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", mount.toString()), "needs the right to mount");
        try {
            TestHouse house = TestHouse.alone(kind, Map.of());
            Files.createSymbolicLink(house.data().resolve("blobs"), mount);
            publish(house);
            Person alice = house.person("alice");
            long blobs = house.blobs();
            fill(mount.resolve("filler"));
            Person.Answer refused = alice.postZip(SUBMISSIONS, zipLike(2_000_000));
            assertEquals(507, refused.status(), refused.text());
            assertEquals("storage-full", refused.code());
            assertEquals(0, house.leftovers());
            assertEquals(blobs, house.blobs());
            assertEquals(0, charges(house));
            Files.delete(mount.resolve("filler"));
            assertEquals(
                    201, alice.postZip(SUBMISSIONS, TinyTask.strategy("after")).status());
        } finally {
            assertTrue(run("umount", "-l", mount.toString()));
        }
    }

    private static boolean run(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    }

    /** Until 200 KB are left. */
    private static void fill(Path file) throws Exception {
        long free = Files.getFileStore(file.getParent()).getUsableSpace();
        Files.write(file, new byte[(int) free - 200_000]);
    }

    private static byte[] zipLike(int bytes) {
        byte[] content = new byte[bytes];
        new Random(1).nextBytes(content);
        content[0] = 'P';
        content[1] = 'K';
        return content;
    }
}
