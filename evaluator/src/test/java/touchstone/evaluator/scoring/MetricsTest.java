package touchstone.evaluator.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        Map<String, Double> all = new Metrics(SEEN, plain(3)).all();
        assertEquals(3 / 6.0, all.get("accuracy"), 1e-15);
        assertEquals((2 / 3.0 + 1 / 2.0 + 0) / 3, all.get("balanced-accuracy"), 1e-15);
        double cat = 2 * 2 / (3.0 + 3);
        double dog = 2 * 1 / (2.0 + 3);
        assertEquals((cat + dog + 0) / 3, all.get("macro-f1"), 1e-15);
        assertEquals(0, all.get("worst-class"));
        double loss = -(Math.log(0.8) + Math.log(0.5) + Math.log(0.2) + Math.log(0.8) + Math.log(0.3) + Math.log(0.1));
        assertEquals(loss / 6, all.get("log-loss"), 1e-12);
        double brier = (0.04 + 0.01 + 0.01)
                + (0.25 + 0.0625 + 0.0625)
                + (0.64 + 0.49 + 0.01)
                + (0.01 + 0.04 + 0.01)
                + (0.36 + 0.49 + 0.01)
                + (0 + 0.81 + 0.81);
        assertEquals(brier / 6, all.get("brier"), 1e-15);
        // Cats 0.8, 0.5 and 0.2 against 0.1, 0.6 and 0.
        double cats = (3 + 2 + 2) / 9.0;
        // Dogs 0.8 and 0.3 against 0.1, 0.25, 0.7 and 0.9.
        double dogs = (3 + 2) / 8.0;
        // The bird's 0.1 against 0.1, 0.25, 0.1, 0.1, 0.1: halves for what is as large.
        double birds = (0.5 + 0 + 0.5 + 0.5 + 0.5) / 5;
        assertEquals((cats + dogs + birds) / 3, all.get("auroc"), 1e-15);
        // Three bins of two, from the least sure: .5 right and .6 wrong; .7 wrong and .8 right; .8 right and .9 wrong.
        double first = Math.pow(0.5 - 0.55, 2) - 0.25;
        double second = Math.pow(0.5 - 0.75, 2) - 0.25;
        double third = Math.pow(0.5 - 0.85, 2) - 0.25;
        assertEquals(-Math.sqrt(-(first + second + third) / 3), all.get("calibration-error"), 1e-12);
        assertEquals(
                Set.of(
                        "accuracy",
                        "balanced-accuracy",
                        "macro-f1",
                        "worst-class",
                        "middle-accuracy",
                        "auroc",
                        "log-loss",
                        "brier",
                        "calibration-error"),
                all.keySet());
    }

    @Test
    void classesAreHeadAndTailByTheBaseSet() {
        Map<String, Double> all = new Metrics(SEEN, new Grouping(new int[] {101, 100, 19}, 100, 20, null, null)).all();
        assertEquals(2 / 3.0, all.get("head-accuracy"), 1e-15);
        assertEquals(1 / 2.0, all.get("middle-accuracy"), 1e-15);
        assertEquals(0, all.get("tail-accuracy"));
        all = new Metrics(SEEN, new Grouping(new int[] {5, 6, 4}, 5, 5, null, null)).all();
        assertEquals(1 / 2.0, all.get("head-accuracy"));
        assertEquals(2 / 3.0, all.get("middle-accuracy"));
        assertEquals(0, all.get("tail-accuracy"));
    }

    @Test
    void theWorstGroupIsTheLeastRight() {
        List<String> lens = List.of("wide", "wide", "far", "wide", "far", "far");
        Map<String, Double> all = new Metrics(SEEN, new Grouping(new int[3], 100, 20, lens, null)).all();
        assertEquals(0, all.get("worst-group"), "wide: 3 of 3, far: 0 of 3");
        List<String> other = List.of("a", "b", "b", "a", "a", "b");
        all = new Metrics(SEEN, new Grouping(new int[3], 100, 20, other, null)).all();
        assertEquals(1 / 3.0, all.get("worst-group"), 1e-15, "a: 2 of 3, b: 1 of 3");
    }

    /** Fog 1: 1 of 1, fog 2: 1 of 2, snow 1: 0 of 1; the clean ones do not count. */
    @Test
    void robustnessIsTheMeanOverTheCorruptions() {
        List<String> corruptions = List.of("fog 1", "fog 2", "", "", "fog 2", "snow 1");
        Map<String, Double> all = new Metrics(SEEN, new Grouping(new int[3], 100, 20, null, corruptions)).all();
        assertEquals((1 + 0.5 + 0) / 3, all.get("corruption-robustness"), 1e-15);
        List<String> clean = List.of("", "", "", "", "", "");
        assertFalse(new Metrics(SEEN, new Grouping(new int[3], 100, 20, null, clean))
                .all()
                .containsKey("corruption-robustness"));
    }

    /**
     * 45 samples in 15 bins of three. In the first bin all are .6 sure and one is right, in the others all are 1 sure and right:
     * only the first is off, and by less than its variance alone would be.
     */
    @Test
    void calibrationIsDebiasedInBinsOfEqualMass() {
        double[][] probabilities = new double[45][];
        int[] labels = new int[45];
        for (int i = 0; i < 45; i++) probabilities[i] = i < 3 ? new double[] {0.6, 0.4} : new double[] {1, 0};
        labels[0] = 1;
        labels[1] = 1;
        double error = new Metrics(new Prediction.Result(probabilities, labels), plain(2))
                .all()
                .get("calibration-error");
        double first = Math.pow(1 / 3.0 - 0.6, 2) - (1 / 3.0) * (2 / 3.0) / 2;
        assertEquals(-Math.sqrt(-first / 15), error, 1e-12);
    }

    @Test
    void anOverconfidentModelIsFarOff() {
        double[][] probabilities = new double[300][];
        int[] labels = new int[300];
        for (int i = 0; i < 300; i++) {
            probabilities[i] = new double[] {0.9, 0.1};
            labels[i] = i % 2;
        }
        double error = new Metrics(new Prediction.Result(probabilities, labels), plain(2))
                .all()
                .get("calibration-error");
        assertEquals(Math.sqrt(0.4 * 0.4 - 0.25 / 19), error, 1e-12);
    }

    /** As classes, of which the base set holds fifty samples each, and no columns. */
    private static Grouping plain(int classes) {
        int[] counts = new int[classes];
        Arrays.fill(counts, 50);
        return new Grouping(counts, 100, 20, null, null);
    }

    @Test
    void countsWhoWasTakenForWhom() {
        Metrics metrics = new Metrics(SEEN, plain(3));
        assertArrayEquals(new int[][] {{2, 1, 0}, {1, 1, 0}, {0, 1, 0}}, metrics.confusion());
        assertEquals(3, metrics.size(0));
        assertEquals(2 / 3.0, metrics.recall(0));
    }

    @Test
    void whatIsNotANumberIsWrong() {
        Prediction.Result result = new Prediction.Result(new double[][] {{NONE, NONE}, {0.9, 0.1}}, new int[] {0, 0});
        assertEquals(-1, result.predicted(0));
        Metrics metrics = new Metrics(result, plain(2));
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
        Map<String, Double> all = new Metrics(result, plain(3)).all();
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
