package touchstone.api.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;

@OnEachDatabase
final class AccountHttpTest {
    private final TestHouse house;
    private final Person nobody;

    AccountHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        nobody = house.nobody();
    }

    private String signUpBody(String name) {
        return "{\"name\": \"" + name + "\", \"password\": \"a long password\"}";
    }

    private static String cookieOf(Person.Answer answer) {
        return answer.header("Set-Cookie").split(";")[0];
    }

    private String own() {
        return house.address().toString();
    }

    @Test
    void signsUpAndIsSignedIn() {
        String name = "Ann " + UUID.randomUUID().toString().substring(0, 8);
        Person.Answer made = nobody.postJson("/api/accounts", signUpBody(name));
        assertEquals(201, made.status(), made.text());
        String cookie = made.header("Set-Cookie");
        assertTrue(cookie.contains("HTTPOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), cookie);
        Person.Answer session = nobody.get("/api/session", "Cookie", cookieOf(made));
        assertEquals(name, session.json().at("/account/name").asText());
        assertEquals("contestant", session.json().at("/account/role").asText());
        assertTrue(nobody.get("/api/session").json().get("account").isNull());
    }

    @Test
    void whatIsTooLongToBeKeptIsRefusedInWords() {
        String ligatures = "\uFDFA".repeat(40);
        String beyond = Character.toString(0x10400).repeat(39);
        for (String name : new String[] {ligatures, beyond})
            assertEquals(
                    "name", nobody.postJson("/api/accounts", signUpBody(name)).code());
        String name = "Eve " + UUID.randomUUID().toString().substring(0, 8);
        for (String email :
                new String[] {"e".repeat(250) + "@example.org", "eve", "", "\uFDFA".repeat(20) + "@example.org"}) {
            String body =
                    "{\"name\": \"%s\", \"password\": \"a long password\", \"email\": \"%s\"}".formatted(name, email);
            Person.Answer answer = nobody.postJson("/api/accounts", body);
            assertEquals(422, answer.status(), answer.text());
            assertEquals("email", answer.code());
        }
    }

    @Test
    void namesThatDifferInCaseAreOneName() {
        Person alice = house.person("alice");
        Person.Answer answer =
                nobody.postJson("/api/accounts", signUpBody(alice.name().toUpperCase()));
        assertEquals(409, answer.status());
        assertEquals("taken", answer.code());
    }

    @Test
    void unknownNameAndWrongPasswordAreOneAnswer() {
        Person alice = house.person("alice");
        Person.Answer wrong = nobody.postJson(
                "/api/session", "{\"name\": \"" + alice.name() + "\", \"password\": \"not her password\"}");
        Person.Answer unknown =
                nobody.postJson("/api/session", "{\"name\": \"nobody at all\", \"password\": \"not her password\"}");
        assertEquals(401, wrong.status());
        assertEquals(wrong.textOfAll(), unknown.textOfAll());
    }

    @Test
    void signingOutEndsTheSession() {
        Person alice = house.person("alice");
        String cookie = cookieOf(nobody.postJson("/api/session", signUpBody(alice.name())));
        assertEquals(
                alice.name(),
                nobody.get("/api/session", "Cookie", cookie)
                        .json()
                        .at("/account/name")
                        .asText());
        assertEquals(
                204,
                nobody.delete("/api/session", "Cookie", cookie, "Origin", own()).status());
        assertTrue(nobody.get("/api/session", "Cookie", cookie)
                .json()
                .get("account")
                .isNull());
    }

    @Test
    void anotherSiteCannotUseTheCookie() {
        Person alice = house.person("alice");
        String cookie = cookieOf(nobody.postJson("/api/session", signUpBody(alice.name())));
        String token = "{\"name\": \"mine\"}";
        assertEquals(
                "other-site",
                nobody.postJson("/api/tokens", token, "Cookie", cookie).code());
        assertEquals(
                403,
                nobody.postJson("/api/tokens", token, "Cookie", cookie, "Origin", "https://evil.example")
                        .status());
        assertEquals(
                403,
                nobody.postJson("/api/tokens", token, "Cookie", cookie, "Sec-Fetch-Site", "cross-site")
                        .status());
        assertEquals(
                201,
                nobody.postJson("/api/tokens", token, "Cookie", cookie, "Sec-Fetch-Site", "same-origin")
                        .status());
        assertEquals(
                201,
                nobody.postJson("/api/tokens", token, "Cookie", cookie, "Origin", own())
                        .status());
    }

    @Test
    void aTokenWorksUntilItsOwnerDeletesIt() {
        Person alice = house.person("alice");
        Person charlie = house.person("charlie");
        var made = alice.postJson("/api/tokens", "{\"name\": \"laptop\", \"days\": 3}")
                .json();
        Person laptop = new Person(
                house, alice.account(), alice.name(), made.get("token").asText());
        assertEquals(
                alice.name(),
                laptop.get("/api/session").json().at("/account/name").asText());
        assertFalse(alice.get("/api/tokens").text().contains(made.get("token").asText()));
        String path = "/api/tokens/" + made.get("id").asText();
        assertEquals(404, charlie.delete(path).status());
        assertEquals(401, nobody.delete(path).status());
        assertEquals(204, alice.delete(path).status());
        assertEquals(401, laptop.get("/api/session").status());
        assertEquals("sign-in", laptop.get("/api/tokens").code());
    }

    @Test
    void aKeyMakesOneToken() {
        Person alice = house.person("alice");
        byte[] laptop = "{\"name\": \"laptop\", \"days\": 3}".getBytes(StandardCharsets.UTF_8);
        byte[] other = "{\"name\": \"other\"}".getBytes(StandardCharsets.UTF_8);
        String key = "a key of mine";

        var made = alice.send("POST", "/api/tokens", "application/json", laptop, "Idempotency-Key", key);
        var again = alice.send("POST", "/api/tokens", "application/json", laptop, "Idempotency-Key", key);
        var another = alice.send("POST", "/api/tokens", "application/json", other, "Idempotency-Key", key);

        assertEquals(201, made.status(), made.text());
        assertEquals(200, again.status(), again.text());
        assertEquals(made.json().get("id"), again.json().get("id"));
        assertTrue(again.json().path("token").isMissingNode(), "the secret is told once");
        assertEquals("idempotency-key", another.code());
        assertEquals(2, alice.get("/api/tokens").json().get("items").size(), "this one, and the test's own");
    }

    @Test
    void storesOnlyDigests() {
        Person alice = house.person("alice");
        int found = house.database()
                .get(
                        "select count(*) as found from token where digest = ?",
                        row -> row.integer("found"),
                        alice.token());
        assertEquals(0, found);
    }

    @Test
    void everyAnswerCarriesTheSecurityHeaders() {
        for (String path : new String[] {"/api/session", "/api/nothing", "/health"}) {
            Person.Answer answer = nobody.get(path);
            assertTrue(answer.header("Content-Security-Policy").contains("script-src 'self'"), path);
            assertEquals("nosniff", answer.header("X-Content-Type-Options"), path);
        }
    }

    @Test
    void whatCannotBeReadIsAProblemDocument() {
        Person.Answer answer = nobody.postJson("/api/accounts", "{\"name\": ");
        assertEquals(400, answer.status());
        assertEquals("application/problem+json", answer.header("Content-Type"));
        assertEquals("bad-request", answer.code());
        assertEquals(
                "password",
                nobody.postJson("/api/accounts", "{\"name\": \"x\", \"password\": \"1\"}")
                        .code());
        assertEquals("not-found", nobody.get("/api/nothing").code());
    }
}
