package touchstone.api.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import touchstone.api.account.Tokens;

/** What is kept for how long, beside what judging made: the rows of {@code docs/operations.md}. */
@OnEachDatabase
final class HousekeepingTest {
    private final TestHouse house;
    private final Instant now = Instant.now();

    HousekeepingTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        TinyTask.organizer(kind);
    }

    private void collect() throws IOException {
        house.bean(Housekeeping.class).collect();
    }

    private Instant daysAgo(int days) {
        return now.minus(Duration.ofDays(days));
    }

    @Test
    void tokensAreForgottenAMonthAfterTheirEnd() throws IOException {
        Person alice = house.person("alice");
        for (String name : List.of("ended long ago", "taken back long ago", "ended lately", "taken back lately"))
            house.bean(Tokens.class).create(alice.account(), name, Duration.ofDays(400));
        String set = "update token set %s = ? where account = ? and name = ?";
        house.database().change(set.formatted("expires"), daysAgo(31), alice.account(), "ended long ago");
        house.database().change(set.formatted("expires"), daysAgo(29), alice.account(), "ended lately");
        house.database().change(set.formatted("revoked"), daysAgo(31), alice.account(), "taken back long ago");
        house.database().change(set.formatted("revoked"), daysAgo(29), alice.account(), "taken back lately");

        collect();

        assertEquals(
                List.of("ended lately", "taken back lately", "test"),
                house.database()
                        .list(
                                "select name from token where account = ? order by name",
                                row -> row.text("name"),
                                alice.account()));
        assertEquals(200, alice.get("/api/tokens").status(), "one that is good stays good");
    }

    @Test
    void keysOfRequestsAreForgottenAfterAWeek() throws IOException {
        Person alice = house.person("alice");
        for (int days : List.of(6, 8)) house.database().change("""
                    insert into idempotency (account, request_key, request_digest, status, location, at)
                    values (?, ?, 'digest', 201, '/api/nothing', ?)
                    """, alice.account(), days + " days", daysAgo(days));

        collect();

        assertEquals(
                List.of("6 days"),
                house.database()
                        .list(
                                "select request_key from idempotency where account = ?",
                                row -> row.text("request_key"),
                                alice.account()));
    }

    @Test
    void whatWasCheckedAndNotSubmittedIsForgottenAfterTwoWeeksWithItsArchive() throws IOException {
        Person alice = house.person("alice");
        String old = checked(alice, "long ago", 15);
        String late = checked(alice, "lately", 13);
        long blobs = house.blobs();

        collect();

        assertTrue(house.blobs() < blobs, "its archive is nobody's");
        assertEquals("not-checked", submit(alice, old).code());
        assertEquals(201, submit(alice, late).status());
    }

    private String checked(Person person, String title, int daysAgo) {
        String strategy = person.postZip(
                        TinyTask.PATH + "/strategies/check", TinyTask.strategy(title + " " + person.name()))
                .json()
                .get("strategy")
                .asText();
        house.database()
                .change(
                        "update checked_strategy set checked_at = ? where account = ? and strategy_digest = ?",
                        daysAgo(daysAgo),
                        person.account(),
                        strategy);
        return strategy;
    }

    private static Person.Answer submit(Person person, String strategy) {
        return person.postJson(TinyTask.PATH + "/submissions", "{\"strategy\": \"" + strategy + "\"}");
    }

    @Test
    void scratchThatAKilledServerLeftIsSweptAfterAnHour() throws IOException {
        Path work = Files.createDirectories(house.data().resolve("work"));
        Path old = Files.createDirectories(work.resolve("check-of-a-killed-server"));
        Files.writeString(old.resolve("task.zip"), "half of it");
        Files.setLastModifiedTime(old, FileTime.from(now.minus(Duration.ofHours(2))));
        Path fresh = Files.createDirectories(work.resolve("check-that-runs"));
        Path another = Files.createDirectories(work.resolve("jobs"));
        Files.setLastModifiedTime(another, FileTime.from(now.minus(Duration.ofHours(2))));
        try {
            collect();

            assertFalse(Files.exists(old));
            assertTrue(Files.exists(fresh));
            assertTrue(Files.exists(another), "what jobs need is not scratch of this kind");
        } finally {
            Files.deleteIfExists(fresh);
            Files.deleteIfExists(another);
        }
    }
}
