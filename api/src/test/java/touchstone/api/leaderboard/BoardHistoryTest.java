package touchstone.api.leaderboard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.TestHouse;
import touchstone.api.judging.JudgingSet;
import touchstone.api.judging.SetEnding;
import touchstone.api.storage.Digests;

/** Whatever happens, and in whatever order: the board is what the facts say, and the boards of the past stay what they were. */
@OnEachDatabase
final class BoardHistoryTest {
    private static final int STEPS = 40;

    private final TestHouse house;
    private final BoardFacts facts;

    BoardHistoryTest(DatabaseKind kind) {
        house = TestHouse.on(kind);
        facts = BoardFacts.inContestOf(kind);
    }

    @Test
    void everyBoardComesOutAsItWasShown() {
        for (long seed : new long[] {1, 2, 3}) {
            BoardFacts contest = facts.another();
            new Walk(contest, new Random(seed)).walk();
            BoardSnapshots.Verified verified =
                    house.bean(BoardSnapshots.class).verify(contest.slug).orElseThrow();
            assertEquals(List.of(), verified.different(), "seed " + seed);
            assertTrue(verified.boards() > 5, "seed " + seed + " made only " + verified.boards() + " boards");
        }
    }

    @Test
    void theBoardOfADraftIsNotKept() {
        BoardFacts contest = facts.another();
        house.database().change("update task set state = 'draft' where id = ?", contest.task);
        contest.settled(contest.submission(contest.team("alice")), contest.boardSet, .5);
        house.bean(BoardLoop.class).tick();
        assertEquals(0, kept(contest));
    }

    @Test
    void aBoardThatCannotBeComputedKeepsNoOtherFromBeingKept() {
        List<BoardFacts> contests = List.of(facts.another(), facts.another(), facts.another());
        for (BoardFacts contest : contests)
            contest.settled(contest.submission(contest.team("alice")), contest.boardSet, .5);
        UUID broken = contests.get(1).task;
        String document = house.database()
                .get("select document from task_version where task = ?", row -> row.text("document"), broken);
        house.database().change("update task_version set document = '{' where task = ?", broken);
        house.bean(BoardLoop.class).tick();
        assertEquals(List.of(1, 0, 1), contests.stream().map(this::kept).toList());
        house.database().change("update task_version set document = ? where task = ?", document, broken);
        house.bean(BoardLoop.class).tick();
        assertEquals(1, kept(contests.get(1)), "when it is mended");
    }

    private int kept(BoardFacts contest) {
        return house.database()
                .get("select count(*) as n from board_snapshot where task = ?", row -> row.integer("n"), contest.task);
    }

    @Test
    void whatWasTamperedWithIsFound() {
        BoardFacts contest = facts.another();
        UUID submission = contest.submission(contest.team("alice"));
        contest.settled(submission, contest.boardSet, .5);
        house.bean(BoardLoop.class).tick();
        house.database()
                .change(
                        "update metric set measured = .6 where fold = 'public' and run in"
                                + " (select r.id from run r join judging j on j.id = r.judging where j.submission = ?)",
                        submission);

        assertEquals(
                1,
                house.bean(BoardSnapshots.class)
                        .verify(contest.slug)
                        .orElseThrow()
                        .different()
                        .size());
    }

    @Test
    void theHistoryIsPublicAndEndsWithWhatIsServed() {
        BoardFacts contest = facts.another();
        UUID team = contest.team("alice");
        contest.settled(contest.submission(team), contest.boardSet, .5);
        house.bean(BoardLoop.class).tick();
        contest.settled(contest.submission(team), contest.boardSet, .75);
        house.bean(BoardLoop.class).tick();
        house.bean(BoardLoop.class).tick();
        house.bean(Boards.class).forget();

        String address = "/api/tasks/" + contest.slug + "/leaderboard";
        byte[] served = house.nobody().get(address).bytes();
        JsonNode history = house.nobody().get(address + "/history").json().get("items");
        assertEquals(2, history.size());
        assertEquals(Digests.of(served), history.get(0).get("digest").asText());
        long first = history.get(1).get("seq").asLong();
        JsonNode past = house.nobody().get(address + "/history/" + first).json();
        assertEquals(.5, past.at("/rows/0/score").asDouble());
        assertArrayEquals(
                served,
                house.nobody()
                        .get(address + "/history/" + history.get(0).get("seq").asLong())
                        .bytes());
        assertEquals(
                404,
                house.nobody().get(address + "/history/" + (first + 100000)).status());
        assertEquals(404, house.nobody().get(address + "?board=final").status());
        assertEquals(404, house.nobody().get(address + "/history?board=final").status());
        assertEquals(400, house.nobody().get(address + "?board=private").status());
    }

    /** A random life of a contest, and what an observer without a database would expect of its board. */
    private final class Walk {
        private final BoardFacts contest;
        private final Random random;
        private final Map<UUID, Integer> teams = new LinkedHashMap<>();
        private final Map<UUID, UUID> teamOf = new LinkedHashMap<>();
        /** Null score = rejected. */
        private final Map<UUID, Double> onBoard = new HashMap<>();

        private final List<Again> open = new ArrayList<>();
        private final Map<UUID, String> names = new HashMap<>();

        private record Again(UUID set, Map<UUID, Double> scores) {}

        Walk(BoardFacts contest, Random random) {
            this.contest = contest;
            this.random = random;
        }

        void walk() {
            for (int i = 0; i < 4; i++) {
                String name = "team-" + i;
                UUID team = contest.team(name);
                teams.put(team, i);
                names.put(team, name);
            }
            for (int step = 0; step < STEPS; step++) {
                act();
                if (random.nextInt(3) > 0) {
                    house.bean(BoardLoop.class).tick();
                    compare(step);
                }
            }
        }

        private void act() {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3, 4 -> settle();
                case 5, 6 -> judgeAgain();
                case 7 -> end();
                case 8 -> withdraw();
                default -> rename();
            }
        }

        private void settle() {
            UUID team = pick(new ArrayList<>(teams.keySet()));
            UUID submission = contest.submission(team);
            teamOf.put(submission, team);
            double score = random.nextInt(1, 20) / 20.;
            if (random.nextInt(6) == 0) {
                contest.rejected(submission, contest.boardSet);
                onBoard.put(submission, null);
                return;
            }
            contest.settled(submission, contest.boardSet, score);
            onBoard.put(submission, score);
        }

        private void judgeAgain() {
            if (onBoard.isEmpty()) return;
            List<UUID> chosen = onBoard.keySet().stream()
                    .sorted()
                    .filter(one -> random.nextBoolean())
                    .toList();
            if (chosen.isEmpty()) return;
            UUID set = contest.set(JudgingSet.Kind.REJUDGE, chosen);
            Map<UUID, Double> scores = new HashMap<>();
            for (UUID submission : chosen) {
                if (random.nextInt(6) == 0) {
                    contest.rejected(submission, set);
                    scores.put(submission, null);
                } else {
                    double score = random.nextInt(1, 20) / 20.;
                    contest.settled(submission, set, score);
                    scores.put(submission, score);
                }
            }
            open.add(new Again(set, scores));
        }

        private void end() {
            if (open.isEmpty()) return;
            Again again = open.remove(random.nextInt(open.size()));
            SetEnding ending = house.bean(SetEnding.class);
            if (random.nextInt(3) == 0) {
                ending.drop(again.set(), null);
                return;
            }
            boolean empty = again.scores().keySet().stream().noneMatch(onBoard::containsKey);
            if (empty) return;
            ending.apply(again.set(), null);
            again.scores().forEach((submission, score) -> {
                if (onBoard.containsKey(submission)) onBoard.put(submission, score);
            });
        }

        private void withdraw() {
            if (onBoard.isEmpty()) return;
            UUID submission = pick(onBoard.keySet().stream().sorted().toList());
            contest.withdraw(submission);
            onBoard.remove(submission);
        }

        private void rename() {
            UUID team = pick(new ArrayList<>(teams.keySet()));
            String name = "named-" + random.nextInt(1000) + "-" + teams.get(team);
            contest.rename(team, name);
            names.put(team, name);
        }

        private <T> T pick(List<T> from) {
            return from.get(random.nextInt(from.size()));
        }

        private void compare(int step) {
            house.bean(Boards.class).forget();
            byte[] served = house.nobody()
                    .get("/api/tasks/" + contest.slug + "/leaderboard")
                    .bytes();
            long latest = house.bean(BoardEntries.class).latest(contest.task);
            assertEquals(
                    new String(
                            house.bean(BoardText.class).publicBytes(contest.task, 1, BoardKind.PUBLIC, latest),
                            StandardCharsets.UTF_8),
                    new String(served, StandardCharsets.UTF_8));
            assertEquals(expected(), shown(served), "step " + step);
        }

        /** By team: score and number of judged submissions. */
        private Map<String, String> expected() {
            Map<String, String> rows = new TreeMap<>();
            for (UUID team : teams.keySet()) {
                List<UUID> judged = onBoard.keySet().stream()
                        .filter(submission -> team.equals(teamOf.get(submission)))
                        .toList();
                judged.stream()
                        .filter(submission -> onBoard.get(submission) != null)
                        .map(onBoard::get)
                        .max(Comparator.naturalOrder())
                        .ifPresent(best -> rows.put(names.getOrDefault(team, ""), best + " of " + judged.size()));
            }
            return rows;
        }

        private Map<String, String> shown(byte[] served) {
            Map<String, String> rows = new TreeMap<>();
            for (JsonNode row : BoardFacts.json(served).get("rows"))
                rows.put(
                        row.get("team").asText(),
                        row.get("score").asDouble() + " of "
                                + row.get("submissions").asInt());
            return rows;
        }
    }
}
