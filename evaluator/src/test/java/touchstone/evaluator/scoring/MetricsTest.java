package touchstone.evaluator.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class MetricsTest {

    private static final double NONE = Double.NaN;

    /** Three cats of which two are seen, two dogs of which one is, one bird taken for a dog. */
    private static final Prediction.Result SEEN = new Prediction.Result(
            new double[][] {
                {0.8, 0.1, 0.1}, {0.5, 0.25, 0.25}, {0.2, 0.7, 0.1}, {0.1, 0.8, 0.1}, {0.6, 0.3, 0.1}, {0.0, 0.9, 0.1},
            },
            new int[] {0, 0, 0, 1, 1, 2});

    @Test
    void agreesWithPencilAndPaper() {
        Map<String, Double> all = new Metrics(SEEN, 3).all();
        assertEquals(3 / 6.0, all.get("accuracy"), 1e-15);
        assertEquals((2 / 3.0 + 1 / 2.0 + 0) / 3, all.get("balanced-accuracy"), 1e-15);
        double cat = 2 * 2 / (3.0 + 3);
        double dog = 2 * 1 / (2.0 + 3);
        assertEquals((cat + dog + 0) / 3, all.get("macro-f1"), 1e-15);
        assertEquals(0, all.get("worst-class"));
        double loss = -(Math.log(0.8) + Math.log(0.5) + Math.log(0.2) + Math.log(0.8) + Math.log(0.3) + Math.log(0.1));
        assertEquals(loss / 6, all.get("log-loss"), 1e-12);
        assertEquals(5, all.size());
    }

    @Test
    void countsWhoWasTakenForWhom() {
        Metrics metrics = new Metrics(SEEN, 3);
        assertArrayEquals(new int[][] {{2, 1, 0}, {1, 1, 0}, {0, 1, 0}}, metrics.confusion());
        assertEquals(3, metrics.size(0));
        assertEquals(2 / 3.0, metrics.recall(0));
    }

    @Test
    void whatIsNotANumberIsWrong() {
        Prediction.Result result = new Prediction.Result(new double[][] {{NONE, NONE}, {0.9, 0.1}}, new int[] {0, 0});
        assertEquals(-1, result.predicted(0));
        Metrics metrics = new Metrics(result, 2);
        assertEquals(0.5, metrics.all().get("accuracy"));
        assertEquals(2, metrics.size(0), "it still counts as a sample");
        assertArrayEquals(new int[][] {{1, 0}, {0, 0}}, metrics.confusion());
        assertEquals(-(Math.log(1e-12) + Math.log(0.9)) / 2, metrics.all().get("log-loss"), 1e-12);
    }

    @Test
    void aTieIsTheLowestClass() {
        Prediction.Result result =
                new Prediction.Result(new double[][] {{0.4, 0.4, 0.2}, {0.2, 0.4, 0.4}}, new int[] {0, 2});
        assertEquals(0, result.predicted(0));
        assertEquals(1, result.predicted(1));
        assertEquals(0.5, result.accuracy());
    }

    @Test
    void certaintyThatIsWrongIsClipped() {
        Prediction.Result result = new Prediction.Result(new double[][] {{1, 0}}, new int[] {1});
        assertEquals(-Math.log(1e-12), result.meanLoss(), 1e-12);
    }

    @Test
    void classesThatDoNotOccurDoNotCountAmongRecalls() {
        Prediction.Result result = new Prediction.Result(new double[][] {{1, 0, 0}, {0, 1, 0}}, new int[] {0, 1});
        Map<String, Double> all = new Metrics(result, 3).all();
        assertEquals(1, all.get("balanced-accuracy"));
        assertEquals(1, all.get("worst-class"));
        assertEquals(2 / 3.0, all.get("macro-f1"), 1e-15, "there it counts 0");
    }

    @Test
    void aPartIsScoredByItself() {
        Prediction.Result cats = SEEN.where(new boolean[] {true, true, true, false, false, false});
        assertEquals(2 / 3.0, cats.accuracy());
        assertEquals(3, cats.labels().length);
    }
}
