package touchstone.evaluator.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import touchstone.evaluator.augmentation.Mixing;
import touchstone.evaluator.augmentation.Place;

final class PlaceWeightsTest {

    @Test
    void mixingKeepsTheWeightOfABatch() {
        double[][] rows = {{4, 0}, {0, 1}, {0, 1}};
        Mixing lightTakesHeavy = new Mixing(new int[] {1, 0, 1}, new float[] {1, 0.5f, 1});
        // Before 6; mixed to {4, 0}, {2, 0.5}, {0, 1}, which is 7.5.
        double[][] mixed = PlaceWeights.mixed(rows, new boolean[3], List.of(lightTakesHeavy));
        assertArrayEquals(new double[] {4 * 0.8, 0}, mixed[0], 1e-12);
        assertArrayEquals(new double[] {2 * 0.8, 0.5 * 0.8}, mixed[1], 1e-12);
        assertArrayEquals(new double[] {0, 0.8}, mixed[2], 1e-12);
        Mixing heavyTakesLight = new Mixing(new int[] {1, 2, 0}, new float[] {0.5f, 1, 1});
        // Mixed to {2, 0.5}, {0, 1}, {0, 1}, which is 4.5: many such steps in a row must not stop training.
        mixed = PlaceWeights.mixed(rows, new boolean[3], List.of(heavyTakesLight));
        assertArrayEquals(new double[] {2 * 6 / 4.5, 0.5 * 6 / 4.5}, mixed[0], 1e-12);
        assertArrayEquals(new double[] {0, 6 / 4.5}, mixed[1], 1e-12);
        assertArrayEquals(rows, PlaceWeights.mixed(rows, new boolean[3], List.of()));
        Mixing allAway = new Mixing(new int[] {1, 1}, new float[] {0, 1});
        double[][] one = {{1, 0}, {0, 0}};
        assertArrayEquals(one, PlaceWeights.mixed(one, new boolean[2], List.of(allAway)));
    }

    /** Else base places that take from added ones would let added samples weigh more and more. */
    @Test
    void mixingKeepsTheWeightOfBaseAndOfAddedSamplesApart() {
        double[][] rows = {{2, 0}, {0, 2}};
        Mixing baseTakesAdded = new Mixing(new int[] {1, 0}, new float[] {0.5f, 1});
        // Of the base sample's 2 one is left, which is scaled back; of the added one's, 3.
        double[][] mixed = PlaceWeights.mixed(rows, new boolean[] {false, true}, List.of(baseTakesAdded));
        assertArrayEquals(new double[] {2, 2 / 3.0}, mixed[0], 1e-12);
        assertArrayEquals(new double[] {0, 4 / 3.0}, mixed[1], 1e-12);
    }

    @Test
    void theMeanOverThePlacesIsOne() {
        double[] weights = PlaceWeights.of(places(0, 1, 2), new double[] {1, 2, 3}, Sets.of(3, 0), 20);
        assertArrayEquals(new double[] {0.5, 1, 1.5}, weights, 1e-12);
    }

    @Test
    void whatIsNotDrawnDoesNotCount() {
        double[] weights = PlaceWeights.of(places(0, 0, 1), new double[] {1, 4, 1e9}, Sets.of(3, 0), 20);
        assertArrayEquals(new double[] {0.5, 0.5, 2}, weights, 1e-12);
    }

    @Test
    void aHugeWeightIsCapped() {
        double[] values = Sets.filled(100, 1);
        values[7] = 1e9;
        double[] weights = PlaceWeights.of(places(IntStream.range(0, 100).toArray()), values, Sets.of(100, 0), 20);
        assertEquals(20, weights[7]);
        assertEquals(80 / 99.0, weights[8], 1e-6);
        assertEquals(100, Arrays.stream(weights).sum(), 1e-6);
    }

    @Test
    void leavingNearlyAllOutDoesNotStopTraining() {
        double[] values = new double[10];
        values[0] = 1;
        double[] weights = PlaceWeights.of(places(IntStream.range(0, 10).toArray()), values, Sets.of(10, 0), 4);
        assertEquals(4, weights[0]);
        assertEquals(6 / 9.0, weights[9], 1e-12, "the others share what the one may not have");
        assertEquals(10, Arrays.stream(weights).sum(), 1e-12);
    }

    @Test
    void addedSamplesNeverHaveMoreThanHalfEvenWhereBaseSamplesWeighNothing() {
        double[] weights = PlaceWeights.of(places(0, 1, 2, 3), new double[] {0, 0, 1, 3}, Sets.of(2, 2), 20);
        assertArrayEquals(new double[] {1, 1, 0.5, 1.5}, weights, 1e-12);
    }

    @Test
    void weightsBunchedInOneStepMakeNoLongerStep() {
        double[] weights = {1, 1, 2, 2, 8, 8, 0, 0};
        assertEquals(0.5, PlaceWeights.stepScale(weights, 0, 2), 1e-12);
        assertEquals(0.5, PlaceWeights.stepScale(weights, 2, 2), 1e-12, "a mean of 2 is allowed");
        assertEquals(0.125, PlaceWeights.stepScale(weights, 4, 2), 1e-12, "a mean of 8 counts as 2");
        assertEquals(0.5, PlaceWeights.stepScale(weights, 6, 2), 1e-12, "and a light step is not made longer");
    }

    @Test
    void allZeroCountsAsAllOne() {
        assertArrayEquals(new double[] {1, 1}, PlaceWeights.of(places(0, 1), new double[] {0, 0}, Sets.of(2, 0), 20));
        assertArrayEquals(
                new double[] {1, 1},
                PlaceWeights.of(places(0, 1), new double[] {0, 0, 5}, Sets.of(3, 0), 20),
                "of those that are drawn");
    }

    @Test
    void addedSamplesNeverHaveMoreThanHalf() {
        double[] weights = PlaceWeights.of(places(0, 1, 2), new double[] {1, 1, 98}, Sets.of(2, 1), 20);
        assertArrayEquals(new double[] {0.75, 0.75, 1.5}, weights, 1e-12);
    }

    @Test
    void eightTimesAsMuchIsTheSame() {
        double[] values = IntStream.range(0, 50).mapToDouble(i -> 1 / (i + 0.7)).toArray();
        double[] eightfold = Arrays.stream(values).map(value -> 8 * value).toArray();
        List<Place> places = places(IntStream.range(0, 50).toArray());
        assertArrayEquals(
                PlaceWeights.of(places, values, Sets.of(40, 10), 20),
                PlaceWeights.of(places, eightfold, Sets.of(40, 10), 20));
    }

    @Test
    void extremesStayFinite() {
        double[] values = {1e200, 1e-300, 1, 0};
        double[] weights = PlaceWeights.of(places(0, 1, 2, 3), values, Sets.of(4, 0), 20);
        assertTrue(Arrays.stream(weights).allMatch(Double::isFinite));
    }

    private static List<Place> places(int... samples) {
        return Arrays.stream(samples).mapToObj(i -> new Place(i, i, 0)).toList();
    }
}
