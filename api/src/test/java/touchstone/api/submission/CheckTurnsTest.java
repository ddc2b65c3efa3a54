package touchstone.api.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.TestHouse;
import touchstone.api.http.Refusal;

@OnEachDatabase
final class CheckTurnsTest {
    private final TestHouse house;
    private final UUID alice;
    private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");

    CheckTurnsTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        alice = Objects.requireNonNull(house.person("alice").account());
    }

    /** Another server every time: what counts is in the database. */
    private CheckTurns server() {
        return new CheckTurns(house.database(), () -> now);
    }

    private void check(boolean sound) {
        server().inTurn(alice, () -> sound, answer -> answer);
    }

    private Refusal refused() {
        return assertThrows(Refusal.class, () -> check(true));
    }

    @Test
    void oneAtATimeOnAllServers() {
        server().inTurn(alice, this::refused, refusal -> true);
        check(true);
    }

    @Test
    void aTurnWhoseServerDiedIsFreeAfterAWhile() {
        house.database().change("insert into check_turn (account, failures) values (?, 0)", alice);
        house.database()
                .change(
                        "update check_turn set holder = ?, busy_until = ? where account = ?",
                        UUID.randomUUID(),
                        now.plus(CheckTurns.HELD),
                        alice);
        refused();
        now = now.plus(CheckTurns.HELD).plusSeconds(1);
        check(true);
    }

    @Test
    void aCheckThatTakesLongKeepsItsTurn() {
        new CheckTurns(house.database(), () -> now, Duration.ofMillis(10))
                .inTurn(
                        alice,
                        () -> {
                            now = now.plus(Duration.ofMinutes(3));
                            awaitHeldFrom(now);
                            return refused();
                        },
                        refusal -> true);
        check(true);
    }

    private void awaitHeldFrom(Instant time) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (house.database()
                .get("select busy_until from check_turn where account = ?", row -> row.instant("busy_until"), alice)
                .isBefore(time)) {
            assertTrue(System.nanoTime() < end, "the turn is not renewed");
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Test
    void workThatThrowsGivesTheTurnBack() {
        assertThrows(IllegalStateException.class, () -> server().inTurn(
                        alice,
                        () -> {
                            throw new IllegalStateException("a fault of ours");
                        },
                        answer -> false));
        check(true);
    }

    @Test
    void theWaitGrowsWithEachUnsoundArchiveAndEndsWithASoundOne() {
        for (int i = 0; i < CheckTurns.FAILURES_FREE; i++) check(false);
        check(false);
        Refusal first = refused();
        assertTrue(String.valueOf(first.getMessage()).contains("Your last 11 archives"), first.getMessage());
        assertTrue(String.valueOf(first.getMessage()).contains("12:00:15Z"), first.getMessage());
        now = now.plus(CheckTurns.FIRST_WAIT);
        check(false);
        now = now.plus(CheckTurns.FIRST_WAIT);
        refused();
        now = now.plus(CheckTurns.FIRST_WAIT);
        check(true);
        check(false);
        check(false);
    }

    @Test
    void failuresOfLongAgoAreForgotten() {
        for (int i = 0; i <= CheckTurns.FAILURES_FREE; i++) check(false);
        now = now.plus(CheckTurns.REMEMBERED).plus(CheckTurns.LONGEST_WAIT);
        check(false);
        check(false);
    }

    @Test
    void aClockThatIsSetBackBindsNobody() {
        for (int i = 0; i <= CheckTurns.FAILURES_FREE; i++) check(false);
        now = now.minus(Duration.ofHours(1));
        check(true);
    }

    @Test
    void noWaitIsLongerThanTheLongest() {
        assertEquals(Duration.ZERO, CheckTurns.waitAfter(CheckTurns.FAILURES_FREE));
        assertEquals(CheckTurns.LONGEST_WAIT, CheckTurns.waitAfter(1000));
    }
}
