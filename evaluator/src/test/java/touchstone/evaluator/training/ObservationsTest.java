package touchstone.evaluator.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import touchstone.evaluator.augmentation.Place;
import touchstone.spec.catalogue.Names;

final class ObservationsTest {

    private static final double[][] CAT = Sets.labels(3);
    private final Observations observations = new Observations(3, 2);

    @Test
    void beforeTheFirstEpochThereIsNoValue() {
        for (String name : Names.OBSERVED_NUMBERS) {
            assertTrue(Double.isNaN(observations.find(name)[0]), name);
        }
        assertFalse(observations.isSeen(0));
        assertNull(observations.find("luma"));
    }

    @Test
    void oneEpochIsTakenWhole() {
        see(new int[] {0, 1}, 0.75, 0.25);
        assertValue("loss", 0, -Math.log(0.75));
        assertValue("mean_loss", 1, -Math.log(0.25));
        assertValue("confidence", 0, 0.75);
        assertValue("mean_confidence", 0, 0.75);
        assertValue("top_probability", 1, 0.75);
        assertValue("margin", 0, 0.5);
        assertValue("margin", 1, -0.5);
        assertValue("prediction", 0, 0);
        assertValue("prediction", 1, 1);
        assertValue("times_correct", 0, 1);
        assertValue("times_correct", 1, 0);
        assertTrue(Double.isNaN(observations.find("loss")[2]), "not drawn");
    }

    @Test
    void runningMeansKeepSevenTenths() {
        see(new int[] {0}, 0.9);
        see(new int[] {0}, 0.4);
        assertValue("confidence", 0, 0.4);
        assertValue("mean_confidence", 0, 0.7 * 0.9 + 0.3 * 0.4);
        assertValue("mean_loss", 0, -0.7 * Math.log(0.9) - 0.3 * Math.log(0.4));
        assertValue("prediction", 0, 0);
        assertArrayEquals(new double[] {0.75, 0.25}, observations.prediction(0), 1e-6);
    }

    @Test
    void aSampleThatIsNotDrawnKeepsWhatItHad() {
        see(new int[] {0, 1}, 0.9, 0.8);
        see(new int[] {1}, 0.2);
        assertValue("confidence", 0, 0.9);
        assertValue("times_correct", 0, 1);
    }

    @Test
    void placesOfOneSampleAreAveraged() {
        see(new int[] {0, 0}, 0.9, 0.5);
        assertValue("confidence", 0, 0.7);
        assertValue("loss", 0, -(Math.log(0.9) + Math.log(0.5)) / 2);
        assertValue("times_correct", 0, 1);
    }

    @Test
    void aMixedPlaceTellsOfNothing() {
        List<Place> places = places(0, 0, 1);
        boolean[] mixed = {true, false, true};
        observations.add(places, logs(0.1, 0.9, 0.1), mixed, CAT, CAT);
        observations.rank(CAT);
        assertValue("confidence", 0, 0.9);
        assertFalse(observations.isSeen(1));
        assertArrayEquals(new int[] {1}, observations.onlyMixed(places, mixed));
        observations.add(places(1), logs(0.3), new boolean[1], CAT, CAT);
        observations.rank(CAT);
        assertValue("confidence", 0, 0.9);
        assertValue("confidence", 1, 0.3);
        assertValue("times_correct", 0, 1);
        assertValue("loss_rank", 1, 0.75);
    }

    @Test
    void forgettingIsLosingWhatOneHad() {
        for (double probability : new double[] {0.2, 0.9, 0.2, 0.1, 0.9, 0.3}) see(new int[] {0}, probability);
        assertValue("times_correct", 0, 2);
        assertValue("times_forgotten", 0, 2);
    }

    @Test
    void givenAndCurrentLabelsAreKeptApart() {
        double[][] current = {{0.5, 0.5}, {0, 1}, {1, 0}};
        add(places(0, 1), logs(0.8, 0.8), current, CAT);
        assertValue("confidence", 0, 0.5);
        assertValue("given_confidence", 0, 0.8);
        assertValue("loss", 1, -Math.log(0.2));
        assertValue("given_loss", 1, -Math.log(0.8));
        assertValue("margin", 1, 0.2 - 0.8);
    }

    @Test
    void ranksShareTheirMeanPositionOnATie() {
        see(new int[] {0, 1, 2}, 0.5, 0.9, 0.5);
        assertValue("loss_rank", 1, 0.5 / 3);
        assertValue("loss_rank", 0, 2.0 / 3);
        assertValue("loss_rank", 2, 2.0 / 3);
    }

    @Test
    void ranksCountOnlyWhatWasSeen() {
        see(new int[] {0, 2}, 0.9, 0.5);
        assertValue("loss_rank", 0, 0.25);
        assertValue("loss_rank", 2, 0.75);
        assertTrue(Double.isNaN(observations.find("loss_rank")[1]));
    }

    @Test
    void classRanksAreWithinTheCurrentLabel() {
        double[][] labels = {{1, 0}, {0, 1}, {0, 1}};
        add(places(0, 1, 2), logs(0.5, 0.9, 0.2), labels, labels);
        assertValue("class_loss_rank", 0, 0.5);
        assertValue("class_loss_rank", 1, 0.75);
        assertValue("class_loss_rank", 2, 0.25);
    }

    private void see(int[] samples, double... probabilityOfCat) {
        add(places(samples), logs(probabilityOfCat), CAT, CAT);
    }

    private static List<Place> places(int... samples) {
        List<Place> places = new ArrayList<>();
        for (int sample : samples) places.add(new Place(sample, sample, 0));
        return places;
    }

    private static float[] logs(double... probabilityOfCat) {
        float[] logs = new float[2 * probabilityOfCat.length];
        for (int p = 0; p < probabilityOfCat.length; p++) {
            logs[2 * p] = (float) Math.log(probabilityOfCat[p]);
            logs[2 * p + 1] = (float) Math.log(1 - probabilityOfCat[p]);
        }
        return logs;
    }

    private void assertValue(String name, int sample, double value) {
        assertEquals(value, observations.find(name)[sample], 1e-6, name);
    }

    private void add(List<Place> places, float[] logProbabilities, double[][] labels, double[][] given) {
        observations.add(places, logProbabilities, new boolean[places.size()], labels, given);
        observations.rank(labels);
    }
}
