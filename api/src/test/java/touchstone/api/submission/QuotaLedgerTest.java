package touchstone.api.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import touchstone.api.task.You;
import touchstone.spec.task.TaskFile;

final class QuotaLedgerTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final TaskFile.Quota TWO_A_DAY = new TaskFile.Quota(2, 5, 1, true);

    private static Instant hoursAgo(int hours) {
        return NOW.minus(Duration.ofHours(hours));
    }

    @Test
    void countsTheLastTwentyFourHours() {
        You.Quota quota = QuotaLedger.standing(List.of(hoursAgo(30), hoursAgo(3)), TWO_A_DAY, NOW);
        assertEquals(1, quota.left());
        assertEquals(3, quota.totalLeft());
        assertNull(quota.nextFree());
    }

    @Test
    void tellsWhenTheNextIsFree() {
        You.Quota quota = QuotaLedger.standing(List.of(hoursAgo(30), hoursAgo(20), hoursAgo(3)), TWO_A_DAY, NOW);
        assertEquals(0, quota.left());
        assertEquals(NOW.plus(Duration.ofHours(4)), quota.nextFree());
    }

    @Test
    void whatIsUsedUpForGoodIsNeverFreeAgain() {
        List<Instant> five = List.of(hoursAgo(90), hoursAgo(80), hoursAgo(70), hoursAgo(60), hoursAgo(50));
        You.Quota quota = QuotaLedger.standing(five, TWO_A_DAY, NOW);
        assertEquals(0, quota.left());
        assertNull(quota.nextFree());
    }
}
