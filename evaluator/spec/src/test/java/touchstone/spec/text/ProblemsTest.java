package touchstone.spec.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProblemsTest {

    private final Problems problems = new Problems();

    @Test
    void listsAsAPersonReads() {
        problems.add(Problem.at("b.yaml", 3, 1, "third", null));
        problems.add(Problem.at("a.csv", 9, 1, "sixth", null));
        problems.add(Problem.at("b.yaml", 2, 5, "second", null));
        problems.add(Problem.of(null, "seventh", null));
        problems.add(Problem.at("b.yaml", 2, 1, "first", null));
        problems.add(Problem.at("a.csv", 1, 4, "fifth", null));
        problems.add(Problem.of("a.csv", "fourth", null));
        assertEquals(
                List.of("first", "second", "third", "fourth", "fifth", "sixth", "seventh"),
                problems.list().stream().map(Problem::message).toList());
    }

    @Test
    void whatIsQuotedNeverEndsInHalfOfAPair() {
        for (String text :
                List.of("\uD83D\uDE00".repeat(300), "x" + "\uD83D\uDE00".repeat(300), "half \uD83D of a pair")) {
            Problem problem = new Problem(text, 0, 0, text, text);
            for (String told :
                    List.of(problem.message(), String.valueOf(problem.instead()), String.valueOf(problem.file())))
                assertTrue(StandardCharsets.UTF_8.newEncoder().canEncode(told), told);
        }
    }

    @Test
    void ofOnePlaceTheOrderFoundStays() {
        problems.add(Problem.at("a", 1, 1, "zebra", null));
        problems.add(Problem.at("a", 1, 1, "ape", null));
        assertEquals(
                List.of("zebra", "ape"),
                problems.list().stream().map(Problem::message).toList());
    }

    @Test
    void theSameProblemIsToldOnce() {
        problems.add(Problem.at("a", 1, 1, "again", null));
        problems.add(Problem.at("a", 1, 1, "again", null));
        assertEquals(1, problems.count());
    }

    @Test
    void listsAHundredAndCountsTheRest() {
        for (int line = 350; line > 50; line--) problems.add(Problem.at("a", line, 1, "wrong", null));
        List<Problem> list = problems.list();
        assertEquals(300, problems.count());
        assertEquals(Problems.LISTED_MAX + 1, list.size());
        assertEquals(251, list.get(0).line(), "the first hundred that were found, sorted");
        assertEquals(
                Problem.of(null, "200 more problems are not listed", "mend these first, then check again"),
                list.get(100));
    }

    @Test
    void isEmptyUntilSomethingIsWrong() {
        assertTrue(problems.isEmpty());
        problems.addAll(List.of(Problem.of(null, "wrong", null)));
        assertFalse(problems.isEmpty());
    }

    @Test
    void printsAsCompilersDo() {
        assertEquals(
                "strategy.yaml:4:12: 'gama' is not known here — write 'gamma'",
                Problem.at("strategy.yaml", 4, 12, "'gama' is not known here", "write 'gamma'")
                        .toString());
        assertEquals(
                "the archive is empty",
                Problem.of(null, "the archive is empty", null).toString());
        assertEquals(
                "a.csv: the table is empty",
                Problem.of("a.csv", "the table is empty", null).toString());
    }
}
