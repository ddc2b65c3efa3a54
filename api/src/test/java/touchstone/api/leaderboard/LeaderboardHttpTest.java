package touchstone.api.leaderboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;
import touchstone.api.storage.Database;

@OnEachDatabase
final class LeaderboardHttpTest {
    private static final String BOARD = TinyTask.PATH + "/leaderboard";

    private final TestHouse house;

    LeaderboardHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        TinyTask.organizer(kind);
    }

    private UUID submitted(Person person, String title) {
        Person.Answer answer = person.postZip(TinyTask.PATH + "/submissions", TinyTask.strategy(title));
        assertEquals(201, answer.status(), answer.text());
        return UUID.fromString(answer.json().get("id").asText());
    }

    /** Writes what judging would write. */
    private void scored(UUID submission, double score) {
        Database database = house.database();
        UUID judging = UUID.randomUUID();
        UUID run = UUID.randomUUID();
        database.transaction(() -> {
            database.change("""
                    insert into judging (id, submission, task, version, judging_set, variant, state, verdict, settled_seq,
                                         valid, created)
                    select cast(? as uuid), cast(? as uuid), task, 1, id, '', 'settled', 'scored', nextval('settled_seq'),
                           true, created
                    from judging_set where task = ? and kind = 'board'
                    """, judging, submission, TinyTask.id(house));
            database.change("""
                    insert into run (id, judging, seed_index, seed, state, attempts, failures, not_before, priority)
                    values (?, ?, 0, 1, 'done', 1, 0, ?, 0)
                    """, run, judging, Instant.EPOCH);
            database.change(
                    "insert into metric (run, fold, name, metric_version, measured) values (?, 'public', 'accuracy', 1, ?)",
                    run,
                    score);
        });
    }

    private JsonNode rowOf(Person reader, Person team) {
        for (JsonNode row : reader.get(BOARD).json().get("rows"))
            if (row.get("team").asText().equals(team.name())) return row;
        throw new AssertionError(
                "no row of " + team.name() + " in " + reader.get(BOARD).text());
    }

    @Test
    void showsEverybodyTheBestAndOnlyTheOwnId() {
        Person alice = house.person("alice");
        Person bob = house.person("bob");
        Person charlie = house.person("charlie");
        UUID first = submitted(alice, "first");
        UUID second = submitted(alice, "second");
        TinyTask.join(house, bob, alice);
        scored(first, .25);
        scored(second, .75);
        Boards boards = house.bean(Boards.class);
        boards.forget();
        JsonNode row = rowOf(house.nobody(), alice);
        assertEquals(.75, row.get("score").asDouble());
        assertEquals(2, row.get("submissions").asInt());
        assertEquals("team", row.get("kind").asText());
        assertTrue(row.get("submission").isNull());
        assertTrue(rowOf(charlie, alice).get("submission").isNull());
        assertEquals(second.toString(), rowOf(alice, alice).get("submission").asText());
        assertEquals(second.toString(), rowOf(bob, alice).get("submission").asText());
        String tag = alice.get(BOARD).header("ETag");
        assertEquals(304, alice.get(BOARD, "If-None-Match", tag).status());
        assertEquals(304, bob.get(BOARD, "If-None-Match", tag).status());
        assertEquals(200, charlie.get(BOARD, "If-None-Match", tag).status(), "it shows another team's own");
    }

    @Test
    void isAnsweredFromWhatTheReaderHolds() {
        Person.Answer board = house.nobody().get(BOARD);
        assertEquals(200, board.status());
        assertEquals(
                304,
                house.nobody().get(BOARD, "If-None-Match", board.header("ETag")).status());
        Person.Answer csv = house.nobody().get(BOARD + "?format=csv");
        assertTrue(csv.text().startsWith("rank,kind,team,score"), csv.text());
        assertTrue(csv.header("Content-Type").startsWith("text/csv"));
        assertEquals(400, house.nobody().get(BOARD + "?format=pdf").status());
    }
}
