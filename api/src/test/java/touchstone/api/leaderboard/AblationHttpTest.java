package touchstone.api.leaderboard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;

/** What each part of a strategy is worth, as organizers ask for it; nobody else learns of it, and no board. */
@OnEachDatabase
final class AblationHttpTest {
    private static final String ALL = "{\"kind\": \"ablation\", \"reason\": \"Which part counts?\", \"choose\": {}}";

    private final TestHouse house;
    private final BoardFacts contest;
    private final Person organizer;
    private final Person alice;
    private final Person bob;
    private final Person charlie;
    private final String path;
    private final UUID aliceTeam;
    private final UUID charlieTeam;

    AblationHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        contest = BoardFacts.inContestOf(kind).another();
        organizer = contest.organizer;
        alice = house.person("alice");
        bob = house.person("bob");
        charlie = house.person("charlie");
        path = "/api/tasks/" + contest.slug;
        aliceTeam = contest.team("alice-and-bob", alice, bob);
        charlieTeam = contest.team("charlie", charlie);
    }

    private static BitSet samples(int from, int to) {
        BitSet right = new BitSet();
        right.set(from, to);
        return right;
    }

    private UUID scored(UUID team, List<String> rules, BitSet... right) {
        UUID submission = contest.submission(team, rules);
        contest.settled(submission, contest.boardSet, "", List.of(right));
        return submission;
    }

    private UUID made(String body) {
        Person.Answer answer = organizer.postJson(path + "/judging-sets", body);
        assertEquals(201, answer.status(), answer.text());
        return UUID.fromString(answer.json().get("id").asText());
    }

    private byte[] board() {
        house.bean(Boards.class).forget();
        return house.nobody().get(path + "/leaderboard").bytes();
    }

    private JsonNode refused(String body) {
        Person.Answer answer = organizer.postJson(path + "/judging-sets", body);
        assertEquals(422, answer.status(), answer.text());
        assertEquals(
                0, organizer.get(path + "/judging-sets").json().get("items").size(), "and nothing is made");
        return answer.json().get("problems");
    }

    @Test
    void eachPartThatAStrategyHasIsLeftOutOnce() {
        UUID both = scored(aliceTeam, List.of("samples.draw", "samples.augment[0]", "weights[0]"), samples(0, 10));
        scored(charlieTeam, List.of(), samples(0, 9));
        contest.rejected(contest.submission(charlieTeam, List.of("labels[0]")), contest.boardSet);
        UUID set = made(ALL);

        List<String> members = house.database()
                .list(
                        "select submission, variant from judging_set_member where judging_set = ? order by variant",
                        row -> row.uuid("submission") + " " + row.text("variant"),
                        set);
        assertEquals(List.of(both + " without-samples", both + " without-weights"), members);
        JsonNode told = organizer.get("/api/judging-sets/" + set).json();
        assertEquals(2, told.at("/progress/unopened").asInt());
        assertTrue(told.get("ablation").isNull());
        JsonNode parts =
                organizer.get("/api/judging-sets/" + set + "/ablations").json().at("/items/0/parts");
        assertEquals("without-samples", parts.at("/0/variant").asText());
        assertTrue(parts.at("/0/state").isNull());
    }

    @Test
    void everythingStandsAgainstWithoutAPartAndTheDifferenceIsPaired() {
        int samples = contest.samples();
        UUID submission =
                scored(aliceTeam, List.of("samples.drop", "labels[0]", "weights[0]"), samples(0, 10), samples(0, 12));
        UUID set = made(ALL);
        contest.settled(submission, set, "without-samples", List.of(samples(5, 13), samples(6, 14)));
        contest.settled(submission, set, "without-labels", List.of(samples(0, 10), samples(0, 12)));
        assertTrue(
                organizer.get("/api/judging-sets/" + set).json().get("ablation").isNull());
        contest.rejected(submission, set, "without-weights");

        JsonNode told = organizer.get("/api/judging-sets/" + set).json();
        assertTrue(told.get("preview").isNull());
        JsonNode ablation = told.get("ablation");
        assertEquals("public", ablation.get("fold").asText());
        assertEquals(samples, ablation.get("samples").asInt());
        JsonNode one = ablation.at("/submissions/items/0");
        assertEquals(submission.toString(), one.get("submission").asText());
        assertEquals(11.0 / samples, one.at("/score/value").asDouble(), 1e-12);
        JsonNode withoutSamples = one.at("/parts/0");
        assertEquals("without-samples", withoutSamples.get("variant").asText());
        assertEquals(8.0 / samples, withoutSamples.get("score").asDouble(), 1e-12);
        assertEquals(3.0 / samples, withoutSamples.at("/difference/value").asDouble(), 1e-12);
        assertEquals(2, withoutSamples.at("/difference/seeds").asInt());
        // Over both seeds samples 0 to 4 are lost, 5 is lost for one seed, 10, 11 and 13 gained for one, and 12 for
        // both.
        assertEquals(
                halfWidth(samples, 1, 1, 1, 1, 1, .5, -.5, -.5, -1, -.5),
                withoutSamples.at("/difference/halfWidth").asDouble(),
                1e-12);
        JsonNode withoutLabels = one.at("/parts/1");
        assertEquals(0, withoutLabels.at("/difference/value").asDouble());
        assertEquals(0, withoutLabels.at("/difference/halfWidth").asDouble());
        JsonNode withoutWeights = one.at("/parts/2");
        assertEquals("rejected", withoutWeights.get("verdict").asText());
        assertTrue(withoutWeights.get("score").isNull());
        assertTrue(withoutWeights.get("difference").isNull());
    }

    /** 1.64 standard errors of the mean of these differences and of 0 for every other sample. */
    private static double halfWidth(int samples, double... differences) {
        double mean = 0;
        for (double difference : differences) mean += difference / samples;
        double variance = (samples - differences.length) * mean * mean;
        for (double difference : differences) variance += (difference - mean) * (difference - mean);
        return 1.64 * Math.sqrt(variance / (samples - 1) / samples);
    }

    @Test
    void nothingOfItReachesTheBoardOrTheTeam() {
        UUID submission = scored(aliceTeam, List.of("labels[0]"), samples(0, 10));
        scored(charlieTeam, List.of(), samples(0, 11));
        byte[] board = board();
        String judgings =
                alice.get("/api/submissions/" + submission + "/judgings").text();
        String quota = alice.get(path + "/quota").text();
        UUID set = made(ALL);
        String address = "/api/judging-sets/" + set;
        contest.settled(submission, set, "without-labels", List.of(samples(0, 20)));

        Person.Answer applied = organizer.postJson(address + "/apply", "");
        assertEquals(409, applied.status());
        assertEquals("judging-set-kind", applied.code());
        assertTrue(applied.text().contains("only read"), applied.text());
        assertArrayEquals(board, board());
        assertEquals(
                judgings,
                bob.get("/api/submissions/" + submission + "/judgings").text());
        assertEquals(quota, alice.get(path + "/quota").text());
        assertEquals("judging-set-kind", organizer.get(address + "/submissions").code());
        assertEquals("judging-set-kind", organizer.get(address + "/teams").code());
        for (Person person : List.of(alice, bob, charlie)) {
            assertEquals(404, person.get(address).status());
            assertEquals(404, person.get(address + "/ablations").status());
            assertEquals(403, person.postJson(path + "/judging-sets", ALL).status());
        }
        house.bean(BoardLoop.class).tick();
        // Not even where something went wrong that nothing here does.
        house.database().change("update judging set valid = true where judging_set = ?", set);
        house.database()
                .change(
                        "update judging_set set state = 'applied', ended = created,"
                                + " applied_seq = nextval('settled_seq') where id = ?",
                        set);
        assertArrayEquals(board, board());
        assertEquals(
                judgings,
                alice.get("/api/submissions/" + submission + "/judgings").text());
        assertEquals(404, house.nobody().get(path + "/leaderboard?board=final").status());
        house.bean(BoardLoop.class).tick();
        assertEquals(
                List.of(),
                house.bean(BoardSnapshots.class)
                        .verify(contest.slug)
                        .orElseThrow()
                        .different());
    }

    @Test
    void itIsDroppedWhenItHasBeenRead() {
        UUID submission = scored(aliceTeam, List.of("labels[0]"), samples(0, 10));
        UUID set = made(ALL);
        contest.settled(submission, set, "without-labels", List.of(samples(0, 8)));
        assertEquals(
                "dropped",
                organizer
                        .postJson("/api/judging-sets/" + set + "/drop", "")
                        .json()
                        .get("state")
                        .asText());
        assertEquals(
                2.0 / contest.samples(),
                organizer
                        .get("/api/judging-sets/" + set)
                        .json()
                        .at("/ablation/submissions/items/0/parts/0/difference/value")
                        .asDouble(),
                1e-12,
                "what it said stays readable");
    }

    @Test
    void whatCannotBeComparedIsRefusedAllAtOnce() {
        scored(aliceTeam, List.of(), samples(0, 10));
        assertEquals(2, refused("{\"kind\": \"ablation\"}").size());
        assertEquals(3, refused("""
                {"kind": "ablation", "reason": "Why.", "seeds": 3, "choose": {"verdict": "rejected", "version": 9}}
                """).size());
        assertTrue(refused(ALL).toString().contains("no strategy that was chosen has samples, labels or weights"));
    }
}
