package touchstone.api.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import touchstone.api.app.AtOnce;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;

@OnEachDatabase
final class TeamHttpTest {
    private static final String TEAM = TinyTask.PATH + "/team";
    private static final String TEAMS = TinyTask.PATH + "/teams";
    private static final String SUBMISSIONS = TinyTask.PATH + "/submissions";

    private final TestHouse house;
    private final Person olivia;
    private final Person alice;
    private final Person bob;
    private final Person charlie;

    TeamHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        olivia = TinyTask.organizer(kind);
        alice = house.person("alice");
        bob = house.person("bob");
        charlie = house.person("charlie");
    }

    private static String unique(String name) {
        return name + " " + UUID.randomUUID().toString().substring(0, 8);
    }

    private static Person.Answer create(Person captain, String name) {
        return captain.postJson(TEAM, "{\"name\": \"" + name + "\"}");
    }

    private static String code(Person captain, int uses) {
        Person.Answer made = captain.postJson(TEAM + "/invitations", "{\"uses\": " + uses + "}");
        assertEquals(201, made.status(), made.text());
        return made.json().get("code").asText();
    }

    private static Person.Answer join(Person newcomer, String code) {
        return newcomer.postJson(TEAM + "/join", "{\"code\": \"" + code + "\"}");
    }

    private static Person.Answer patch(Person person, String body) {
        return person.send("PATCH", TEAM, "application/json", body.getBytes());
    }

    private static void assertRefused(String code, Person.Answer answer) {
        assertEquals(code, answer.code(), answer.text());
        assertTrue(answer.status() >= 400 && answer.status() < 500, answer.text());
    }

    private static List<String> members(Person person) {
        return person.get(TEAM).json().get("members").findValuesAsText("name");
    }

    /** Alice's, with Bob on it. */
    private UUID teamOfTwo() {
        UUID team =
                UUID.fromString(create(alice, unique("Owls")).json().get("id").asText());
        assertEquals(200, join(bob, code(alice, 1)).status());
        return team;
    }

    private void score(UUID team) {
        house.database().transaction(() -> house.bean(TeamFreeze.class).scored(team, Instant.now()));
    }

    private static String submit(Person person) {
        Person.Answer made = person.postZip(SUBMISSIONS, TinyTask.strategy(unique("strategy")));
        assertEquals(201, made.status(), made.text());
        return made.json().get("id").asText();
    }

    private List<String> acts(String name) {
        return house.database()
                .list("select act from audit where object = ? order by seq", row -> row.text("act"), "tiny/" + name);
    }

    @Test
    void peopleJoinByACodeThatIsUsedUp() {
        String name = unique("Owls");
        Person.Answer made = create(alice, name);
        assertEquals(201, made.status(), made.text());
        assertEquals(TEAM, made.header("Location"));
        String code = code(alice, 1);
        assertFalse(alice.get(TEAM).text().contains(code), "a code is told once");
        assertEquals(1, alice.get(TEAM).json().get("invitations").size());
        assertEquals(200, join(bob, code).status());
        assertEquals(200, join(bob, code).status(), "joining again changes nothing");
        assertRefused("invitation", join(charlie, code));
        assertEquals(
                join(charlie, code).textOfAll(),
                join(charlie, "ti_something-else").textOfAll(),
                "used up and wrong are one answer");
        assertEquals(List.of(alice.name(), bob.name()), members(bob));
        JsonNode you = bob.get(TinyTask.PATH).json().get("you");
        assertEquals(name, you.get("team").asText());
        assertEquals(2, you.at("/membership/members").asInt());
        assertFalse(you.at("/membership/captain").asBoolean());
        assertTrue(alice.get(TinyTask.PATH).json().at("/you/membership/captain").asBoolean());
        assertEquals(0, bob.get(TEAM).json().get("invitations").size(), "codes are the captain's");
        assertEquals(404, charlie.get(TEAM).status());
        assertEquals(List.of("team.create", "team.invite", "team.join"), acts(name));
        int stored = house.database()
                .get("select count(*) as n from invitation where digest = ?", row -> row.integer("n"), code);
        assertEquals(0, stored, "only the digest is stored");
    }

    @Test
    void codesEndWhenTheyAreTakenBackOrExpire() {
        create(alice, unique("Owls"));
        Person.Answer made = alice.postJson(TEAM + "/invitations", "{\"uses\": 5, \"days\": 1}");
        String path = made.header("Location");
        assertEquals(403, joined(bob).delete(path).status());
        assertEquals(404, charlie.delete(path).status());
        assertEquals(204, alice.delete(path).status());
        assertRefused("invitation", join(charlie, made.json().get("code").asText()));
        String expired = code(alice, 5);
        house.database().change("""
                update invitation set expires = created where team = (select team from member where account = ? and task = ?)
                """, alice.account(), TinyTask.id(house));
        assertRefused("invitation", join(charlie, expired));
        assertEquals(
                400, alice.postJson(TEAM + "/invitations", "{\"uses\": 1001}").status());
        assertEquals(400, alice.postJson(TEAM + "/invitations", "{\"days\": 0}").status());
    }

    private Person joined(Person newcomer) {
        assertEquals(200, join(newcomer, code(alice, 1)).status());
        return newcomer;
    }

    @Test
    void whoGuessesCodesIsSlowedAndNobodyElseIs() {
        create(alice, unique("Owls"));
        for (int i = 0; i < 10; i++)
            assertEquals(422, join(charlie, "guess " + i).status());
        Person.Answer slowed = join(charlie, code(alice, 1));
        assertRefused("slow-down", slowed);
        assertEquals(429, slowed.status());
        assertFalse(slowed.header("Retry-After").isEmpty());
        assertEquals(200, join(bob, code(alice, 1)).status());
    }

    @Test
    void namesAreOneATask() {
        String name = unique("Owls");
        create(alice, name);
        assertRefused("taken", create(bob, name.toUpperCase()));
        assertRefused("on-a-team", create(alice, unique("Another")));
        assertRefused("name", create(charlie, "<b>"));
        assertEquals(201, create(bob, unique("Bats")).status());
        assertRefused("taken", patch(bob, "{\"name\": \"" + name + "\"}"));
        String better = unique("Eagle owls");
        assertEquals(
                better,
                patch(alice, "{\"name\": \"" + better + "\"}")
                        .json()
                        .get("name")
                        .asText());
        assertEquals(201, create(charlie, name).status(), "a name that was given up is free");
        assertEquals(404, patch(house.person("dora"), "{\"name\": \"X\"}").status());
    }

    @Test
    void aKeyMakesOneTeamAndOneInvitation() {
        String body = "{\"name\": \"" + unique("Owls") + "\"}";
        Person.Answer made = alice.postJson(TEAM, body, "Idempotency-Key", "one");
        Person.Answer again = alice.postJson(TEAM, body, "Idempotency-Key", "one");
        assertEquals(201, made.status(), made.text());
        assertEquals(made.json().get("id"), again.json().get("id"));
        Person.Answer invited = alice.postJson(TEAM + "/invitations", "{}", "Idempotency-Key", "two");
        Person.Answer repeated = alice.postJson(TEAM + "/invitations", "{}", "Idempotency-Key", "two");
        assertEquals(invited.json().get("id"), repeated.json().get("id"));
        assertFalse(repeated.json().has("code"), "the code is told once");
    }

    @Test
    void anEmptyTeamOfOneIsLeftByJoiningAnother() {
        create(alice, unique("Owls"));
        String left = unique("Bats");
        create(bob, left);
        String ofBats = code(bob, 3);
        assertEquals(200, join(bob, code(alice, 1)).status());
        assertRefused("invitation", join(charlie, ofBats));
        assertEquals(201, create(charlie, left).status());
        assertEquals(List.of("team.create", "team.invite", "team.dissolve", "team.create"), acts(left));
    }

    @Test
    void whoHasSubmittedDoesNotJoinAnother() {
        create(alice, unique("Owls"));
        String submission = submit(bob);
        String code = code(alice, 1);
        assertRefused("on-a-team", join(bob, code));
        assertRefused("last-member", bob.postJson(TEAM + "/leave", ""));
        assertEquals(200, bob.get("/api/submissions/" + submission).status());
        assertEquals(200, join(charlie, code).status(), "a refused join uses nothing up");
    }

    @Test
    void whoLeavesIsOffAndTheCaptainIsFollowed() {
        teamOfTwo();
        String submission = submit(alice);
        assertRefused("not-captain", bob.postJson(TEAM + "/invitations", "{}"));
        assertEquals(204, alice.postJson(TEAM + "/leave", "").status());
        assertEquals(404, alice.get(TEAM).status());
        assertEquals(404, alice.get("/api/submissions/" + submission).status());
        assertEquals(200, bob.get("/api/submissions/" + submission).status());
        assertTrue(bob.get(TEAM).json().get("captain").asBoolean());
        assertEquals(201, bob.postJson(TEAM + "/invitations", "{}").status());
        assertRefused("last-member", bob.postJson(TEAM + "/leave", ""));
    }

    @Test
    void theCaptainPutsOffAndHandsOver() {
        teamOfTwo();
        String code = code(alice, 5);
        assertRefused("not-captain", bob.delete(TEAM + "/members/" + alice.name()));
        assertRefused("no-member", alice.delete(TEAM + "/members/" + charlie.name()));
        assertRefused("no-member", alice.delete(TEAM + "/members/nobody-at-all"));
        assertRefused("yourself", alice.delete(TEAM + "/members/" + alice.name()));
        assertEquals(204, alice.delete(TEAM + "/members/" + bob.name()).status());
        assertEquals(404, bob.get(TEAM).status());
        assertRefused("invitation", join(bob, code));
        assertEquals(200, join(bob, code(alice, 1)).status());
        assertEquals(200, patch(alice, "{\"captain\": \"" + bob.name() + "\"}").status());
        assertRefused("not-captain", patch(alice, "{\"name\": \"Mine\"}"));
        assertEquals(204, bob.delete(TEAM + "/members/" + alice.name()).status());
    }

    @Test
    void aScoreFreezesTheTeamUntilAnOrganizerAllowsChanges() {
        UUID team = teamOfTwo();
        String code = code(alice, 5);
        submit(alice);
        score(team);
        score(team);
        assertRefused("team-frozen", join(charlie, code));
        assertRefused("team-frozen", bob.postJson(TEAM + "/leave", ""));
        assertRefused("team-frozen", alice.delete(TEAM + "/members/" + bob.name()));
        assertRefused("team-frozen", alice.postJson(TEAM + "/invitations", "{}"));
        assertRefused("team-frozen", patch(alice, "{\"name\": \"Other\"}"));
        assertTrue(bob.get(TEAM).json().get("frozen").asBoolean());
        assertEquals(403, alice.postJson(TEAMS + "/" + team + "/unfreeze", "").status());
        assertEquals(
                404,
                olivia.postJson(TEAMS + "/" + UUID.randomUUID() + "/unfreeze", "")
                        .status());
        assertEquals(204, olivia.postJson(TEAMS + "/" + team + "/unfreeze", "").status());
        score(team);
        assertEquals(200, join(charlie, code).status(), "a later score does not undo what the organizer allowed");
        assertRefused("team-frozen", patch(alice, "{\"name\": \"Other\"}"));
        assertEquals(204, olivia.postJson(TEAMS + "/" + team + "/freeze", "").status());
        assertRefused("team-frozen", charlie.postJson(TEAM + "/leave", ""));
        String name = alice.get(TEAM).json().get("name").asText();
        assertEquals(
                List.of("team.freeze", "team.unfreeze", "team.join", "team.freeze"),
                acts(name).subList(acts(name).size() - 4, acts(name).size()));
        JsonNode entry = entry(name);
        assertEquals(3, entry.get("members").size());
        assertFalse(entry.get("scored").isNull());
        assertTrue(entry.get("unfrozen").isNull());
    }

    private JsonNode entry(String team) {
        String after = "";
        while (true) {
            JsonNode page = olivia.get(TEAMS + "?after=" + after).json();
            for (JsonNode entry : page.get("items"))
                if (entry.get("name").asText().equals(team)) return entry;
            assertFalse(page.get("next").isNull(), "no team " + team);
            after = page.get("next").asText().replace(" ", "%20");
        }
    }

    @Test
    void organizersAreOnNoTeam() {
        create(alice, unique("Owls"));
        assertRefused("organizes", join(olivia, code(alice, 1)));
        assertRefused("organizes", create(olivia, unique("Mine")));
    }

    @Test
    void aRoundOfSubmissionsIsTheWholeTeams() {
        teamOfTwo();
        submit(alice);
        assertEquals(1, bob.get(SUBMISSIONS).json().get("items").size());
        assertEquals(4, bob.get(TinyTask.PATH).json().at("/you/quota/left").asInt());
        assertEquals(0, charlie.get(SUBMISSIONS).json().get("items").size());
    }

    @Test
    void ofTwoWhoJoinByTheLastUseOneIsOn() {
        create(alice, unique("Owls"));
        for (int round = 0; round < 5; round++) {
            Person one = house.person("one");
            Person other = house.person("other");
            String code = code(alice, 1);
            List<Person.Answer> answers = AtOnce.all(() -> join(one, code), () -> join(other, code));
            assertEquals(List.of(200, 422), AtOnce.statuses(answers));
            assertEquals(2, members(alice).size());
            assertEquals(
                    204,
                    alice.delete(TEAM + "/members/" + members(alice).get(1)).status());
        }
    }

    @Test
    void ofTwoWhoJoinAtTheLastPlaceOneIsOn() {
        create(alice, unique("Owls"));
        int most = alice.get(TEAM).json().get("membersMax").asInt();
        for (int i = 2; i < most; i++) joined(house.person("member"));
        for (int round = 0; round < 5; round++) {
            Person one = house.person("one");
            Person other = house.person("other");
            String code = code(alice, 5);
            List<Person.Answer> answers = AtOnce.all(() -> join(one, code), () -> join(other, code));
            assertEquals(List.of(200, 409), AtOnce.statuses(answers));
            assertEquals(most, members(alice).size());
            String last = members(alice).getLast();
            assertNotEquals(alice.name(), last);
            assertEquals(204, alice.delete(TEAM + "/members/" + last).status());
        }
    }

    @Test
    void whoJoinsWhileTheTeamIsFrozenWaitsAndIsRefused() throws Exception {
        UUID team = teamOfTwo();
        String code = code(alice, 5);
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Person.Answer> join = house.database().transaction(() -> {
                house.bean(TeamFreeze.class).scored(team, Instant.now());
                Future<Person.Answer> started = people.submit(() -> join(charlie, code));
                assertThrows(TimeoutException.class, () -> started.get(500, TimeUnit.MILLISECONDS));
                return started;
            });
            assertRefused("team-frozen", join.get());
        }
        assertEquals(404, charlie.get(TEAM).status());
    }

    @Test
    void twoWhoJoinEachOthersTeamsEndOnOne() {
        for (int round = 0; round < 5; round++) {
            Person one = house.person("one");
            Person other = house.person("other");
            create(one, unique("One"));
            create(other, unique("Other"));
            String toOne = code(one, 1);
            String toOther = code(other, 1);
            List<Person.Answer> answers = AtOnce.all(() -> join(one, toOther), () -> join(other, toOne));
            assertEquals(List.of(200, 422), AtOnce.statuses(answers));
            assertEquals(members(one), members(other));
            assertEquals(2, members(one).size());
        }
    }

    @Test
    void whatIsSentWhileItsTeamIsLeftStaysTheSenders() {
        for (int round = 0; round < 5; round++) {
            Person dora = house.person("dora");
            create(dora, unique("Owls"));
            String digest = dora.postZip(TinyTask.PATH + "/strategies/check", TinyTask.strategy(unique("s")))
                    .json()
                    .get("strategy")
                    .asText();
            List<Person.Answer> answers = AtOnce.all(
                    () -> dora.postJson(SUBMISSIONS, "{\"strategy\": \"" + digest + "\"}"),
                    () -> dora.postJson(TEAM + "/leave", ""));
            assertEquals(201, answers.getFirst().status(), answers.getFirst().text());
            assertEquals(200, dora.get(answers.getFirst().header("Location")).status());
            assertEquals(1, dora.get(SUBMISSIONS).json().get("items").size());
        }
    }
}
