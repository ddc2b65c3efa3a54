package touchstone.api.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;

@OnEachDatabase
final class TaskDraftHttpTest {
    private final TestHouse house;
    private final Person olivia;
    private final String name;
    private final String path;

    TaskDraftHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        olivia = house.organizer("olivia");
        name = "draft-" + olivia.name().substring(7);
        path = "/api/tasks/" + name;
    }

    private Person.Answer draft(String title) throws IOException {
        return olivia.postZip("/api/tasks?draft=true", TinyTask.renamed(house, name, title));
    }

    private static String digest(Person.Answer answer) {
        return answer.json().get("digest").asText();
    }

    @Test
    void isThereForItsOrganizerAlone() throws IOException {
        Person.Answer made = draft("Not yet");
        assertEquals(201, made.status(), made.text());
        assertEquals(path + "/draft", made.header("Location"));
        assertEquals("draft", made.json().get("state").asText());
        assertEquals(80, made.json().at("/draft/duplicates/hidden").asInt());
        assertTrue(made.json().at("/draft/warnings/0").asText().contains("80 samples"), made.text());
        assertEquals(200, olivia.get(path + "/draft").status());
        assertEquals(200, olivia.get(path).status());
        assertTrue(
                olivia.get("/api/tasks?after=" + name.substring(0, 13)).text().contains(name));
        for (Person other : List.of(house.person("alice"), house.person("charlie"), house.organizer("oscar"))) {
            for (String of :
                    List.of("", "/draft", "/data", "/leaderboard", "/changes", "/announcements", "/submissions"))
                assertEquals("not-found", other.get(path + of).code(), of);
            for (String of : List.of("/submissions", "/strategies/check"))
                assertEquals(
                        "not-found",
                        other.postZip(path + of, TinyTask.strategy("x")).code(),
                        of);
            for (String act : List.of("/publish", "/pause", "/resume", "/withdraw", "/announcements"))
                assertEquals("not-found", other.postJson(path + act, "{}").code(), act);
            assertEquals("not-found", other.putJson(path + "/phases", "{}").code());
            assertFalse(other.get("/api/tasks?after=" + name.substring(0, 13))
                    .text()
                    .contains(name));
        }
        for (String of : List.of("", "/data", "/leaderboard", "/changes", "/announcements"))
            assertEquals("not-found", house.nobody().get(path + of).code(), of);
        assertFalse(house.nobody()
                .get("/api/tasks?after=" + name.substring(0, 13))
                .text()
                .contains(name));
    }

    @Test
    void isReplacedAndThenPublishedAsItIs() throws IOException {
        String first = digest(draft("First"));
        long blobs = house.blobs();
        Person.Answer same = draft("First");
        assertEquals(200, same.status(), same.text());
        String second = digest(draft("Second"));
        int versions = house.database()
                .get(
                        "select count(*) as versions from task_version join task on task.id = task_version.task"
                                + " where task.slug = ?",
                        row -> row.integer("versions"),
                        name);
        assertEquals(1, versions, "nothing refers to the first any more");
        assertTrue(house.blobs() > blobs, "gc takes what is left of it");
        assertEquals("draft-changed", publish("{\"digest\": \"" + first + "\"}").code());
        Person.Answer published = publish("{\"digest\": \"" + second + "\"}");
        assertEquals(200, published.status(), published.text());
        assertEquals("open", published.json().get("state").asText());
        JsonNode seen = house.nobody().get(path).json();
        assertEquals(second, seen.get("digest").asText());
        assertEquals("Second", seen.get("title").asText());
        assertTrue(seen.get("draft").isNull());
        assertEquals("no-draft", publish("").code());
        Person.Answer again = publish("{\"digest\": \"" + second + "\"}");
        assertEquals(second, again.json().path("digest").asText(), "whose answer was lost asks again");
        assertEquals("no-draft", publish("{\"digest\": \"" + first + "\"}").code());
        assertEquals(404, olivia.get(path + "/draft").status());
        assertEquals("already-published", draft("Second").code());
    }

    @Test
    void isReplacedThoughABoardOfItWasKept() throws IOException {
        draft("First");
        draft("Second");
        house.database().change("""
                insert into board_snapshot (task, board, seq, version, digest, blob, at)
                select v.task, 'public', 1, v.n, v.digest, v.pack_blob, t.created
                from task_version v join task t on t.id = v.task where t.slug = ?
                """, name);
        assertEquals(201, draft("Third").status());
        assertEquals("Third", olivia.get(path + "/draft").json().get("title").asText());
    }

    @Test
    void noNumberIsGivenOutTwice() throws IOException {
        draft("First");
        assertEquals(201, olivia.postJson(path + "/try-out", "").status());
        assertEquals(2, draft("Second").json().get("version").asInt());
        assertEquals(1, draft("First").json().get("version").asInt(), "back to what was tried out");
        assertEquals(3, draft("Third").json().get("version").asInt(), "whoever remembers 2 remembers another");
    }

    private Person.Answer publish(String body) {
        return olivia.postJson(path + "/publish", body);
    }

    @Test
    void ofTheNextVersionWaitsBesideTheOneThatRuns() throws IOException {
        assertEquals(
                201,
                olivia.postZip("/api/tasks", TinyTask.renamed(house, name, "Runs"))
                        .status());
        Person.Answer next = draft("Next");
        assertEquals(201, next.status(), next.text());
        assertEquals(2, next.json().get("version").asInt());
        assertEquals("Runs", olivia.get(path).json().get("title").asText());
        assertEquals("Next", olivia.get(path + "/draft").json().get("title").asText());
        assertEquals(403, house.person("charlie").get(path + "/draft").status());
        assertEquals("Runs", house.nobody().get(path).json().get("title").asText());
        assertEquals(
                List.of("published"),
                house.nobody().get(path + "/changes").json().findValuesAsText("kind"),
                "nobody learns of a draft");
        assertEquals(200, publish("").status());
        assertEquals(2, house.nobody().get(path).json().get("version").asInt());
    }

    @Test
    void tellsEveryMistakeAtOnce() throws IOException {
        byte[] zip = TinyTask.zip(Map.of("task.yaml", """
                task: 1
                name: Not A Name
                title: Wrong in three places
                data:
                  format: idx
                  classes: [a, b]
                  input: {channels: 1, height: 16, width: 16}
                  train: {images: missing-images.idx, labels: missing-labels.idx}
                  validation: {images: v-images.idx, labels: v-labels.idx}
                  test: {images: t-images.idx, labels: t-labels.idx}
                recipe: {}
                quota: {per-day: 0}
                """));
        Person.Answer answer = olivia.postZip("/api/tasks?draft=true", zip);
        assertEquals(422, answer.status());
        String problems = answer.json().get("problems").toString();
        for (String told :
                List.of("Not A Name", "'model' is missing", "\"line\":12", "missing-images.idx", "v-images.idx"))
            assertTrue(problems.contains(told), told + " in " + problems);
    }
}
