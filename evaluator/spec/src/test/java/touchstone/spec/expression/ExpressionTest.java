package touchstone.spec.expression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.spec.catalogue.Names;
import touchstone.spec.text.Place;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

final class ExpressionTest {

    private static final List<String> CLASSES = List.of("cat", "dog", "bird");
    private static final Map<String, Name> NAMES =
            Names.of(CLASSES, Map.of("paper", List.of("blank", "lined"), "pen", List.of("ball", "fountain")));
    private static final Place PLACE = new Place("strategy.yaml", 7, 13);

    /** Three samples: a dark cat, a bright dog, an unseen bird. */
    private static final Map<String, double[]> COLUMNS = Map.of(
            "luma", new double[] {0.125, 0.75, 0.5},
            "noise", new double[] {0, 0.25, 0.125},
            "loss", new double[] {4, 1, Double.NaN},
            "epoch", new double[] {3, 3, 3},
            "label", new double[] {0, 1, 2},
            "given_label", new double[] {0, 2, 2},
            "prediction", new double[] {0, 1, 0},
            "paper", new double[] {1, 0, -1});

    @Test
    void readsAColumnOfEachSample() {
        assertArrayEquals(new double[] {1.125, 1.75, 1.5}, number("1 + luma"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 + 2 * 3               | 7
            (1 + 2) * 3             | 9
            10 - 3 - 2              | 5
            16 / 4 / 2              | 2
            -2 * 3                  | -6
            2 - -3                  | 5
            --2                     | 2
            - (1 + 1)               | -2
            -1 - 1                  | -2
            .5 + 1.                 | 1.5
            1e3 + 2E-1              | 1000.2
            2 * 3 + 4 * 5           | 26
            1 / 0                   | Infinity
            """)
    void numbersBindAsInArithmetic(String source, double value) {
        assertEquals(value, number(source)[0]);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 < 2                          | 1
            2 < 2                          | 0
            2 <= 2                         | 1
            2 >= 3                         | 0
            2 > 1                          | 1
            2 == 2                         | 1
            2 != 2                         | 0
            1 + 1 < 1 * 3                  | 1
            not 1 < 2                      | 0
            not not 1 < 2                  | 1
            1 > 2 and 1 > 2 or 1 < 2       | 1
            1 < 2 or 1 < 2 and 1 > 2       | 1
            (1 < 2 or 1 < 2) and 1 > 2     | 0
            not 1 > 2 and 1 < 2            | 1
            not (1 > 2 or 1 < 2)           | 0
            """)
    void orBindsLoosestThenAndThenNotThenComparison(String source, double value) {
        assertEquals(value, condition(source)[0]);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            if(1 < 2, 5, 6)            | 5
            if(1 > 2, 5, 6)            | 6
            if(1 > 2, 1 / 0, 6)        | 6
            min(3, 1, 2)               | 1
            max(3, 1, 2)               | 3
            min(1, 2, 3, 4, 5, 6, 7, 0)| 0
            abs(-2.5)                  | 2.5
            exp(0)                     | 1
            log(1)                     | 0
            log(exp(2))                | 2
            sqrt(9)                    | 3
            pow(2, 10)                 | 1024
            clamp(5, 0, 1)             | 1
            clamp(-5, 0, 1)            | 0
            clamp(0.25, 0, 1)          | 0.25
            log(-1)                    | NaN
            """)
    void everyFunctionHasItsValue(String source, double value) {
        assertEquals(value, number(source)[0]);
    }

    @Test
    void rankIsTheMeanPositionAmongAll() {
        assertArrayEquals(new double[] {0.5 / 3, 2.5 / 3, 1.5 / 3}, number("rank(luma)"));
        assertArrayEquals(new double[] {0.5, 0.5, 0.5}, number("rank(epoch)"), "ties share their mean position");
        assertArrayEquals(
                new double[] {0.75, 0.25, Double.NaN}, number("rank(loss)"), "no value, no rank, and not counted");
    }

    @Test
    void classRankIsTheMeanPositionAmongTheSameLabel() {
        double[] labels = {0, 0, 1, 0, 1, 2};
        double[] noise = {3, 1, 5, 1, -2, Double.NaN};
        double[] ranks =
                parse("class_rank(noise)", Type.NUMBER).evaluate(name -> name.equals("label") ? labels : noise, 6);
        assertArrayEquals(new double[] {2.5 / 3, 1.0 / 3, 0.75, 1.0 / 3, 0.25, Double.NaN}, ranks);
    }

    @Test
    void ranksOrderNumbersOfAllSizes() {
        double[] values = {-0.0, 1e-300, -1e300, 0.0, 7, -1e-300, Double.POSITIVE_INFINITY, -3};
        double[] ranks = parse("rank(luma)", Type.NUMBER).evaluate(name -> values, 8);
        assertArrayEquals(
                new double[] {4, 5.5, 0.5, 4, 6.5, 2.5, 7.5, 1.5},
                Arrays.stream(ranks).map(r -> 8 * r).toArray());
    }

    @Test
    void oneValueMayStandForAll() {
        double[] luma = new double[3_000];
        Arrays.setAll(luma, i -> i);
        double[] sum = parse("if(epoch > 2, luma + epoch, 0 - epoch)", Type.NUMBER)
                .evaluate(name -> name.equals("epoch") ? new double[] {3} : luma, 3_000);
        for (int i = 0; i < 3_000; i++) assertEquals(i + 3, sum[i]);
        double[] same = parse("rank(epoch) + min(epoch, 1, 2)", Type.NUMBER).evaluate(name -> new double[] {3}, 4);
        assertArrayEquals(new double[] {1.5, 1.5, 1.5, 1.5}, same);
    }

    @Test
    void aDotJoinsAWordToItsColumn() {
        Map<String, Name> names = new HashMap<>(NAMES);
        names.put("my.score", Name.number("my.score", Name.Timing.STATIC));
        Problems found = new Problems();
        Expression expression = Expression.parse("2*my.score-.5", Type.NUMBER, names, PLACE, found)
                .orElseThrow();
        assertArrayEquals(new double[] {1.5}, expression.evaluate(name -> new double[] {1}, 1));
        Expression.parse("my.scor", Type.NUMBER, names, PLACE, found);
        assertEquals(
                List.of(Problem.at("strategy.yaml", 7, 13, "'my.scor' is not a name here", "write 'my.score'")),
                found.list());
    }

    @Test
    void textsCompareByTheirWords() {
        assertArrayEquals(new double[] {0, 1, 0}, condition("label == 'dog'"));
        assertArrayEquals(new double[] {1, 0, 1}, condition("label != \"dog\""));
        assertArrayEquals(new double[] {0, 1, 0}, condition("'dog' == label"));
        assertArrayEquals(new double[] {1, 0, 1}, condition("label == given_label"));
        assertArrayEquals(new double[] {0, 0, 1}, condition("prediction != label"));
        assertArrayEquals(new double[] {1, 0, 0}, condition("paper == 'lined'"), "an added sample has no word");
    }

    @Test
    void aSampleWithoutAValueComparesAsFalse() {
        assertArrayEquals(new double[] {1, 0, 0}, condition("loss > 2"));
        assertArrayEquals(new double[] {0, 1, 0}, condition("loss <= 2"));
    }

    @Test
    void columnsAreNotChanged() {
        double[] luma = COLUMNS.get("luma").clone();
        number("-luma");
        number("min(luma, noise)");
        assertArrayEquals(luma, COLUMNS.get("luma"));
    }

    @Test
    void knowsWhenItsValueIsKnown() {
        assertTrue(parse("luma + class_count", Type.NUMBER).isStatic());
        Expression clock = parse("progress * 2", Type.NUMBER);
        assertFalse(clock.isStatic());
        assertFalse(clock.readsObservations());
        Expression observing = parse("if(epoch > 2 and luma < 1, loss, 1)", Type.NUMBER);
        assertFalse(observing.isStatic());
        assertTrue(observing.readsObservations());
        assertTrue(parse("rank(-loss)", Type.NUMBER).readsObservations());
        assertTrue(parse("not prediction == label", Type.CONDITION).readsObservations());
    }

    /** {@code at} counts characters from 0 within the expression. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            los < 1                 | 0  | 'los' is not a name here                                   | write 'loss'
            1 + min(los, 2) < 1     | 8  | 'los' is not a name here                                   | write 'loss'
            luma < 1 and            | 12 | the expression ends too early                              | add what is missing
            ``                      | 0  | the expression ends too early                              | add what is missing
            luma                    | 0  | this is a number, but a condition is needed here           | compare it, such as a < 0.5 or label == 'x'
            luma and noise < 1      | 0  | this is a number, but a condition is needed here           | compare it, such as a < 0.5 or label == 'x'
            1 < (luma < 1)          | 10 | this is a condition, but a number is needed here           | write if(condition, 1, 0)
            not luma                | 4  | this is a number, but a condition is needed here           | compare it, such as a < 0.5 or label == 'x'
            label < 1               | 0  | this is a text, but a number is needed here                | compare it first
            label == 1              | 9  | this is a number, but a text is needed here                | compare with a text in quotation marks
            label == 'dgo'          | 9  | 'dgo' never occurs there                                   | write 'dog'
            label == 'elephant'     | 9  | 'elephant' never occurs there                              | one of: cat, dog, bird
            'cat' == 'cat'          | 6  | two fixed texts are compared                               | compare a name, such as label
            label == paper          | 6  | these two texts have no words in common                    |
            label == 'dog           | 9  | this text has no end                                       | close it with '
            luma = 1                | 5  | '=' means nothing here                                     | write == to compare
            ! (luma < 1)            | 0  | '!' means nothing here                                     | write 'not'
            luma < 1 && noise < 1   | 9  | '&' means nothing here                                     | write 'and'
            luma ^ 2 < 1            | 5  | '^' means nothing here                                     | write pow(a, b)
            luma < 1 ? 1 : 0        | 9  | '?' means nothing here                                     | write if(condition, a, b)
            luma < 1 # dark         | 9  | '#' means nothing here                                     | see the expressions in docs/strategy.md
            luma < 1 noise          | 9  | the expression should end before 'noise'                   | join parts with and, or, +, *
            luma < 1)               | 8  | the expression should end before ')'                       | join parts with and, or, +, *
            (luma < 1               | 9  | found the end where ')' belongs                            | add )
            min(luma 1) < 1         | 9  | found '1' where ')' belongs                                | write min(a, b, …)
            if(luma < 1, 0          | 14 | found the end where ')' belongs                            | write if(condition, a, b)
            min(luma) < 1           | 0  | 'min' does not take 1 arguments                            | write min(a, b, …)
            sqrt(1, 2) < 1          | 0  | 'sqrt' does not take 2 arguments                           | write sqrt(a)
            mim(1, 2) < 1           | 0  | 'mim' is not a function                                    | write 'min'
            luma(1) < 1             | 0  | 'luma' is a name and no function                           | write luma without parentheses
            my.doubt < 1            | 0  | 'my.doubt' is a column of your own, and the strategy names no table of them | add a line 'columns: mine.csv'
            if(luma, 1, 0) < 1      | 3  | this is a number, but a condition is needed here           | compare it, such as a < 0.5 or label == 'x'
            0.1 < luma < 0.5        | 11 | comparisons cannot be chained                              | write them apart: a < b and b < c
            1.2.3 < 1               | 0  | '1.2.3' is not a number                                    | write it like 0.25
            1e999 < 1               | 0  | '1e999' is too large                                       |
            * 2 < 1                 | 0  | '*' needs something before it                              |
            """)
    void everyMistakeIsToldWhereItStands(String source, int at, String message, @Nullable String instead) {
        assertEquals(Problem.at("strategy.yaml", 7, 13 + at, message, instead), problem(source, Type.CONDITION));
    }

    @Test
    void barsAreNoOr() {
        assertEquals(
                Problem.at("strategy.yaml", 7, 13 + 9, "'|' means nothing here", "write 'or'"),
                problem("luma < 1 || noise < 1", Type.CONDITION));
    }

    @Test
    void hasAtMost256Parts() {
        String sum = "1" + " + 1".repeat(126) + " < 0";
        assertEquals(0, problems("-" + sum, Type.CONDITION).count(), "254 of the sum and its sign, 2 to compare it");
        Problem problem = problem("--" + sum, Type.CONDITION);
        assertEquals("the expression has more than 256 parts", problem.message());
        assertEquals("shorten it", problem.instead());
    }

    @Test
    void ranksAtMostEightTimes() {
        String eight = "rank(luma) + " + "class_rank(luma) + ".repeat(6) + "rank(noise)";
        assertEquals(0, problems(eight, Type.NUMBER).count());
        assertEquals(
                Problem.at(
                        "strategy.yaml",
                        7,
                        13 + eight.length() + 3,
                        "the expression ranks more than 8 times",
                        "shorten it"),
                problem(eight + " + rank(luma)", Type.NUMBER));
    }

    @Test
    void nestsAtMost32Deep() {
        assertEquals(
                0, problems("(".repeat(31) + "1" + ")".repeat(31), Type.NUMBER).count());
        assertEquals(
                Problem.at("strategy.yaml", 7, 13 + 32, "nested deeper than 32 levels", null),
                problem("(".repeat(32) + "1" + ")".repeat(32), Type.NUMBER));
        assertEquals(
                "nested deeper than 32 levels",
                problem("-".repeat(4_000) + "1", Type.NUMBER).message());
        assertEquals(
                "nested deeper than 32 levels",
                problem("not ".repeat(1_000) + "1 < 2", Type.CONDITION).message());
    }

    @Test
    void isAtMostFourThousandCharactersLong() {
        String blank = " ".repeat(Expression.CHARACTERS_MAX - 1);
        assertEquals(0, problems("1" + blank, Type.NUMBER).count());
        assertEquals(
                Problem.at("strategy.yaml", 7, 13, "the expression is 4097 characters long", "at most 4096"),
                problem("1" + blank + " ", Type.NUMBER));
    }

    @Test
    void fourExpressionsOverFiftyThousandSamplesAreEvaluatedAsOneIs() {
        int n = 50_000;
        Map<String, double[]> columns = new HashMap<>();
        for (String name : List.of("luma", "loss", "class_count", "max_class_count", "label", "epoch")) {
            double[] column = new double[n];
            for (int i = 0; i < n; i++) column[i] = name.equals("label") ? i % 3 : (i % 1_000) / 1_000.0 + 1;
            columns.put(name, column);
        }
        for (String source : List.of(
                "if(epoch >= 5 and rank(loss) > 0.9, 0, 1)",
                "sqrt(max_class_count / class_count)",
                "clamp(exp(-loss) + pow(luma, 2), 0, 1)",
                "if(label == 'dog' or label == 'cat', min(luma, loss), max(luma, loss))")) {
            double[] all = parse(source, Type.NUMBER).evaluate(columns::get, n);
            assertEquals(n, all.length);
            assertTrue(Arrays.stream(all).allMatch(Double::isFinite), source);
            assertEquals(all[123], all[3 * 1_000 + 123], "samples of equal columns have equal values: " + source);
        }
    }

    private static double[] number(String source) {
        return Arrays.copyOf(parse(source, Type.NUMBER).evaluate(COLUMNS::get, 3), 3);
    }

    private static double[] condition(String source) {
        return Arrays.copyOf(parse(source, Type.CONDITION).evaluate(COLUMNS::get, 3), 3);
    }

    private static Expression parse(String source, Type type) {
        Problems problems = new Problems();
        var expression = Expression.parse(source, type, NAMES, PLACE, problems);
        assertEquals(List.of(), problems.list());
        return expression.orElseThrow();
    }

    private static Problems problems(String source, Type type) {
        Problems problems = new Problems();
        Expression.parse(source, type, NAMES, PLACE, problems);
        return problems;
    }

    private static Problem problem(String source, Type type) {
        List<Problem> all = problems(source, type).list();
        assertEquals(1, all.size(), () -> source + " gives " + all);
        return all.get(0);
    }
}
