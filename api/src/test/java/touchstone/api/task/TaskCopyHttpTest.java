package touchstone.api.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;
import touchstone.api.storage.Digests;

@OnEachDatabase
final class TaskCopyHttpTest {
    private final DatabaseKind kind;
    private final TestHouse house;
    private final Person olivia;
    private final String name;
    private final String path;

    TaskCopyHttpTest(DatabaseKind kind) {
        this.kind = kind;
        house = TestHouse.on(kind);
        olivia = house.organizer("olivia");
        name = "copy-" + olivia.name().substring(7);
        path = "/api/tasks/" + name;
    }

    private JsonNode publish() {
        Person.Answer made = olivia.postZip("/api/tasks", TinyTask.renamed(house, name, "To be copied"));
        assertEquals(201, made.status(), made.text());
        return made.json();
    }

    @Test
    void anExportMakesTheSameTaskElsewhere() {
        String digest = publish().get("digest").asText();
        Person.Answer exported = olivia.get(path + "/export");
        assertEquals(200, exported.status());
        assertEquals(403, house.person("charlie").get(path + "/export").status());
        assertEquals(401, house.nobody().get(path + "/export").status());
        TestHouse elsewhere = TestHouse.on(kind == DatabaseKind.H2 ? DatabaseKind.POSTGRES : DatabaseKind.H2);
        Person.Answer imported = elsewhere.organizer("owen").postZip("/api/tasks?draft=true", exported.bytes());
        assertEquals(201, imported.status(), imported.text());
        assertEquals(digest, imported.json().get("digest").asText());
        assertEquals(200, olivia.postZip("/api/tasks", exported.bytes()).status(), "here it is the same version");
    }

    @Test
    void aCloneIsADraftOfOnesOwn() {
        String digest = publish().get("digest").asText();
        Person.Answer cloned =
                olivia.postJson(path + "/clone", "{\"name\": \"" + name + "-b\"}", "Idempotency-Key", "c");
        assertEquals(201, cloned.status(), cloned.text());
        assertEquals(path + "-b/draft", cloned.header("Location"));
        assertEquals("draft", cloned.json().get("state").asText());
        assertEquals("To be copied", cloned.json().get("title").asText());
        assertFalse(cloned.json().get("digest").asText().equals(digest), "the name is part of it");
        assertEquals(
                200,
                olivia.postJson(path + "/clone", "{\"name\": \"" + name + "-b\"}", "Idempotency-Key", "c")
                        .status());
        assertEquals(404, house.nobody().get(path + "-b").status());
        assertEquals(
                "name",
                olivia.postJson(path + "/clone", "{\"name\": \"Not A Name\"}").code());
        assertEquals("name", olivia.postJson(path + "/clone", "{}").code());
        assertEquals(
                "not-organizer",
                house.organizer("oscar")
                        .postJson(path + "/clone", "{\"name\": \"mine\"}")
                        .code());
    }

    @Test
    void croissantDescribesTheDownloadAndNothingElse() throws Exception {
        publish();
        Person.Answer answer = house.nobody().get(path + "/croissant");
        assertEquals(200, answer.status(), answer.text());
        assertTrue(answer.header("Content-Type").startsWith("application/ld+json"), answer.header("Content-Type"));
        JsonNode root = answer.json();
        assertEquals("sc:Dataset", root.get("@type").asText());
        assertEquals(
                "http://mlcommons.org/croissant/1.0", root.get("conformsTo").asText());
        for (String required :
                new String[] {"@context", "name", "description", "license", "url", "creator", "datePublished"})
            assertFalse(root.path(required).isMissingNode(), required);
        byte[] download = house.nobody().get(path + "/data").bytes();
        Map<String, byte[]> files = unzip(download);
        JsonNode distribution = root.get("distribution");
        assertEquals(Digests.of(download), distribution.at("/0/sha256").asText());
        assertEquals(download.length + " B", distribution.at("/0/contentSize").asText());
        assertTrue(distribution.at("/0/contentUrl").asText().endsWith(path + "/data"));
        assertEquals(files.size() + 1, distribution.size());
        for (JsonNode file : distribution) {
            if (!file.has("containedIn")) continue;
            byte[] content = files.get(file.get("contentUrl").asText());
            assertEquals(Digests.of(content), file.get("sha256").asText());
            assertEquals(content.length + " B", file.get("contentSize").asText());
        }
        assertFalse(answer.text().contains("hidden/"), answer.text());
        assertEquals("train", root.at("/recordSet/0/name").asText());
        assertEquals("train/id", root.at("/recordSet/0/key/@id").asText());
        assertEquals(
                304,
                house.nobody()
                        .get(path + "/croissant", "If-None-Match", answer.header("ETag"))
                        .status());
    }

    private static Map<String, byte[]> unzip(byte[] archive) throws Exception {
        Map<String, byte[]> files = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry())
                files.put(entry.getName(), zip.readAllBytes());
        }
        return files;
    }
}
