package touchstone.api.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;

@OnEachDatabase
final class MetricsHttpTest {
    private final TestHouse house;

    MetricsHttpTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        TinyTask.organizer(kind);
    }

    @Test
    void theHouseIsToldInNumbersAndNobodyByName() {
        Person alice = house.person("alice");
        Facts facts = new Facts(house);
        UUID judging = facts.judging(facts.submission(alice), "running", "");
        UUID run = facts.run(judging, 1, "running", 1);
        facts.attempt(run, 1, facts.instance(), null, null);
        facts.run(judging, 2, "waiting", 0);
        house.database().change("update attempt set heard_at = ? where run = ?", facts.now.minusSeconds(3600), run);
        house.bean(HouseMetrics.class).lookAgain();

        Person.Answer scraped = house.nobody().get("/prometheus");

        assertEquals(200, scraped.status());
        assertTrue(scraped.header("Content-Type").startsWith("text/plain"), scraped.header("Content-Type"));
        String text = scraped.text();
        for (String wanted : List.of(
                "touchstone_database_up 1.0",
                "touchstone_board_version ",
                "touchstone_judgings{state=\"running\"} ",
                "touchstone_runs{state=\"waiting\"} ",
                "touchstone_attempts_open{state=\"running\"} ",
                "touchstone_overdue{what=\"notice-waiting\"} 0.0",
                "touchstone_upload_bytes_count",
                "touchstone_upload_seconds_count{outcome=\"taken\"}",
                "http_server_requests_seconds_count")) assertTrue(text.contains(wanted), wanted + " in\n" + text);
        assertTrue(number(text, "touchstone_queue_oldest_seconds") >= 90);
        assertTrue(number(text, "touchstone_overdue{what=\"attempt-unheard\"}") >= 1);
        assertFalse(text.contains(alice.name()));
    }

    @Test
    void whatWaitsSinceItsTaskIsPausedIsNotOverdue() {
        Facts facts = new Facts(house);
        UUID unopened = facts.submission(house.person("alice"));
        UUID old = facts.judging(facts.submission(house.person("bob")), "waiting", "");
        facts.run(old, 1, "waiting", 0);
        house.database()
                .change("update submission set accepted = ? where id = ?", facts.now.minusSeconds(90), unopened);
        house.database().change("update judging set created = ? where id = ?", facts.now.minusSeconds(7 * 3600), old);
        double[] open = {overdue("submission-without-judging"), overdue("run-waiting")};

        house.database().change("update task set state = 'paused' where slug = 'tiny'");
        try {
            assertTrue(overdue("submission-without-judging") < open[0]);
            assertTrue(overdue("run-waiting") < open[1]);
        } finally {
            house.database().change("update task set state = 'open' where slug = 'tiny'");
        }
    }

    private double overdue(String what) {
        house.bean(HouseMetrics.class).lookAgain();
        return number(house.nobody().get("/prometheus").text(), "touchstone_overdue{what=\"" + what + "\"}");
    }

    private static double number(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatCameThroughAProxyIsNotOfThisMachine() {
        assertEquals(
                404,
                house.nobody()
                        .get("/prometheus", "X-Forwarded-For", "198.51.100.1")
                        .status());
        assertEquals(
                404,
                house.nobody()
                        .get("/prometheus", "Forwarded", "for=198.51.100.1")
                        .status());
    }

    @Test
    void aServerThatWorksIsReadyAndAlive() {
        for (String path : List.of("/health", "/health/readiness", "/health/liveness"))
            assertEquals(
                    "{\"status\":\"UP\",\"wrong\":[]}", house.nobody().get(path).text());
    }

    @Test
    void aProblemNamesItsRequestAsTheAnswersHeaderDoes() {
        Person.Answer one = house.nobody().get("/api/operator/queue");
        Person.Answer other = house.nobody().get("/api/nothing");

        for (Person.Answer answer : List.of(one, other))
            assertEquals(
                    "urn:touchstone:request:" + answer.header("Touchstone-Request"),
                    answer.json().path("instance").asText());
        assertFalse(one.header("Touchstone-Request").equals(other.header("Touchstone-Request")));
    }
}
