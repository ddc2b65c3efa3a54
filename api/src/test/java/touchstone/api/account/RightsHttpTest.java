package touchstone.api.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import touchstone.api.app.AtOnce;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;

@OnEachDatabase
final class RightsHttpTest {
    private final TestHouse house;
    private final Person ada;
    private final Person charlie;

    RightsHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        ada = house.administrator("ada");
        charlie = house.person("charlie");
    }

    private static Person.Answer change(Person actor, Person target, String rights) {
        return actor.send("PUT", "/api/accounts/" + target.name() + "/rights", "application/json", rights.getBytes());
    }

    @Test
    void administratorsFindAccounts() {
        JsonNode found =
                ada.get("/api/accounts?search=" + charlie.name().toUpperCase()).json();
        assertEquals(1, found.get("items").size());
        assertEquals("contestant", found.at("/items/0/role").asText());
        assertEquals(
                0, ada.get("/api/accounts?search=100%25").json().get("items").size());
        assertEquals("not-administrator", charlie.get("/api/accounts").code());
        assertFalse(ada.get("/api/accounts").text().contains("argon2"));
    }

    @Test
    void theRightToCreateTasksIsGivenAndTaken() {
        assertEquals(
                "may-not-create-tasks",
                charlie.postZip("/api/tasks", new byte[] {1}).code());
        assertEquals(403, change(charlie, charlie, "{\"mayCreateTasks\": true}").status());
        assertTrue(change(ada, charlie, "{\"mayCreateTasks\": true}")
                .json()
                .get("mayCreateTasks")
                .asBoolean());
        assertEquals("not-a-zip", charlie.postZip("/api/tasks", new byte[] {1}).code());
        change(ada, charlie, "{\"mayCreateTasks\": false}");
        assertEquals(
                "may-not-create-tasks",
                charlie.postZip("/api/tasks", new byte[] {1}).code());
        List<String> told = house.database()
                .list(
                        "select detail from audit where act = 'account.rights' and object = ? order by seq",
                        row -> row.text("detail"),
                        charlie.name());
        assertEquals(List.of("may create tasks", "may not create tasks"), told);
        assertEquals(400, change(ada, charlie, "{\"role\": \"king\"}").status());
    }

    @Test
    void aClosedAccountIsOutForGood() {
        assertEquals(
                "closed",
                change(ada, charlie, "{\"state\": \"closed\"}")
                        .json()
                        .get("state")
                        .asText());
        assertEquals(401, charlie.get("/api/tokens").status());
        String signIn = "{\"name\": \"" + charlie.name() + "\", \"password\": \"a long password\"}";
        assertEquals(
                "wrong-password",
                house.nobody().postJson("/api/session", signIn).code());
        change(ada, charlie, "{\"state\": \"active\"}");
        assertEquals(401, charlie.get("/api/tokens").status(), "old tokens stay ended");
        assertEquals(200, house.nobody().postJson("/api/session", signIn).status());
    }

    @Test
    void anAdministratorIsAlwaysLeft() {
        Person other = house.administrator("adam");
        List<UUID> others = house.database().list("""
                        select id from account where house_role = 'administrator' and id not in (?, ?)
                        """, row -> row.uuid("id"), ada.account(), other.account());
        others.forEach(id -> role(id, Role.CONTESTANT));
        try {
            List<Person.Answer> answers = AtOnce.all(
                    () -> change(ada, other, "{\"role\": \"contestant\"}"),
                    () -> change(other, ada, "{\"state\": \"closed\"}"));
            long done =
                    answers.stream().filter(answer -> answer.status() == 200).count();
            assertEquals(1, done, answers.toString());
            Person left = answers.getFirst().status() == 200 ? ada : other;
            assertEquals(
                    "last-administrator",
                    change(left, left, "{\"role\": \"contestant\"}").code());
            assertEquals(
                    "last-administrator",
                    change(left, left, "{\"state\": \"closed\"}").code());
            assertEquals(200, change(left, left, "{\"mayCreateTasks\": false}").status());
        } finally {
            others.forEach(id -> role(id, Role.ADMINISTRATOR));
        }
    }

    private void role(UUID account, Role role) {
        house.database().change("update account set house_role = ? where id = ?", role, account);
    }
}
