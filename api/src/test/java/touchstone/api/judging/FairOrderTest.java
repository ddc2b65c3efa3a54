package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import touchstone.api.judging.FairOrder.Room;
import touchstone.api.judging.FairOrder.Running;
import touchstone.api.judging.FairOrder.Waiting;

class FairOrderTest {
    private static final UUID ALICE = new UUID(1, 1);
    private static final UUID BOB = new UUID(1, 2);
    private static final UUID TASK = new UUID(4, 1);

    @Test
    void theTeamWithTheFewestRunningRunsIsNextAndThenTheEarliestUpload() {
        FairOrder order = new FairOrder(
                List.of(run(ALICE, 1, 9), run(ALICE, 2, 9), run(ALICE, 3, 9), run(BOB, 4, 9)),
                Map.of(),
                Room.UNLIMITED);

        assertEquals(List.of(1L, 4L, 2L, 3L), uploads(order));
    }

    @Test
    void whatRunsAlreadyCounts() {
        FairOrder order = new FairOrder(
                List.of(run(ALICE, 1, 9), run(BOB, 2, 9), run(BOB, 3, 9)),
                Map.of(ALICE, new Running(2, 2)),
                Room.UNLIMITED);

        assertEquals(List.of(2L, 3L, 1L), uploads(order));
    }

    @Test
    void aTeamAtItsLimitBeginsNoOtherJudging() {
        FairOrder order =
                new FairOrder(List.of(run(ALICE, 1, 1), run(ALICE, 2, 1), run(BOB, 3, 1)), Map.of(), Room.UNLIMITED);

        assertEquals(List.of(1L, 3L), uploads(order));
    }

    @Test
    void otherSeedsOfABegunJudgingAreWithinTheLimit() {
        UUID judging = new UUID(2, 1);
        FairOrder order = new FairOrder(
                List.of(
                        new Waiting(new UUID(3, 1), judging, ALICE, TASK, 0, 1, 1, false, 1),
                        new Waiting(new UUID(3, 2), judging, ALICE, TASK, 0, 1, 2, false, 1)),
                Map.of(),
                Room.UNLIMITED);

        assertEquals(List.of(1L, 1L), uploads(order));
    }

    @Test
    void aSmallerPriorityGoesBeforeFairness() {
        FairOrder order = new FairOrder(
                List.of(run(ALICE, 1, 9), new Waiting(new UUID(3, 2), new UUID(2, 2), BOB, TASK, -1, 2, 1, false, 9)),
                Map.of(BOB, new Running(5, 5)),
                Room.UNLIMITED);

        assertEquals(List.of(2L, 1L), uploads(order));
    }

    @Test
    void noMoreJudgingsBeginThanTheHouseHasRoomFor() {
        FairOrder order = new FairOrder(
                List.of(run(ALICE, 1, 9), run(BOB, 2, 9), run(BOB, 3, 9)), Map.of(), new Room(2, Map.of()));

        assertEquals(List.of(1L, 2L), uploads(order));
    }

    @Test
    void aTaskAtItsLimitKeepsBackItsOwnAlone() {
        UUID other = new UUID(4, 2);
        FairOrder order = new FairOrder(
                List.of(
                        run(ALICE, 1, 9),
                        run(ALICE, 2, 9),
                        new Waiting(new UUID(3, 3), new UUID(2, 3), BOB, other, 0, 3, 1, false, 9)),
                Map.of(),
                new Room(9, Map.of(TASK, 1)));

        assertEquals(List.of(1L, 3L), uploads(order));
    }

    @Test
    void aBegunJudgingGoesOnThoughNothingMoreMayBegin() {
        UUID judging = new UUID(2, 7);
        FairOrder order = new FairOrder(
                List.of(
                        run(ALICE, 1, 9),
                        new Waiting(new UUID(3, 7), judging, ALICE, TASK, 0, 7, 2, true, 9),
                        new Waiting(new UUID(3, 8), judging, ALICE, TASK, 0, 7, 3, true, 9)),
                Map.of(ALICE, new Running(1, 1)),
                new Room(0, Map.of()));

        assertEquals(List.of(7L, 7L), uploads(order));
    }

    /** Against the plain rule, written as slowly as it reads. */
    @Test
    void takesTurnsAsThePlainRuleSays() {
        Random random = new Random(17);
        for (int round = 0; round < 50; round++) {
            List<Waiting> waiting = new ArrayList<>();
            for (int upload = 1; upload <= 60; upload++) {
                UUID team = new UUID(1, random.nextInt(6));
                for (int seed = 1; seed <= 1 + random.nextInt(3); seed++)
                    waiting.add(new Waiting(
                            new UUID(upload, seed),
                            new UUID(2, upload),
                            team,
                            TASK,
                            random.nextInt(10) == 0 ? -1 : 0,
                            upload,
                            seed,
                            false,
                            3));
            }
            Map<UUID, Running> running = Map.of(new UUID(1, 0), new Running(2, 1), new UUID(1, 3), new Running(1, 1));
            List<Long> plain = plainly(waiting, running);
            assertEquals(plain, uploads(new FairOrder(waiting, running, Room.UNLIMITED)));
            assertTrue(plain.size() > 10, plain.toString());
        }
    }

    private static List<Long> plainly(List<Waiting> all, Map<UUID, Running> running) {
        List<Waiting> waiting = new ArrayList<>(all);
        Map<UUID, Integer> runs = new HashMap<>();
        Map<UUID, Integer> judgings = new HashMap<>();
        running.forEach((team, has) -> {
            runs.put(team, has.runs());
            judgings.put(team, has.judgings());
        });
        Set<UUID> begun = new HashSet<>();
        List<Long> uploads = new ArrayList<>();
        while (true) {
            Optional<Waiting> next = waiting.stream()
                    .filter(run ->
                            begun.contains(run.judging()) || judgings.getOrDefault(run.team(), 0) < run.judgingsMax())
                    .min(Comparator.comparingLong(Waiting::priority)
                            .thenComparingInt(run -> runs.getOrDefault(run.team(), 0))
                            .thenComparingLong(Waiting::uploaded)
                            .thenComparingInt(Waiting::seedIndex));
            if (next.isEmpty()) return uploads;
            Waiting run = next.get();
            waiting.remove(run);
            runs.merge(run.team(), 1, Integer::sum);
            if (begun.add(run.judging())) judgings.merge(run.team(), 1, Integer::sum);
            uploads.add(run.uploaded());
        }
    }

    private static Waiting run(UUID team, long uploaded, int judgingsMax) {
        return new Waiting(
                new UUID(3, uploaded), new UUID(2, uploaded), team, TASK, 0, uploaded, 1, false, judgingsMax);
    }

    private static List<Long> uploads(FairOrder order) {
        List<Long> uploads = new ArrayList<>();
        for (var next = order.next(); next.isPresent(); next = order.next())
            uploads.add(next.get().uploaded());
        return uploads;
    }
}
