package touchstone.api.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;
import touchstone.fixtures.HostileUploads;

/** Every bad upload gets a 4xx problem that a person can act on, spends nothing and leaves nothing behind. */
@OnEachDatabase
final class HostileUploadTest {
    private final TestHouse house;

    HostileUploadTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        TinyTask.organizer(kind);
    }

    private Map<String, byte[]> uploads() throws IOException {
        Map<String, byte[]> uploads = new LinkedHashMap<>();
        uploads.put("nothing at all", new byte[0]);
        uploads.put("not a zip", HostileUploads.notAZip());
        uploads.put("a zip that breaks off", HostileUploads.cutOff());
        uploads.put("a zip that grows a hundredfold", HostileUploads.zipBomb());
        uploads.put("one that need not be unpacked", HostileUploads.idleZipBomb());
        uploads.put("names that climb", HostileUploads.climbingNames());
        uploads.put("absolute names", HostileUploads.absoluteNames());
        uploads.put("200,000 entries", HostileUploads.manyEntries());
        uploads.put("300 problems", HostileUploads.manyProblems());
        uploads.put("a picture of 30000 x 30000", HostileUploads.hugePicture());
        uploads.put("an encrypted zip", HostileUploads.encrypted());
        uploads.put("two files of one name", HostileUploads.duplicateNames());
        uploads.put("aliases that multiply", HostileUploads.multiplyingAliases());
        for (String name : new String[] {"no-such-label", "weight-nan", "unknown-field"})
            uploads.put(name, house.fixture("strategies/broken/" + name + ".zip"));
        return uploads;
    }

    @TestFactory
    Stream<DynamicTest> refuses() throws IOException {
        return uploads().entrySet().stream()
                .map(upload -> DynamicTest.dynamicTest(upload.getKey(), () -> refused(upload.getValue())));
    }

    private void refused(byte[] upload) throws IOException {
        Person alice = house.person("alice");
        long blobs = house.blobs();
        Person.Answer answer = alice.postZip(TinyTask.PATH + "/submissions", upload);
        assertTrue(answer.status() >= 400 && answer.status() < 500, answer.status() + " " + answer.text());
        assertEquals("application/problem+json", answer.header("Content-Type"));
        // What is refused for its size alone is not looked into.
        assertTrue(answer.status() == 413 || answer.json().get("problems").size() > 0, answer.text());
        assertTrue(answer.json().get("detail").asText().length() > 10, answer.text());
        assertEquals(0, house.leftovers());
        assertEquals(blobs, house.blobs());
        assertEquals(5, alice.get(TinyTask.PATH).json().at("/you/quota/left").asInt());
    }

    @Test
    void refusesWhatIsLargerThanTheTaskAllows() throws IOException {
        Person.Answer answer =
                house.person("alice").postZip(TinyTask.PATH + "/strategies/check", HostileUploads.padded(60_000_000));
        assertEquals(413, answer.status(), answer.text());
        assertEquals("too-large", answer.code());
        assertEquals(0, house.leftovers());
    }
}
