package touchstone.api.leaderboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.judging.JudgingSet;
import touchstone.api.storage.Digests;
import touchstone.api.task.FinalSeeds;

/** Judging again and the final as organizers and teams meet them. */
@OnEachDatabase
final class JudgingSetHttpTest {
    private final TestHouse house;
    private final BoardFacts contest;
    private final Person organizer;
    private final Person alice;
    private final Person bob;
    private final Person charlie;
    private final String path;
    private UUID aliceTeam = new UUID(0, 0);
    private UUID charlieTeam = new UUID(0, 0);

    JudgingSetHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        contest = BoardFacts.inContestOf(kind);
        organizer = contest.organizer;
        alice = house.person("alice");
        bob = house.person("bob");
        charlie = house.person("charlie");
        path = "/api/tasks/" + contest.slug;
    }

    @BeforeEach
    void teams() {
        aliceTeam = contest.team("alice-and-bob", alice, bob);
        charlieTeam = contest.team("charlie", charlie);
        house.bean(FinalSeeds.class).drawMissing();
    }

    private UUID scored(UUID team, double open, double hidden) {
        UUID submission = contest.submission(team);
        contest.settled(submission, contest.boardSet, open, hidden);
        return submission;
    }

    private UUID made(String body) {
        Person.Answer answer = organizer.postJson(path + "/judging-sets", body);
        assertEquals(201, answer.status(), answer.text());
        return UUID.fromString(answer.json().get("id").asText());
    }

    private static Person.Answer choose(Person person, String path, List<UUID> submissions) {
        String ids = String.join(
                ", ",
                submissions.stream().map(one -> '"' + one.toString() + '"').toList());
        return person.send(
                "PUT",
                path + "/final-choice",
                "application/json",
                ("{\"submissions\": [" + ids + "]}").getBytes(StandardCharsets.UTF_8));
    }

    private JsonNode board(String query) {
        house.bean(Boards.class).forget();
        return house.nobody().get(path + "/leaderboard" + query).json();
    }

    @Test
    void oldStandsAgainstNewAndTheBoardMovesOnce() {
        UUID first = scored(aliceTeam, .5, .5);
        UUID second = scored(charlieTeam, .4, .4);
        UUID set = made("""
                {"kind": "rejudge", "reason": "Two labels of the hidden test were wrong.", "choose": {"verdict": "scored"}}
                """);
        String address = "/api/judging-sets/" + set;
        assertTrue(organizer.get(address).json().get("preview").isNull());
        Person.Answer early = organizer.postJson(address + "/apply", "");
        assertEquals(409, early.status());
        assertEquals("judging-set-incomplete", early.code());
        contest.settled(first, set, .3);
        contest.settled(second, set, .45);

        JsonNode preview = organizer.get(address).json().get("preview");
        assertEquals(2, preview.get("teamsMoved").asInt());
        assertEquals(2, preview.get("scoresChanged").asInt());
        assertEquals(0, preview.get("verdictsChanged").asInt());
        JsonNode alices = preview.at("/submissions/items/0");
        assertEquals(first.toString(), alices.get("submission").asText());
        assertEquals(-.2, alices.get("difference").asDouble(), 1e-12);
        assertEquals("charlie", preview.at("/teams/items/0/team").asText());
        assertEquals(2, preview.at("/teams/items/0/old/rank").asInt());
        assertEquals(1, preview.at("/teams/items/0/now/rank").asInt());
        assertEquals("alice-and-bob", board("").at("/rows/0/team").asText(), "a preview moves nothing");
        JsonNode before =
                alice.get("/api/submissions/" + first + "/judgings").json().get("items");
        assertEquals(1, before.size(), "nor is it told");

        assertEquals(200, organizer.postJson(address + "/apply", "").status());
        assertEquals(200, organizer.postJson(address + "/apply", "").status());

        assertEquals("charlie", board("").at("/rows/0/team").asText());
        JsonNode history =
                bob.get("/api/submissions/" + first + "/judgings").json().get("items");
        assertEquals(.5, history.get(0).get("score").asDouble());
        assertFalse(history.get(0).get("stands").asBoolean());
        assertEquals(.3, history.get(1).get("score").asDouble());
        assertEquals(
                "Two labels of the hidden test were wrong.",
                history.get(1).get("why").asText());
        assertEquals(404, charlie.get("/api/submissions/" + first + "/judgings").status());
        assertTrue(house.nobody()
                .get(path + "/changes")
                .text()
                .contains("2 submissions were judged again. Two labels of the hidden test were wrong."));
        JsonNode after = organizer.get(address).json();
        assertEquals("applied", after.get("state").asText());
        assertEquals(2, after.at("/preview/teamsMoved").asInt(), "what it changed stays readable");
        assertEquals(
                "judging-set-ended", organizer.postJson(address + "/drop", "").code());
    }

    @Test
    void whatCannotBeMadeIsToldAllAtOnce() {
        scored(aliceTeam, .5, .5);
        Person.Answer wrong =
                organizer.postJson(path + "/judging-sets", "{\"kind\": \"rejudge\", \"version\": 7, \"seeds\": 0}");
        assertEquals(422, wrong.status());
        assertEquals(4, wrong.json().get("problems").size(), wrong.text());
        assertEquals(
                422,
                organizer
                        .postJson(
                                path + "/judging-sets",
                                "{\"kind\": \"rejudge\", \"reason\": \"Why.\", \"choose\": {\"verdict\": \"rejected\"}}")
                        .status());
        assertEquals(
                422,
                organizer
                        .postJson(
                                path + "/judging-sets",
                                "{\"kind\": \"rejudge\", \"reason\": \"Why.\", \"choose\": {\"submissions\": [\""
                                        + UUID.randomUUID() + "\"]}}")
                        .status());
        assertEquals(
                400,
                organizer
                        .postJson(path + "/judging-sets", "{\"kind\": \"board\"}")
                        .status());
        assertEquals(
                0, organizer.get(path + "/judging-sets").json().get("items").size());
    }

    @Test
    void onlyOrganizersKnowOfASet() {
        scored(aliceTeam, .5, .5);
        String wanted = "{\"kind\": \"rejudge\", \"reason\": \"Why.\", \"choose\": {}}";
        assertEquals(403, alice.postJson(path + "/judging-sets", wanted).status());
        assertEquals(403, charlie.get(path + "/judging-sets").status());
        assertEquals(401, house.nobody().get(path + "/judging-sets").status());
        Person.Answer one = organizer.postJson(path + "/judging-sets", wanted, "Idempotency-Key", "k" + contest.task);
        Person.Answer two = organizer.postJson(path + "/judging-sets", wanted, "Idempotency-Key", "k" + contest.task);
        assertEquals(201, one.status());
        assertEquals(200, two.status());
        assertEquals(one.header("Location"), two.header("Location"));
        for (String road : List.of("", "/submissions", "/teams"))
            for (Person person : List.of(alice, bob, charlie))
                assertEquals(404, person.get(one.header("Location") + road).status());
        for (String road : List.of("/apply", "/drop"))
            for (Person person : List.of(alice, bob, charlie))
                assertEquals(
                        404, person.postJson(one.header("Location") + road, "").status());
        assertEquals(
                1, organizer.get(path + "/judging-sets").json().get("items").size());
        assertEquals(
                "dropped",
                organizer
                        .postJson(one.header("Location") + "/drop", "")
                        .json()
                        .get("state")
                        .asText());
    }

    @Test
    void theFinalIsTheChoiceOnThePrivateFoldAndItsSeedsWereFixedAtTheStart() {
        UUID best = scored(aliceTeam, .9, .2);
        UUID solid = scored(aliceTeam, .6, .6);
        UUID other = scored(charlieTeam, .7, .5);
        String hash = alice.get(path).json().at("/finalSeeds/hash").asText();
        assertTrue(Digests.isDigest(hash), hash);
        assertTrue(alice.get(path).json().at("/finalSeeds/seeds").isNull());

        JsonNode none = bob.get(path + "/final-choice").json();
        assertFalse(none.get("chosen").asBoolean());
        assertEquals(best.toString(), none.at("/submissions/0").asText(), "else the best on the board");
        assertEquals(422, choose(alice, path, List.of(other)).status());
        assertEquals(400, choose(alice, path, List.of(best, solid, other)).status());
        assertEquals(409, choose(house.person("dora"), path, List.of(best)).status());
        assertEquals(200, choose(bob, path, List.of(solid, best)).status());
        assertEquals(200, choose(bob, path, List.of(solid)).status());
        assertEquals(
                bob.name(), alice.get(path + "/final-choice").json().get("by").asText());

        String wanted = "{\"kind\": \"final\", \"reason\": \"The contest is over.\"}";
        assertEquals(
                "final-too-early",
                organizer.postJson(path + "/judging-sets", wanted).code());
        house.database().change("update task set state = 'closed' where id = ?", contest.task);
        assertEquals(409, choose(alice, path, List.of(best)).status());
        UUID waiting = contest.submission(charlieTeam);
        assertEquals(
                "final-too-early",
                organizer.postJson(path + "/judging-sets", wanted).code());
        contest.rejected(waiting, contest.boardSet);
        UUID set = made(wanted);
        assertEquals(
                "final-under-way",
                organizer.postJson(path + "/judging-sets", wanted).code());
        assertEquals(List.of(solid, other), members(set, solid, other, best));

        contest.settled(solid, set, .61, .59);
        contest.settled(other, set, .71, .58);
        assertEquals(404, organizer.get(path + "/leaderboard?board=final").status());
        assertEquals(
                1,
                alice.get("/api/submissions/" + solid + "/judgings")
                        .json()
                        .get("items")
                        .size());
        assertTrue(alice.get(path).json().at("/finalSeeds/seeds").isNull());
        JsonNode preview = organizer.get("/api/judging-sets/" + set).json().get("preview");
        assertEquals("private", preview.get("fold").asText());
        assertEquals(.59, preview.at("/teams/items/0/now/score").asDouble());

        organizer.postJson("/api/judging-sets/" + set + "/apply", "");

        JsonNode board = board("?board=final");
        assertEquals("private", board.get("fold").asText());
        assertEquals("alice-and-bob", board.at("/rows/0/team").asText());
        assertEquals(.59, board.at("/rows/0/score").asDouble());
        assertEquals(.58, board.at("/rows/1/score").asDouble());
        assertEquals(.9, board("").at("/rows/0/score").asDouble(), "the running board stays what it was");
        JsonNode revealed = alice.get(path).json().get("finalSeeds");
        assertEquals(hash, revealed.get("hash").asText());
        List<String> words = new ArrayList<>(List.of(revealed.get("nonce").asText()));
        revealed.get("seeds").forEach(seed -> words.add(seed.asText()));
        assertEquals(hash, Digests.of(String.join(" ", words)), "as the documentation says to check it");
        assertEquals(
                "private",
                alice.get("/api/submissions/" + solid + "/judgings")
                        .json()
                        .at("/items/1/fold")
                        .asText());

        contest.nextVersion();
        house.bean(BoardLoop.class).tick();
        JsonNode later = alice.get(path).json().get("finalSeeds");
        assertEquals(revealed.get("seeds"), later.get("seeds"), "they are still those of the final");
        assertEquals(hash, later.get("hash").asText());
        assertTrue(revealed.get("nextHash").isNull());
        assertEquals(0, board("").get("rows").size(), "nothing is judged under the new version yet");
        assertEquals(board.toString(), board("?board=final").toString(), "the final stays what it was");
        assertEquals(
                List.of(),
                house.bean(BoardSnapshots.class)
                        .verify(contest.slug)
                        .orElseThrow()
                        .different());
    }

    @Test
    void aFinalWaitsForUploadsThatBeganInTime() {
        scored(aliceTeam, .5, .5);
        String wanted = "{\"kind\": \"final\", \"reason\": \"The contest is over.\"}";
        closedFor(Duration.ofMinutes(1));
        Person.Answer early = organizer.postJson(path + "/judging-sets", wanted);
        assertEquals("final-too-early", early.code());
        assertTrue(early.text().contains("on their way"), early.text());
        closedFor(Duration.ofMinutes(16));
        made(wanted);
    }

    private void closedFor(Duration time) {
        house.database()
                .change(
                        "update task set phases_moved = true, closes = ? where id = ?",
                        Instant.now().minus(time),
                        contest.task);
    }

    @Test
    void theRestIsJudgedWithoutWhatIsLeftOut() {
        UUID held = scored(aliceTeam, .5, .5);
        UUID other = scored(charlieTeam, .4, .4);
        UUID set = made("{\"kind\": \"rejudge\", \"reason\": \"Why.\", \"choose\": {}}");
        contest.settled(other, set, .45);
        house.database().change("""
                insert into judging (id, submission, task, version, judging_set, variant, state, valid, created)
                select cast(? as uuid), id, task, version, cast(? as uuid), '', 'waiting-on-us', false, accepted
                from submission where id = ?
                """, UUID.randomUUID(), set, held);
        String address = "/api/judging-sets/" + set;
        String body = "{\"submission\": \"" + held + "\", \"reason\": \"No machine can judge it.\"}";
        assertEquals(
                "judging-set-incomplete",
                organizer.postJson(address + "/apply", "").code());
        assertEquals(404, alice.postJson(address + "/leave-out", body).status());
        assertEquals(
                422,
                organizer
                        .postJson(address + "/leave-out", "{\"submission\": \"" + held + "\"}")
                        .status());

        Person.Answer left = organizer.postJson(address + "/leave-out", body);

        assertEquals(1, left.json().at("/progress/cancelled").asInt(), left.text());
        assertEquals(200, organizer.postJson(address + "/apply", "").status());
        assertEquals(.5, board("").at("/rows/0/score").asDouble(), "what is left out keeps what it had");
    }

    @Test
    void nobodyIsTakenOutOfAFinalInSilence() {
        UUID rival = scored(aliceTeam, .5, .5);
        UUID other = scored(charlieTeam, .4, .4);
        UUID set = contest.set(JudgingSet.Kind.FINAL, List.of(rival, other));
        String address = "/api/judging-sets/" + set;
        String body = "{\"submission\": \"" + rival + "\", \"reason\": \"No machine can judge it.\"}";
        contest.settled(other, set, .45);
        assertEquals(
                "judging-set-incomplete",
                organizer.postJson(address + "/leave-out", body).code());
        UUID judging = UUID.randomUUID();
        house.database().change("""
                insert into judging (id, submission, task, version, judging_set, variant, state, valid, created)
                select cast(? as uuid), id, task, version, cast(? as uuid), '', 'waiting', false, accepted
                from submission where id = ?
                """, judging, set, rival);
        for (String state : List.of("waiting", "running")) {
            house.database().change("update judging set state = ? where id = ?", state, judging);
            assertEquals(
                    "not-held", organizer.postJson(address + "/leave-out", body).code());
        }
        house.database().change("update judging set state = 'waiting-on-us' where id = ?", judging);

        assertEquals(200, organizer.postJson(address + "/leave-out", body).status());
        assertEquals(
                0, bob.get(path + "/changes").json().get("items").size(), "nothing is told of what may be dropped");
        assertEquals(200, organizer.postJson(address + "/apply", "").status());

        JsonNode changes = bob.get(path + "/changes").json();
        assertEquals("submission-left-out", changes.at("/items/0/kind").asText());
        assertEquals(
                "Submission 1 of alice-and-bob was left out of the final, since it could not be judged: No machine can"
                        + " judge it.",
                changes.at("/items/0/text").asText());
        assertEquals("judging-set-applied", changes.at("/items/1/kind").asText());
    }

    @Test
    void aFinalThatIsOutStaysOut() {
        UUID only = scored(aliceTeam, .5, .5);
        Instant closes = Instant.parse("2026-01-01T00:00:00Z");
        house.database().change("update task set phases_moved = true, closes = ? where id = ?", closes, contest.task);
        UUID set = contest.set(JudgingSet.Kind.FINAL, List.of(only));
        contest.settled(only, set, .45);
        String late = "{\"closes\": \"" + closes + "\", \"reveals\": \"2099-01-01T00:00:00Z\"}";
        assertEquals(2, organizer.putJson(path + "/phases", late).status() / 100);
        assertEquals(
                200,
                organizer.postJson("/api/judging-sets/" + set + "/apply", "").status());
        assertEquals(404, alice.get(path + "/leaderboard?board=final").status());
        String never = "{\"closes\": \"" + closes + "\"}";
        assertEquals(2, organizer.putJson(path + "/phases", never).status() / 100);
        assertEquals(200, alice.get(path + "/leaderboard?board=final").status());

        Person.Answer refused = organizer.putJson(path + "/phases", late);

        assertEquals("phases", refused.code());
        assertTrue(refused.text().contains("everybody reads it"), refused.text());
        assertEquals(200, alice.get(path + "/leaderboard?board=final").status());
    }

    @Test
    void whatIsJudgedAgainIsChosenByTimeVerdictVersionAndId() {
        BoardFacts here = contest.another();
        UUID team = here.team("owls");
        UUID early = here.submission(team);
        UUID noon = here.submission(team);
        UUID late = here.submission(team);
        here.settled(early, here.boardSet, .5);
        here.settled(noon, here.boardSet, .6);
        here.rejected(late, here.boardSet);
        here.nextVersion();
        house.database().change("update judging set version = 2 where submission = ?", noon);
        Instant twelve = Instant.parse("2026-03-01T12:00:00Z");
        accepted(early, twelve.minusSeconds(1));
        accepted(noon, twelve);
        accepted(late, twelve.plusSeconds(1));

        assertEquals(List.of(noon, late), chosen(here, "\"from\": \"" + twelve + "\"", early, noon, late));
        assertEquals(List.of(early), chosen(here, "\"to\": \"" + twelve + "\"", early, noon, late));
        assertEquals(List.of(late), chosen(here, "\"verdict\": \"rejected\"", early, noon, late));
        assertEquals(List.of(early, late), chosen(here, "\"version\": 1", early, noon, late));
        assertEquals(
                List.of(early, noon),
                chosen(here, "\"submissions\": [\"" + noon + "\", \"" + early + "\"]", early, noon, late));
        assertEquals(
                List.of(noon),
                chosen(here, "\"from\": \"" + twelve + "\", \"verdict\": \"scored\"", early, noon, late),
                "all conditions hold together");
        assertEquals(List.of(early, noon, late), chosen(here, "", early, noon, late));
    }

    private void accepted(UUID submission, Instant at) {
        house.database().change("update submission set accepted = ? where id = ?", at, submission);
    }

    private List<UUID> chosen(BoardFacts contest, String choose, UUID... order) {
        Person.Answer made = contest.organizer.postJson(
                "/api/tasks/" + contest.slug + "/judging-sets",
                "{\"kind\": \"rejudge\", \"reason\": \"Why.\", \"choose\": {" + choose + "}}");
        assertEquals(201, made.status(), made.text());
        return members(UUID.fromString(made.json().get("id").asText()), order);
    }

    private List<UUID> members(UUID set, UUID... order) {
        List<UUID> members = house.database()
                .list(
                        "select submission from judging_set_member where judging_set = ?",
                        row -> row.uuid("submission"),
                        set);
        return List.of(order).stream().filter(members::contains).toList();
    }
}
