package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.Database;

@OnEachDatabase
final class TryOutHttpTest {
    private final TestHouse house;
    private final Database database;
    private final Person olivia;
    private final String name;
    private final String path;

    TryOutHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        database = house.database();
        olivia = house.organizer("olivia");
        name = "tried-" + olivia.name().substring(7);
        path = "/api/tasks/" + name;
    }

    @Test
    void tellsAnOrganizerWhatTheDraftIsWorth() throws Exception {
        assertEquals(
                201,
                olivia.postZip("/api/tasks?draft=true", TinyTask.renamed(house, name, "First"))
                        .status());
        assertEquals("not-found", olivia.get(path + "/try-out").code());
        Person.Answer begun = olivia.postJson(path + "/try-out", "");
        assertEquals(201, begun.status(), begun.text());
        assertEquals(path + "/try-out", begun.header("Location"));
        assertEquals("waiting", begun.json().get("state").asText());
        assertEquals(10, begun.json().get("seeds").asInt());
        assertTrue(begun.json().get("differences").isNull());
        assertEquals(80, begun.json().at("/duplicates/hidden").asInt());
        assertEquals(200, olivia.postJson(path + "/try-out", "").status(), "once a draft");
        for (Person other : List.of(house.person("alice"), house.organizer("oscar"))) {
            assertEquals("not-found", other.get(path + "/try-out").code());
            assertEquals("not-found", other.postJson(path + "/try-out", "").code());
        }
        assertEquals(401, house.nobody().get(path + "/try-out").status());

        house.bean(SetLoop.class).tick();
        List<UUID> runs = runs();
        assertEquals(10, runs.size());
        for (int i = 0; i < runs.size(); i++) finish(runs.get(i), 0.50 + 0.01 * i);
        Person.Answer answer = olivia.get(path + "/try-out");
        JsonNode report = answer.json();
        assertEquals(10, report.get("seedsDone").asInt());
        JsonNode hidden = report.at("/scores/1");
        assertEquals("private", hidden.get("fold").asText());
        assertEquals(0.545, hidden.get("mean").asDouble(), 1e-9);
        assertEquals(0.0302765, hidden.get("spread").asDouble(), 1e-6);
        assertEquals(6.0, report.at("/secondsASeed/mean").asDouble(), 1e-9);
        JsonNode smallest = report.at("/differences/smallest");
        assertEquals("public", smallest.at("/0/fold").asText());
        assertEquals(40, smallest.at("/1/samples").asInt());
        assertEquals(3, smallest.at("/1/seeds").asInt());
        assertEquals(2.8 * Math.sqrt(0.06 / 40), smallest.at("/1/difference").asDouble(), 1e-9);
        assertEquals(
                304,
                olivia.get(path + "/try-out", "If-None-Match", answer.header("ETag"))
                        .status());

        assertEquals(200, olivia.postJson(path + "/publish", "").status());
        assertEquals(200, olivia.get(path + "/try-out").status(), "stays readable");
        assertEquals(403, house.person("alice").get(path + "/try-out").status());
        assertEquals("no-draft", olivia.postJson(path + "/try-out", "").code());
        assertFalse(house.nobody().get(path + "/leaderboard").text().contains("0.54"), "a try-out is on no board");
    }

    @Test
    void anAdministratorBeginsOneOfTheOrganizersBaselineTeam() {
        olivia.postZip("/api/tasks?draft=true", TinyTask.renamed(house, name, "First"));
        Person admin = house.administrator("ada");
        assertEquals(201, admin.postJson(path + "/try-out", "").status());
        assertEquals(
                List.of("baseline of olivia"),
                database.list(
                        """
                        select team.kind, account.id from member join team on team.id = member.team
                        join account on account.id = member.account join task on task.id = member.task
                        where task.slug = ?
                        """,
                        row -> row.text("kind")
                                + (row.uuid("id").equals(olivia.account()) ? " of olivia" : " of another"),
                        name));
        assertEquals(200, olivia.postJson(path + "/try-out", "").status(), "it is hers");
    }

    @Test
    void aTryOutOfAnEarlierDraftIsDropped() throws Exception {
        for (String title : List.of("First", "Second")) {
            olivia.postZip("/api/tasks?draft=true", TinyTask.renamed(house, name, title));
            assertEquals(201, olivia.postJson(path + "/try-out", "").status());
        }
        assertEquals(2, olivia.get(path + "/try-out").json().get("version").asInt());
        assertEquals(List.of("dropped", "open"), database.list("""
                        select s.state from judging_set s join task t on t.id = s.task
                        where t.slug = ? and s.kind = 'tryout' order by s.version
                        """, row -> row.text("state"), name));
    }

    private List<UUID> runs() {
        return database.list("""
                select r.id from run r join judging j on j.id = r.judging
                join judging_set s on s.id = j.judging_set join task t on t.id = s.task
                where t.slug = ? and s.kind = 'tryout' order by r.seed_index
                """, row -> row.uuid("id"), name);
    }

    /** What a job's result leaves behind. */
    private void finish(UUID run, double accuracy) throws Exception {
        Instant now = Instant.now();
        UUID instance = UUID.randomUUID();
        Blobs blobs = house.bean(Blobs.class);
        byte[] right = house.bean(JsonText.class)
                .write(Map.of("public", "Aw==", "private", "Bw=="))
                .getBytes(StandardCharsets.UTF_8);
        try (Blobs.Incoming incoming = blobs.receive(new ByteArrayInputStream(right), right.length)) {
            database.transaction(() -> {
                database.change(
                        "insert into instance (id, host, boot_id, pid, pid_ticks, started, seen) values (?, 'h', 'b', 1, 1, ?, ?)",
                        instance,
                        now,
                        now);
                database.change(
                        """
                        insert into attempt (run, n, kind, state, runner, instance, phase, beat, epoch, epochs, started,
                                             ended, fault, report)
                        values (?, 1, 'full', 'ended', 'local', ?, 'ended', 1, 4, 4, ?, ?, 'none', ?)
                        """,
                        run,
                        instance,
                        now,
                        now,
                        "{\"seconds\": {\"load\": 1.0, \"train\": 2.0, \"score\": 3.0}, \"notes\": []}");
                database.change(
                        "insert into metric (run, fold, name, metric_version, measured) values (?, 'private', 'accuracy', 1, ?)",
                        run,
                        accuracy);
                database.change(
                        "insert into metric (run, fold, name, metric_version, measured) values (?, 'public', 'accuracy', 1, ?)",
                        run,
                        accuracy);
                database.change(
                        "update run set state = 'done', attempts = 1, correct_blob = ? where id = ?",
                        blobs.keep(incoming, "correct"),
                        run);
            });
        }
    }
}
