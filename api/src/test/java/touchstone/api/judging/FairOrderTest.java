package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import touchstone.api.judging.FairOrder.Running;
import touchstone.api.judging.FairOrder.Waiting;

class FairOrderTest {
    private static final UUID ALICE = new UUID(1, 1);
    private static final UUID BOB = new UUID(1, 2);

    @Test
    void theTeamWithTheFewestRunningRunsIsNextAndThenTheEarliestUpload() {
        FairOrder order =
                new FairOrder(List.of(run(ALICE, 1, 9), run(ALICE, 2, 9), run(ALICE, 3, 9), run(BOB, 4, 9)), Map.of());

        assertEquals(List.of(1L, 4L, 2L, 3L), uploads(order));
    }

    @Test
    void whatRunsAlreadyCounts() {
        FairOrder order = new FairOrder(
                List.of(run(ALICE, 1, 9), run(BOB, 2, 9), run(BOB, 3, 9)), Map.of(ALICE, new Running(2, 2)));

        assertEquals(List.of(2L, 3L, 1L), uploads(order));
    }

    @Test
    void aTeamAtItsLimitBeginsNoOtherJudging() {
        FairOrder order = new FairOrder(List.of(run(ALICE, 1, 1), run(ALICE, 2, 1), run(BOB, 3, 1)), Map.of());

        assertEquals(List.of(1L, 3L), uploads(order));
    }

    @Test
    void otherSeedsOfABegunJudgingAreWithinTheLimit() {
        UUID judging = new UUID(2, 1);
        FairOrder order = new FairOrder(
                List.of(
                        new Waiting(new UUID(3, 1), judging, ALICE, 0, 1, 1, false, 1),
                        new Waiting(new UUID(3, 2), judging, ALICE, 0, 1, 2, false, 1)),
                Map.of());

        assertEquals(List.of(1L, 1L), uploads(order));
    }

    @Test
    void aSmallerPriorityGoesBeforeFairness() {
        FairOrder order = new FairOrder(
                List.of(run(ALICE, 1, 9), new Waiting(new UUID(3, 2), new UUID(2, 2), BOB, -1, 2, 1, false, 9)),
                Map.of(BOB, new Running(5, 5)));

        assertEquals(List.of(2L, 1L), uploads(order));
    }

    private static Waiting run(UUID team, long uploaded, int judgingsMax) {
        return new Waiting(new UUID(3, uploaded), new UUID(2, uploaded), team, 0, uploaded, 1, false, judgingsMax);
    }

    private static List<Long> uploads(FairOrder order) {
        List<Long> uploads = new ArrayList<>();
        for (var next = order.next(); next.isPresent(); next = order.next())
            uploads.add(next.get().uploaded());
        return uploads;
    }
}
