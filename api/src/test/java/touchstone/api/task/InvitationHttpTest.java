package touchstone.api.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import touchstone.api.app.AtOnce;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;

/** Invited tasks, and who organizes a task. */
@OnEachDatabase
final class InvitationHttpTest {
    private static final String ACCEPT = "/api/invitations/accept";
    private static final Map<DatabaseKind, Contest> CONTESTS = new EnumMap<>(DatabaseKind.class);

    private record Contest(Person organizer, String path) {}

    private final TestHouse house;
    private final Person olivia;
    private final String path;
    private final String invitations;
    private final String organizers;
    private final Person bob;
    private final Person charlie;

    InvitationHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        Contest contest = CONTESTS.computeIfAbsent(kind, any -> publish(house));
        olivia = contest.organizer();
        path = contest.path();
        invitations = path + "/invitations";
        organizers = path + "/organizers";
        bob = house.person("bob");
        charlie = house.person("charlie");
    }

    private static Contest publish(TestHouse house) {
        Person olivia = house.organizer("olivia");
        String name = "closed-" + UUID.randomUUID().toString().substring(0, 8);
        Person.Answer made =
                olivia.postZip("/api/tasks", TinyTask.archive(house, name, "For those invited", "invited"));
        assertEquals(201, made.status(), made.text());
        return new Contest(olivia, "/api/tasks/" + name);
    }

    private Person.Answer invite(String body) {
        Person.Answer made = olivia.postJson(invitations, body);
        assertEquals(201, made.status(), made.text());
        return made;
    }

    private String code(int uses) {
        return invite("{\"uses\": " + uses + "}").json().get("code").asText();
    }

    private static Person.Answer accept(Person person, String code) {
        return person.postJson(ACCEPT, "{\"code\": \"" + code + "\"}");
    }

    private static String named(Person person) {
        return "{\"account\": \"" + person.name() + "\"}";
    }

    private boolean isListed(Person reader) {
        return reader.get("/api/tasks").text().contains(path.substring("/api/tasks/".length()));
    }

    private List<String> acts(String act) {
        return house.database()
                .list(
                        "select detail from audit where object = ? and act = ? order by seq",
                        row -> row.text("detail"),
                        path.substring("/api/tasks/".length()),
                        act);
    }

    @Test
    void aCodeLetsIn() {
        assertEquals(404, bob.get(path).status());
        assertFalse(isListed(bob));
        String code = code(1);
        Person.Answer accepted = accept(bob, code);
        assertEquals(200, accepted.status(), accepted.text());
        assertEquals(path, "/api/tasks/" + accepted.json().get("task").asText());
        assertEquals(200, accept(bob, code).status(), "again changes nothing");
        assertEquals(200, bob.get(path).status());
        assertTrue(isListed(bob));
        Person.Answer usedUp = accept(charlie, code);
        assertEquals("invitation", usedUp.code());
        assertEquals(usedUp.textOfAll(), accept(charlie, "ti_wrong").textOfAll());
        assertEquals(404, charlie.get(path).status());
        assertFalse(isListed(charlie));
        assertEquals(401, accept(house.nobody(), code).status());
        assertFalse(olivia.get(invitations).text().contains(code));
        assertEquals(403, bob.get(invitations).status());
        assertEquals(404, charlie.get(invitations).status());
    }

    @Test
    void whoIsNamedIsInUntilTheInvitationIsTakenBack() {
        Person.Answer made = invite(named(bob));
        assertFalse(made.json().has("code"));
        assertEquals(200, bob.get(path).status());
        assertEquals(
                made.json().get("id"),
                olivia.postJson(invitations, named(bob)).json().get("id"));
        assertEquals(204, olivia.delete(made.header("Location")).status());
        assertEquals(404, bob.get(path).status());
        invite(named(bob));
        assertEquals(
                201,
                bob.postJson(path + "/team", "{\"name\": \"" + bob.name() + "\"}")
                        .status());
        String path2 = invitations + "/"
                + olivia.postJson(invitations, named(bob)).json().get("id").asText();
        assertEquals("on-a-team", olivia.delete(path2).code());
        assertEquals(
                "no-account",
                olivia.postJson(invitations, "{\"account\": \"nobody at all\"}").code());
    }

    @Test
    void aCodeThatIsTakenBackOrExpiredLetsNobodyIn() {
        Person.Answer made = invite("{\"uses\": 9}");
        String code = made.json().get("code").asText();
        assertEquals(200, accept(bob, code).status());
        assertEquals(204, olivia.delete(made.header("Location")).status());
        assertEquals("invitation", accept(charlie, code).code());
        assertEquals(200, bob.get(path).status(), "who came in stays");
        Person.Answer old = invite("{\"uses\": 9}");
        house.database()
                .change(
                        "update invitation set expires = created where id = ?",
                        UUID.fromString(old.json().get("id").asText()));
        assertEquals(
                "invitation", accept(charlie, old.json().get("code").asText()).code());
    }

    @Test
    void aTeamsCodeIsNoTasksCode() {
        Person alice = house.person("alice");
        invite(named(alice));
        alice.postJson(path + "/team", "{\"name\": \"" + alice.name() + "\"}");
        String ofTeam = alice.postJson(path + "/team/invitations", "{\"uses\": 3}")
                .json()
                .get("code")
                .asText();
        assertEquals("invitation", accept(charlie, ofTeam).code());
        assertEquals(
                404,
                charlie.postJson(path + "/team/join", "{\"code\": \"" + ofTeam + "\"}")
                        .status());
        assertEquals(200, accept(charlie, code(1)).status());
        assertEquals(
                "invitation",
                charlie.postJson(path + "/team/join", "{\"code\": \"" + code(1) + "\"}")
                        .code());
        assertEquals(
                200,
                charlie.postJson(path + "/team/join", "{\"code\": \"" + ofTeam + "\"}")
                        .status());
    }

    @Test
    void ofTwoWhoComeByTheLastUseOneIsIn() {
        for (int round = 0; round < 5; round++) {
            Person one = house.person("one");
            Person other = house.person("other");
            String code = code(1);
            assertEquals(
                    List.of(200, 422), AtOnce.statuses(AtOnce.all(() -> accept(one, code), () -> accept(other, code))));
            assertEquals(List.of(200, 404), AtOnce.statuses(List.of(one.get(path), other.get(path))));
        }
    }

    @Test
    void severalOrganizeATask() {
        Person oscar = house.organizer("oscar");
        assertEquals(404, oscar.get(path).status());
        assertEquals(404, oscar.postJson(organizers, named(oscar)).status());
        Person.Answer added = olivia.postJson(organizers, named(oscar));
        assertEquals(201, added.status(), added.text());
        assertEquals(200, olivia.postJson(organizers, named(oscar)).status());
        assertTrue(oscar.get(path).json().at("/you/organizer").asBoolean());
        assertTrue(isListed(oscar));
        assertTrue(oscar.get(organizers)
                .json()
                .findValuesAsText("name")
                .containsAll(List.of(olivia.name(), oscar.name())));
        String name = path.substring("/api/tasks/".length());
        Person.Answer version = oscar.postZip("/api/tasks", TinyTask.archive(house, name, "By another", "invited"));
        assertTrue(version.status() < 300, version.text());
        assertEquals(
                200,
                olivia.postZip("/api/tasks", TinyTask.archive(house, name, "For those invited", "invited"))
                        .status());
        assertEquals("creator", oscar.delete(organizers + "/" + olivia.name()).code());
        assertEquals(204, olivia.delete(organizers + "/" + oscar.name()).status());
        assertEquals(404, olivia.delete(organizers + "/" + oscar.name()).status());
        assertEquals(404, oscar.get(path).status());
        assertTrue(acts("organizer.add").contains(oscar.name()));
        assertTrue(acts("organizer.remove").contains(oscar.name()));
    }

    @Test
    void whoOrganizesOrDidDoesNotCompete() {
        invite(named(bob));
        assertEquals(201, olivia.postJson(organizers, named(bob)).status());
        Person.Answer baseline = bob.postZip(path + "/submissions", TinyTask.strategy("by " + bob.name()));
        assertEquals(201, baseline.status(), baseline.text());
        assertTrue(bob.get(path + "/team").json().get("baseline").asBoolean());
        assertEquals(204, olivia.delete(organizers + "/" + bob.name()).status());
        Person.Answer refused = bob.postZip(path + "/submissions", TinyTask.strategy("again by " + bob.name()));
        assertEquals("was-organizer", refused.code(), refused.text());
        Person dora = house.person("dora");
        olivia.postJson(organizers, named(dora));
        olivia.delete(organizers + "/" + dora.name());
        invite(named(dora));
        assertEquals(
                "was-organizer",
                dora.postJson(path + "/team", "{\"name\": \"X\"}").code());
    }

    @Test
    void whoCompetesDoesNotOrganize() {
        invite(named(bob));
        assertEquals(
                201,
                bob.postZip(path + "/submissions", TinyTask.strategy("of " + bob.name()))
                        .status());
        assertEquals("competes", olivia.postJson(organizers, named(bob)).code());
        assertFalse(bob.get(path + "/team").json().get("baseline").asBoolean());
        assertFalse(bob.get(path).json().at("/you/organizer").asBoolean());
    }

    @Test
    void ofBecomingAnOrganizerAndATeamOneHappens() {
        for (int round = 0; round < 5; round++) {
            Person dora = house.person("dora");
            invite(named(dora));
            List<Person.Answer> answers = AtOnce.all(
                    () -> olivia.postJson(organizers, named(dora)),
                    () -> dora.postJson(path + "/team", "{\"name\": \"" + dora.name() + "\"}"));
            assertEquals(List.of(201, 409), AtOnce.statuses(answers));
        }
    }
}
