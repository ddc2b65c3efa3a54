package touchstone.api.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;

@OnEachDatabase
final class TaskHttpTest {
    private final TestHouse house;
    private final Person olivia;

    TaskHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        olivia = TinyTask.organizer(kind);
    }

    @Test
    void aPublishedTaskIsThereForEverybody() {
        for (Person reader : List.of(olivia, house.person("charlie"), house.nobody())) {
            Person.Answer answer = reader.get(TinyTask.PATH);
            assertEquals(200, answer.status(), answer.text());
            assertEquals("tiny", answer.json().get("name").asText());
            assertEquals(olivia.name(), answer.json().get("organizer").asText());
            assertEquals("open", answer.json().get("state").asText());
            assertTrue(answer.json().at("/file/data/test").isNull(), "names of hidden files stay hidden");
            assertEquals(64, answer.json().get("digest").asText().length());
        }
        assertTrue(house.nobody()
                .get("/api/tasks")
                .json()
                .get("items")
                .findValuesAsText("name")
                .contains("tiny"));
        assertTrue(house.nobody().get(TinyTask.PATH).json().get("you").isNull());
        assertTrue(olivia.get(TinyTask.PATH).json().at("/you/organizer").asBoolean());
        assertEquals(
                5,
                house.person("charlie")
                        .get(TinyTask.PATH)
                        .json()
                        .at("/you/quota/left")
                        .asInt());
    }

    @Test
    void tellsEverybodyWhatHappenedToIt() {
        JsonNode changes = house.nobody().get(TinyTask.PATH + "/changes").json().get("items");
        assertTrue(changes.findValuesAsText("text").contains("Version 1 was published."), changes::toString);
        int acts = house.database()
                .get(
                        "select count(*) as acts from audit where act = 'task.publish' and object = 'tiny'",
                        row -> row.integer("acts"));
        assertTrue(acts > 0);
    }

    @Test
    void hasOneBoardFromTheStart() {
        int boards = house.database()
                .get(
                        "select count(*) as boards from judging_set where task = ? and kind = 'board' and state = 'applied'",
                        row -> row.integer("boards"),
                        TinyTask.id(house));
        assertEquals(1, boards);
    }

    @Test
    void givesOutNothingOfTheHiddenTest() throws IOException {
        Person.Answer answer = house.nobody().get(TinyTask.PATH + "/data");
        assertEquals(200, answer.status());
        List<String> names = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(answer.bytes()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry())
                names.add(entry.getName());
        }
        assertTrue(names.contains("train-images.idx"), names.toString());
        assertFalse(names.stream().anyMatch(name -> name.contains("test") || name.contains("truth")), names.toString());
    }

    @Test
    void theSameArchiveAgainMakesNothing() throws IOException {
        Person.Answer again = olivia.postZip("/api/tasks", house.fixture("tiny.zip"));
        assertEquals(200, again.status(), again.text());
        assertEquals(1, again.json().get("version").asInt());
    }

    @Test
    void anEarlierVersionAgainIsCurrentAgain() throws IOException {
        Person owen = house.organizer("owen");
        String name = "again-" + owen.name().substring(5);
        byte[] first = TinyTask.renamed(house, name, "The first");
        assertEquals(201, owen.postZip("/api/tasks", first).status());
        assertEquals(
                2,
                owen.postZip("/api/tasks", TinyTask.renamed(house, name, "The second"))
                        .json()
                        .get("version")
                        .asInt());
        Person.Answer again = owen.postZip("/api/tasks", first);
        assertEquals(200, again.status(), again.text());
        JsonNode current = owen.get("/api/tasks/" + name).json();
        assertEquals(1, current.get("version").asInt());
        assertEquals("The first", current.get("title").asText());
        assertEquals(
                3,
                owen.postZip("/api/tasks", TinyTask.renamed(house, name, "The third"))
                        .json()
                        .get("version")
                        .asInt());
    }

    @Test
    void anotherOrganizersNameIsTaken() throws IOException {
        Person.Answer answer = house.organizer("oscar").postZip("/api/tasks", house.fixture("tiny.zip"));
        assertEquals(409, answer.status());
        assertEquals("taken", answer.code());
    }

    @Test
    void onlyOrganizersPublish() throws IOException {
        assertEquals(
                401,
                house.nobody().postZip("/api/tasks", house.fixture("tiny.zip")).status());
        assertEquals(
                "may-not-create-tasks",
                house.person("charlie")
                        .postZip("/api/tasks", house.fixture("tiny.zip"))
                        .code());
    }

    @Test
    void aBrokenTaskIsToldWithItsPlacesAndLeavesNothing() throws IOException {
        long blobs = house.blobs();
        Person.Answer answer =
                olivia.postZip("/api/tasks", TinyTask.zip(Map.of("task.yaml", "task: 1\nname: Not A Name\n")));
        assertEquals(422, answer.status(), answer.text());
        assertTrue(answer.json().get("problems").size() > 1);
        assertEquals("task.yaml", answer.json().at("/problems/0/file").asText());
        assertEquals(blobs, house.blobs());
        assertEquals(0, house.leftovers());
    }

    @Test
    void whatDoesNotExistIsNotFound() {
        assertEquals("not-found", house.nobody().get("/api/tasks/none").code());
        assertEquals("not-found", house.nobody().get("/api/tasks/none/data").code());
        assertEquals(
                "not-found", house.nobody().get("/api/tasks/none/leaderboard").code());
    }
}
