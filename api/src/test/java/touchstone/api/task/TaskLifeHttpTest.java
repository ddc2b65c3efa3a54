package touchstone.api.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;

@OnEachDatabase
final class TaskLifeHttpTest {
    private final TestHouse house;

    TaskLifeHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
    }

    /** A contest of its own organizer, at {@code path}. */
    private record Contest(Person organizer, String name, String path) {}

    private Contest contest(String... lines) throws IOException {
        Person olivia = house.organizer("olivia");
        String name = "life-" + olivia.name().substring(7);
        Person.Answer answer = olivia.postZip("/api/tasks", TinyTask.renamed(house, name, "A life", lines));
        assertEquals(201, answer.status(), answer.text());
        return new Contest(olivia, name, "/api/tasks/" + name);
    }

    private static String json(String name, Object text) {
        return "{\"" + name + "\": \"" + text + "\"}";
    }

    private static Person.Answer ok(Person.Answer answer) {
        assertEquals(200, answer.status(), answer.text());
        return answer;
    }

    private static void refused(int status, String code, Person.Answer answer) {
        assertEquals(status, answer.status(), answer.text());
        assertEquals(code, answer.code(), answer.text());
    }

    private List<String> kinds(Contest contest) {
        return house.nobody().get(contest.path() + "/changes").json().findValuesAsText("kind");
    }

    private List<String> acts(Contest contest) {
        return house.database()
                .list("select act from audit where object = ? order by seq", row -> row.text("act"), contest.name());
    }

    @Test
    void aPauseIsToldStopsJudgingAndNotIntake() throws IOException {
        Contest contest = contest();
        Person alice = house.person("alice");
        refused(422, "text", contest.organizer().postJson(contest.path() + "/pause", "{}"));
        ok(contest.organizer().postJson(contest.path() + "/pause", json("reason", "Mending the labels.")));
        ok(contest.organizer().postJson(contest.path() + "/pause", json("reason", "Mending the labels.")));
        JsonNode seen = house.nobody().get(contest.path()).json();
        assertEquals("paused", seen.get("state").asText());
        assertEquals("Mending the labels.", seen.at("/pause/reason").asText());
        assertFalse(seen.at("/pause/since").asText().isEmpty());
        assertEquals(
                201,
                alice.postZip(contest.path() + "/submissions", TinyTask.strategy("while paused"))
                        .status());
        ok(contest.organizer().postJson(contest.path() + "/resume", ""));
        refused(409, "not-paused", contest.organizer().postJson(contest.path() + "/resume", ""));
        seen = house.nobody().get(contest.path()).json();
        assertEquals("open", seen.get("state").asText());
        assertTrue(seen.get("pause").isNull());
        assertEquals(List.of("resumed", "paused", "published"), kinds(contest), "once each, for everybody");
        assertEquals(List.of("task.publish", "task.pause", "task.resume"), acts(contest));
    }

    @Test
    void theClosingMovesLaterAndEverybodyReadsIt() throws IOException {
        Instant closes = Instant.parse("2099-01-01T00:00:00Z");
        Contest contest = contest("phases: {closes: " + closes + "}\n");
        String phases = contest.path() + "/phases";
        refused(422, "phases", contest.organizer().putJson(phases, json("closes", closes.minus(Duration.ofDays(1)))));
        String wrong =
                contest.organizer().putJson(phases, json("closes", "tomorrow")).text();
        assertTrue(wrong.contains("write a moment as"), wrong);
        Instant later = closes.plus(Duration.ofDays(1));
        ok(contest.organizer().putJson(phases, json("closes", later)));
        JsonNode seen = house.nobody().get(contest.path()).json();
        assertEquals(later.toString(), seen.at("/file/phases/closes").asText());
        assertEquals(1, seen.get("version").asInt(), "no new version for a moved phase");
        JsonNode change = house.nobody().get(contest.path() + "/changes").json().at("/items/0");
        assertEquals("phases", change.get("kind").asText());
        assertEquals(
                "It now closes at " + later + " (was " + closes + ").",
                change.get("text").asText());
        String listed = house.nobody()
                .get("/api/tasks?after=" + contest.name().substring(0, 12))
                .text();
        assertTrue(listed.contains(later.toString()), listed);
        assertEquals(List.of("task.publish", "task.phases"), acts(contest));
    }

    @Test
    void aNewVersionKeepsMovedPhasesUnlessItsFileMovesThem() throws IOException {
        String written = "phases: {closes: 2099-01-01T00:00:00Z}\n";
        Contest contest = contest(written);
        ok(contest.organizer().putJson(contest.path() + "/phases", json("closes", "2099-01-05T00:00:00Z")));
        assertEquals(201, publish(contest, "Second", written).status());
        assertEquals("2099-01-05T00:00:00Z", closes(contest));
        refused(422, "phases", publish(contest, "Third", "phases: {closes: 2099-01-03T00:00:00Z}\n"));
        assertEquals("2099-01-05T00:00:00Z", closes(contest));
        assertEquals(
                201,
                publish(contest, "Third", "phases: {closes: 2099-01-07T00:00:00Z}\n")
                        .status());
        assertEquals("2099-01-07T00:00:00Z", closes(contest));
    }

    @Test
    void aContestDoesNotOpenAgainAfterItsFinal() throws IOException {
        String written = "phases: {closes: 2099-01-01T00:00:00Z}\n";
        Contest contest = contest(written);
        Instant closed = Instant.parse("2026-01-01T00:00:00Z");
        house.database()
                .change("update task set phases_moved = true, closes = ? where slug = ?", closed, contest.name());
        String phases = contest.path() + "/phases";
        UUID made = finalOf(contest);
        for (String state : List.of("open", "previewed")) {
            house.database().change("update judging_set set state = ? where id = ?", state, made);
            for (String wanted : List.of(json("closes", "2099-01-05T00:00:00Z"), "{}")) {
                Person.Answer answer = contest.organizer().putJson(phases, wanted);
                refused(422, "phases", answer);
                assertTrue(answer.text().contains("Drop it first"), answer.text());
            }
        }
        house.database().change("update judging_set set state = 'applied' where id = ?", made);
        for (String wanted : List.of(json("closes", "2099-01-05T00:00:00Z"), "{}")) {
            Person.Answer answer = contest.organizer().putJson(phases, wanted);
            refused(422, "phases", answer);
            assertTrue(answer.text().contains("The final is applied"), answer.text());
        }
        refused(422, "phases", publish(contest, "Second", "phases: {closes: 2099-01-07T00:00:00Z}\n"));
        assertEquals(closed.toString(), closes(contest));
        assertEquals(201, publish(contest, "Second", written).status(), "a version that moves nothing");
        assertEquals(closed.toString(), closes(contest));
        String reveals = "{\"closes\": \"" + closed + "\", \"reveals\": \"2099-01-09T00:00:00Z\"}";
        house.database()
                .change(
                        "update task set reveals = ? where slug = ?",
                        Instant.parse("2099-01-08T00:00:00Z"),
                        contest.name());
        ok(contest.organizer().putJson(phases, reveals));
        ok(contest.organizer().putJson(phases, json("closes", closed)));
        Person.Answer out = contest.organizer().putJson(phases, reveals);
        refused(422, "phases", out);
        assertTrue(out.text().contains("everybody reads it"), out.text());
        refused(
                422,
                "phases",
                publish(contest, "Third", "phases: {closes: " + closed + ", reveals: 2099-01-09T00:00:00Z}\n"));
        house.database().change("update judging_set set state = 'dropped' where id = ?", made);
        ok(contest.organizer().putJson(phases, json("closes", "2099-01-05T00:00:00Z")));
    }

    private UUID finalOf(Contest contest) {
        UUID made = UUID.randomUUID();
        house.database().change("""
                insert into judging_set (id, task, kind, state, version, reason, created)
                select ?, id, 'final', 'open', current_version, 'It is over.', created from task where slug = ?
                """, made, contest.name());
        return made;
    }

    private Person.Answer publish(Contest contest, String title, String phases) throws IOException {
        return contest.organizer().postZip("/api/tasks", TinyTask.renamed(house, contest.name(), title, phases));
    }

    private String closes(Contest contest) {
        return house.nobody()
                .get(contest.path())
                .json()
                .at("/file/phases/closes")
                .asText();
    }

    @Test
    void anUploadThatBeganBeforeTheClosingIsNotLate() throws IOException {
        Contest contest = contest();
        Person alice = house.person("alice");
        String answer = uploadSlowly(alice, contest, TinyTask.strategy("a slow line"), () -> {});
        assertTrue(answer.startsWith("HTTP/1.1 201 "), answer);
        assertEquals("closed", alice.get(contest.path()).json().get("state").asText());
        refused(409, "not-open", alice.postZip(contest.path() + "/submissions", TinyTask.strategy("too late")));
        ok(contest.organizer()
                .putJson(
                        contest.path() + "/phases", json("closes", Instant.now().plus(Duration.ofHours(1)))));
        assertEquals(
                201,
                alice.postZip(contest.path() + "/submissions", TinyTask.strategy("in time again"))
                        .status());
    }

    @Test
    void anUploadThatArrivesAfterTheFinalWasMadeIsNotTakenAndCostsNothing() throws IOException {
        Contest contest = contest();
        Person alice = house.person("alice");
        String answer = uploadSlowly(alice, contest, TinyTask.strategy("too slow"), () -> finalOf(contest));
        assertTrue(answer.startsWith("HTTP/1.1 409 "), answer);
        assertTrue(answer.contains("cost nothing"), answer);
        assertEquals(
                0,
                alice.get(contest.path() + "/submissions").json().get("items").size());
        JsonNode ledger = alice.get(contest.path() + "/quota").json();
        assertEquals(0, ledger.at("/entries/items").size());
        house.database()
                .change("update judging_set set state = 'dropped' where kind = 'final' and reason = 'It is over.'");
        answer = uploadSlowly(alice, contest, TinyTask.strategy("while none is made"), () -> {});
        assertTrue(answer.startsWith("HTTP/1.1 201 "), answer);
    }

    /** The contest closes when half of the upload is there. */
    private String uploadSlowly(Person person, Contest contest, byte[] zip, Runnable meanwhile) throws IOException {
        house.database().change("update task set phases_moved = false where slug = ?", contest.name());
        int half = zip.length / 2;
        String head = "POST " + contest.path() + "/submissions HTTP/1.1\r\nHost: "
                + house.address().getAuthority()
                + "\r\nAuthorization: Bearer " + person.token()
                + "\r\nContent-Type: application/zip\r\nContent-Length: "
                + zip.length + "\r\nConnection: close\r\n\r\n";
        try (Socket socket =
                new Socket(house.address().getHost(), house.address().getPort())) {
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(zip, 0, half);
            out.flush();
            awaitUpload();
            house.database()
                    .change(
                            "update task set phases_moved = true, closes = ? where slug = ?",
                            Instant.now(),
                            contest.name());
            meanwhile.run();
            out.write(zip, half, zip.length - half);
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void awaitUpload() throws IOException {
        Instant patience = Instant.now().plus(Duration.ofMinutes(1));
        while (house.leftovers() == 0) {
            assertTrue(Instant.now().isBefore(patience), "the server has not begun to read");
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    @Test
    void whatIsWithdrawnIsThereForItsOrganizersAlone() throws IOException {
        Contest contest = contest();
        Person alice = house.person("alice");
        String submission = alice.postZip(contest.path() + "/submissions", TinyTask.strategy("before"))
                .header("Location");
        assertEquals(200, alice.get(submission).status());
        ok(contest.organizer().postJson(contest.path() + "/withdraw", json("reason", "The pictures are not ours.")));
        for (Person reader : List.of(alice, house.person("charlie"), house.nobody())) {
            for (String path : List.of("", "/data", "/leaderboard", "/changes", "/announcements"))
                refused(404, "not-found", reader.get(contest.path() + path));
            assertFalse(reader.get("/api/tasks?after=" + contest.name().substring(0, 12))
                    .text()
                    .contains(contest.name()));
        }
        refused(404, "not-found", alice.get(contest.path() + "/submissions"));
        refused(404, "not-found", alice.get(submission));
        refused(404, "not-found", alice.postJson(submission + "/cancel", ""));
        refused(404, "not-found", alice.postZip(contest.path() + "/submissions", TinyTask.strategy("after")));
        refused(404, "not-found", alice.postJson(contest.path() + "/resume", ""));
        assertEquals(
                "withdrawn",
                contest.organizer().get(contest.path()).json().get("state").asText());
        assertEquals(200, contest.organizer().get(submission).status(), "facts are kept");
        refused(409, "withdrawn", contest.organizer().postJson(contest.path() + "/pause", json("reason", "x")));
        ok(contest.organizer().postJson(contest.path() + "/resume", ""));
        assertEquals(200, alice.get(submission).status());
        assertEquals(List.of("resumed", "withdrawn", "published"), kinds(contest));
    }

    @Test
    void announcementsAreForEverybodyAndHoldNoMarkup() throws IOException {
        Contest contest = contest();
        String path = contest.path() + "/announcements";
        String body = "{\"title\": \"New hints\", \"text\": \"See **the** page.\"}";
        Person.Answer made = contest.organizer().postJson(path, body, "Idempotency-Key", "a1");
        assertEquals(201, made.status(), made.text());
        Person.Answer again = contest.organizer().postJson(path, body, "Idempotency-Key", "a1");
        assertEquals(200, again.status(), again.text());
        assertEquals(made.header("Location"), again.header("Location"));
        JsonNode items = house.nobody().get(path).json().get("items");
        assertEquals(1, items.size());
        assertEquals("See **the** page.", items.at("/0/text").asText());
        assertEquals(items.get(0), house.nobody().get(made.header("Location")).json());
        refused(
                422,
                "text",
                contest.organizer().postJson(path, "{\"title\": \"x\", \"text\": \"<script>alert(1)</script>\"}"));
        refused(422, "text", contest.organizer().postJson(path, "{\"title\": \"a\\u202eb\", \"text\": \"x\"}"));
        refused(422, "text", contest.organizer().postJson(path, "{\"title\": \"no text\"}"));
        assertEquals(1, house.nobody().get(path).json().get("items").size());
        assertEquals("announcement", kinds(contest).getFirst());
    }

    @Test
    void nobodyElseDoesAnyOfIt() throws IOException {
        Contest contest = contest();
        for (String act : List.of("/pause", "/withdraw", "/resume", "/announcements", "/publish")) {
            String body = "{}";
            refused(403, "not-organizer", house.person("charlie").postJson(contest.path() + act, body));
            refused(401, "sign-in", house.nobody().postJson(contest.path() + act, body));
            refused(404, "not-found", house.person("charlie").postJson("/api/tasks/none" + act, body));
        }
        refused(403, "not-organizer", house.person("charlie").putJson(contest.path() + "/phases", "{}"));
        refused(401, "sign-in", house.nobody().putJson(contest.path() + "/phases", "{}"));
        assertEquals(List.of("task.publish"), acts(contest));
    }
}
