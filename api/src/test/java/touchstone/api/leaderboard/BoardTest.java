package touchstone.api.leaderboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class BoardTest {
    private static final Board.Contest CONTEST = new Board.Contest("tiny", "Tiny", 1, "accuracy", "public", 100);

    private long seq;

    private Entry entry(String team, boolean baseline, double score) {
        seq++;
        return new Entry(
                UUID.randomUUID(),
                seq,
                UUID.nameUUIDFromBytes(team.getBytes()),
                team,
                baseline,
                team + "'s strategy " + seq,
                score,
                0,
                0,
                0,
                1,
                Instant.EPOCH);
    }

    private static List<String> teams(Board board) {
        return board.rows().stream().map(Board.Row::team).toList();
    }

    @Test
    void aTeamStandsWithItsBest() {
        Board board = Board.of(
                CONTEST,
                List.of(entry("a", false, .5), entry("b", false, .6), entry("a", false, .7), entry("a", false, .6)));
        assertEquals(List.of("a", "b"), teams(board));
        assertEquals(.7, board.rows().getFirst().score());
        assertEquals(1, board.rows().getFirst().rank());
        assertEquals(2, board.rows().getLast().rank());
    }

    @Test
    void equalScoresShareARankAndTheEarlierStandsFirst() {
        Board board =
                Board.of(CONTEST, List.of(entry("late", false, .4), entry("b", false, .6), entry("c", false, .6)));
        assertEquals(List.of("b", "c", "late"), teams(board));
        assertEquals(
                List.of(1, 1, 3), board.rows().stream().map(Board.Row::rank).toList());
    }

    @Test
    void baselinesHaveNoRankAndAreWhatGainIsMeasuredAgainst() {
        Board board = Board.of(CONTEST, List.of(entry("o", true, .6), entry("o", true, .5), entry("a", false, .55)));
        assertNull(board.rows().getFirst().rank());
        assertEquals(Kind.BASELINE, board.rows().getFirst().kind());
        assertNull(board.rows().getFirst().gain());
        Board.Row team = board.rows().get(1);
        assertEquals(1, team.rank());
        assertEquals(-.05, team.gain(), 1e-12);
        assertEquals(3, board.rows().size());
    }

    @Test
    void aLossIsBetterWhenItIsLess() {
        Board.Contest loss = new Board.Contest("tiny", "Tiny", 1, "log-loss", "public", 100);
        assertEquals(List.of("b", "a"), teams(Board.of(loss, List.of(entry("a", false, .9), entry("b", false, .3)))));
    }

    /** A share's formula says nothing of a loss, nor of the worst of the classes. */
    @Test
    void noIntervalIsShownWhereNoneIsKnown() {
        for (String metric : List.of("log-loss", "worst-class")) {
            Board.Contest contest = new Board.Contest("tiny", "Tiny", 1, metric, "public", 100);
            assertEquals(
                    0,
                    Board.of(contest, List.of(entry("a", false, .5)))
                            .rows()
                            .getFirst()
                            .halfWidth());
        }
        Board.Contest accuracy = new Board.Contest("tiny", "Tiny", 1, "accuracy", "public", 100);
        assertEquals(
                .082,
                Board.of(accuracy, List.of(entry("a", false, .5)))
                        .rows()
                        .getFirst()
                        .halfWidth(),
                1e-9);
    }

    @Test
    void aSpreadsheetDoesNotTakeANameForAFormula() {
        assertEquals("'=1+1", BoardCsv.escape("=1+1"));
        assertEquals("\"'@a,b\"", BoardCsv.escape("@a,b"));
        assertEquals("\"say \"\"hi\"\"\"", BoardCsv.escape("say \"hi\""));
    }
}
