package touchstone.evaluator.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import touchstone.evaluator.augmentation.Place;
import touchstone.evaluator.strategy.TrainingSet;

final class DrawTest {

    @Test
    void withEqualRatesEachIsDrawnOnce() {
        List<Place> places = new Draw(Sets.of(60, 0), 60, 1).epoch(1, Sets.filled(60, 1));
        assertArrayEquals(IntStream.range(0, 60).map(i -> 1).toArray(), counts(places, 60));
        assertNotEquals(
                IntStream.range(0, 60).boxed().toList(),
                places.stream().map(Place::sample).toList(),
                "and they are shuffled");
    }

    @Test
    void lastPlacesWrapAround() {
        Draw draw = new Draw(Sets.of(50, 0), 60, 1);
        int[] run = new int[50];
        for (int epoch = 1; epoch <= 5; epoch++) {
            int[] counts = counts(draw.epoch(epoch, Sets.filled(50, 1)), 50);
            assertEquals(60, Arrays.stream(counts).sum());
            for (int i = 0; i < 50; i++) {
                run[i] += counts[i];
                assertEquals(1.2 * epoch, run[i], 1.0001, "within one place of its share");
            }
        }
    }

    @Test
    void placesGoInProportionToTheRates() {
        double[] rates = Sets.filled(100, 1);
        for (int i = 0; i < 50; i++) rates[i] = 3;
        int[] counts = counts(new Draw(Sets.of(100, 0), 200, 1).epoch(1, rates), 100);
        for (int i = 0; i < 100; i++) assertEquals(i < 50 ? 3 : 1, counts[i]);
    }

    @Test
    void whatIsDueBeyondWholePlacesIsCarriedOver() {
        double[] rates = {1, 1, 1, 2.5};
        Draw draw = new Draw(Sets.of(4, 0), 4, 1);
        int[] run = new int[4];
        for (int epoch = 1; epoch <= 11; epoch++) {
            int[] counts = counts(draw.epoch(epoch, rates), 4);
            assertEquals(4, Arrays.stream(counts).sum());
            for (int i = 0; i < 4; i++) {
                run[i] += counts[i];
                assertEquals(epoch * 4 * rates[i] / 5.5, run[i], 1.0001, "within one place of its share");
            }
        }
        assertArrayEquals(new int[] {8, 8, 8, 20}, run);
    }

    @Test
    void oneSampleCannotTakeTheWholeEpoch() {
        double[] rates = new double[1000];
        rates[7] = 1;
        Draw draw = new Draw(Sets.of(1000, 0), 1000, 1);
        for (int epoch = 1; epoch <= 3; epoch++) {
            int[] counts = counts(draw.epoch(epoch, rates), 1000);
            assertEquals(64, counts[7], 1, "the others fill what it may not have");
            assertEquals(1000, Arrays.stream(counts).sum());
        }
    }

    @Test
    void addedSamplesGetHalfWhereBaseSamplesAreNotWanted() {
        double[] rates = new double[100];
        for (int i = 50; i < 100; i++) rates[i] = 1;
        int[] counts = counts(new Draw(Sets.of(50, 50), 100, 1).epoch(1, rates), 100);
        assertEquals(50, Arrays.stream(counts, 50, 100).sum());
    }

    @Test
    void aRateOfZeroIsNeverDrawn() {
        double[] rates = Sets.filled(10, 1);
        rates[3] = 0;
        for (int epoch = 1; epoch <= 5; epoch++) {
            assertEquals(0, counts(new Draw(Sets.of(10, 0), 40, epoch).epoch(epoch, rates), 10)[3]);
        }
    }

    @Test
    void aRateThatBecomesZeroIsNotDrawnOnCredit() {
        Draw draw = new Draw(Sets.of(50, 0), 60, 1);
        double[] rates = Sets.filled(50, 1);
        draw.epoch(1, rates);
        Arrays.fill(rates, 0, 25, 0);
        for (int epoch = 2; epoch <= 12; epoch++) {
            int[] counts = counts(draw.epoch(epoch, rates), 50);
            for (int i = 0; i < 25; i++) assertEquals(0, counts[i], "epoch " + epoch);
            assertEquals(60, Arrays.stream(counts).sum());
        }
    }

    @Test
    void addedSamplesGetHalfOfThePlacesAtMostWhateverTheRatesOfTheOthers() {
        double[] rates = Sets.filled(1_000, 1);
        Arrays.fill(rates, 5, 800, 0);
        int[] counts = counts(new Draw(Sets.of(800, 200), 2_000, 1).epoch(1, rates), 1_000);
        assertEquals(2_000, Arrays.stream(counts).sum());
        assertTrue(Arrays.stream(counts, 800, 1_000).sum() <= 1_000);
    }

    @Test
    void allZeroCountsAsAllOne() {
        int[] counts = counts(new Draw(Sets.of(10, 0), 10, 1).epoch(1, new double[10]), 10);
        assertArrayEquals(IntStream.range(0, 10).map(i -> 1).toArray(), counts);
    }

    @Test
    void noSampleIsDrawnMoreThanSixtyFourTimes() {
        double[] rates = Sets.filled(200, 1);
        rates[0] = 1e12;
        int[] counts = counts(new Draw(Sets.of(200, 0), 200, 1).epoch(1, rates), 200);
        assertEquals(64, counts[0]);
        assertEquals(200, Arrays.stream(counts).sum());
    }

    @Test
    void fewSamplesFillAllPlacesNevertheless() {
        assertArrayEquals(
                new int[] {500, 500}, counts(new Draw(Sets.of(2, 0), 1_000, 1).epoch(1, Sets.filled(2, 1)), 2));
    }

    @Test
    void addedSamplesGetHalfOfThePlacesAtMost() {
        int[] counts = counts(new Draw(Sets.of(20, 180), 200, 1).epoch(1, Sets.filled(200, 1)), 200);
        assertEquals(100, Arrays.stream(counts, 0, 20).sum());
    }

    @Test
    void copiesAreNumbered() {
        List<Place> places = new Draw(Sets.of(2, 0), 6, 1).epoch(1, Sets.filled(2, 1));
        assertEquals(
                List.of(0, 1, 2),
                places.stream()
                        .filter(place -> place.sample() == 1)
                        .map(Place::copy)
                        .sorted()
                        .toList());
    }

    @Test
    void theSameSeedAndEpochDrawTheSame() {
        TrainingSet set = Sets.of(30, 0);
        List<Place> first = new Draw(set, 30, 1).epoch(1, Sets.filled(30, 1));
        assertEquals(first, new Draw(set, 30, 1).epoch(1, Sets.filled(30, 1)));
        assertNotEquals(first, new Draw(set, 30, 2).epoch(1, Sets.filled(30, 1)), "another seed, another order");
        assertNotEquals(first, new Draw(set, 30, 1).epoch(2, Sets.filled(30, 1)), "another epoch, another order");
    }

    @Test
    void addingASampleReRollsNobodyElse() {
        List<String> without = order(Sets.of(30, 0), 30);
        List<String> with = order(Sets.of(30, 1), 31);
        assertEquals(without, with.stream().filter(id -> !id.equals("a0")).toList());
    }

    private static List<String> order(TrainingSet set, int places) {
        return new Draw(set, places, 1)
                .epoch(1, Sets.filled(set.size(), 1)).stream()
                        .map(place -> set.ids().get(place.sample()))
                        .toList();
    }

    private static int[] counts(List<Place> places, int samples) {
        int[] counts = new int[samples];
        for (Place place : places) counts[place.sample()]++;
        return counts;
    }
}
