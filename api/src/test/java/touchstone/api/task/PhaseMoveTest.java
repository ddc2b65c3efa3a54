package touchstone.api.task;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import touchstone.api.http.Refusal;
import touchstone.spec.task.TaskFile.Phases;

final class PhaseMoveTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static Instant day(int days) {
        return NOW.plus(Duration.ofDays(days));
    }

    private static Phases phases(@Nullable Instant opens, @Nullable Instant closes, @Nullable Instant reveals) {
        return new Phases(opens, closes, reveals);
    }

    private static void taken(Phases before, Phases wanted) {
        assertDoesNotThrow(() -> PhaseMove.check(before, wanted, NOW));
    }

    private static void refused(String why, Phases before, Phases wanted) {
        Refusal refusal = assertThrows(Refusal.class, () -> PhaseMove.check(before, wanted, NOW));
        assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
    }

    @Test
    void theClosingMovesLaterAlsoWhenItHasPassedAndNeverEarlier() {
        taken(phases(null, day(2), null), phases(null, day(3), null));
        taken(phases(null, day(-1), null), phases(null, day(1), null));
        taken(phases(null, day(2), null), phases(null, null, null));
        taken(phases(null, null, null), phases(null, day(1), null));
        refused("only later", phases(null, day(3), null), phases(null, day(2), null));
        refused("lies ahead", phases(null, day(-3), null), phases(null, day(-1), null));
        refused("lies ahead", phases(null, null, null), phases(null, day(-1), null));
    }

    @Test
    void theOpeningMovesOnlyWhileItLiesAhead() {
        taken(phases(day(2), null, null), phases(day(1), null, null));
        taken(phases(day(2), null, null), phases(day(4), null, null));
        refused("lies ahead", phases(day(2), null, null), phases(day(-1), null, null));
        refused("lies ahead", phases(day(2), null, null), phases(null, null, null));
        refused("has opened", phases(day(-2), null, null), phases(day(1), null, null));
        refused("has opened", phases(null, null, null), phases(day(1), null, null));
        refused("after \"opens\"", phases(day(1), day(3), null), phases(day(3), day(3), null));
    }

    @Test
    void theTruthComesOutAfterTheClosingAndThenNothingMoves() {
        taken(phases(null, day(2), day(5)), phases(null, day(2), day(3)));
        taken(phases(null, day(2), null), phases(null, day(2), day(3)));
        refused("before \"closes\"", phases(null, day(2), day(5)), phases(null, day(6), day(5)));
        refused("before \"closes\"", phases(null, day(2), day(5)), phases(null, null, day(5)));
        refused("revealed", phases(null, day(-2), day(-1)), phases(null, day(2), day(3)));
    }

    @Test
    void aFinalThatIsOutStaysOut() {
        refused("revealed", phases(null, day(-2), NOW), phases(null, day(-2), day(3)));
        Phases bare = phases(null, day(-2), null);
        Phases later = phases(null, day(-2), day(3));
        assertDoesNotThrow(() -> PhaseMove.checkFinal(bare, later, PhaseMove.Final.UNDER_WAY));
        assertDoesNotThrow(() -> PhaseMove.checkFinal(later, bare, PhaseMove.Final.APPLIED));
        assertThrows(Refusal.class, () -> PhaseMove.checkFinal(bare, later, PhaseMove.Final.APPLIED));
    }

    @Test
    void saysWhatMoved() {
        assertEquals("", PhaseMove.told(phases(null, day(1), null), phases(null, day(1), null)));
        assertEquals(
                "It now closes at 2026-03-03T12:00:00Z (was 2026-03-02T12:00:00Z). It now reveals its results at no set"
                        + " time (was 2026-03-05T12:00:00Z).",
                PhaseMove.told(phases(null, day(1), day(4)), phases(null, day(2), null)));
    }
}
