package touchstone.evaluator.augmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import touchstone.evaluator.device.NumericEngine;
import touchstone.spec.catalogue.Operation;
import touchstone.spec.strategy.Strategy.Action;
import touchstone.spec.strategy.Strategy.Step;
import touchstone.spec.task.TaskFile;
import touchstone.spec.task.TaskFile.Input;

/** Mixing of images whose every pixel names their place, so that a mixed one tells of what it was made. */
final class MixingTest {

    private static final int SIDE = 8;
    private static final int AREA = SIDE * SIDE;
    private static final int PLACES = 200;

    private static NumericEngine engine;

    @BeforeAll
    static void start() {
        engine = NumericEngine.start(new TaskFile.Device("cpu", 1));
    }

    private record Result(float[] images, List<Mixing> mixings, boolean[] mixed) {}

    @Test
    void mixupMixesPixelsByTheShare() {
        Result result = run(places(), everywhere(), step(Operation.MIXUP, 0.4));
        Mixing mixing = result.mixings().getFirst();
        for (int b = 0; b < PLACES; b++) {
            float expected = mixing.own()[b] * value(b) + (1 - mixing.own()[b]) * value(mixing.partner()[b]);
            for (int i = 0; i < AREA; i++) assertEquals(expected, result.images()[b * AREA + i], 1e-6);
        }
    }

    @Test
    void cutmixPutsABoxInAndTellsItsTrueShare() {
        Result result = run(places(), everywhere(), step(Operation.CUTMIX, 1));
        Mixing mixing = result.mixings().getFirst();
        for (int b = 0; b < PLACES; b++) {
            int own = 0;
            for (int i = 0; i < AREA; i++) {
                float pixel = result.images()[b * AREA + i];
                if (pixel == value(b)) own++;
                else assertEquals(value(mixing.partner()[b]), pixel, 0);
            }
            assertEquals(own / (float) AREA, mixing.own()[b], 1e-7);
        }
    }

    @Test
    void sharesFollowTheirBetaDistribution() {
        for (double a : List.of(0.01, 0.2, 1.0, 4.0)) {
            double mean = 0;
            double square = 0;
            int n = 20_000;
            for (int i = 0; i < n; i++) {
                double share = Beta.draw(a, i);
                assertTrue(share >= 0 && share <= 1);
                mean += share / n;
                square += share * share / n;
            }
            assertEquals(0.5, mean, 0.015);
            // The variance of Beta(a, a) is 1 / (4 (2 a + 1)).
            assertEquals(1 / (4 * (2 * a + 1)), square - mean * mean, 0.005);
        }
    }

    @Test
    void partnersAreAPermutationInWhichNobodyIsAlone() {
        int[] partner = run(places(), everywhere(), step(Operation.MIXUP, 1))
                .mixings()
                .getFirst()
                .partner();
        assertEquals(PLACES, Arrays.stream(partner).distinct().count());
        for (int b = 0; b < PLACES; b++) assertTrue(partner[b] != b);
    }

    @Test
    void whoTakesIsGatedAndFromWhomIsNot() {
        Result result = run(places(), (step, sample) -> sample < 50, step(Operation.MIXUP, 1));
        Mixing mixing = result.mixings().getFirst();
        int fromOthers = 0;
        for (int b = 0; b < PLACES; b++) {
            assertEquals(b < 50, result.mixed()[b]);
            if (b < 50 && mixing.partner()[b] >= 50) fromOthers++;
            if (b >= 50) assertEquals(value(b), result.images()[b * AREA], 0, "not a bit changed");
        }
        assertTrue(fromOthers > 20, "partners come from the whole batch");
    }

    @Test
    void chanceIsDrawnForEachPlace() {
        Action action = new Action.Apply(Operation.CUTMIX, 1, 1);
        Result result = run(places(), everywhere(), new Step(action, 0.25, Optional.empty(), ""));
        int mixed = 0;
        for (boolean one : result.mixed()) if (one) mixed++;
        assertEquals(50, mixed, 25);
    }

    @Test
    void rowsMixAsTheImagesDid() {
        Mixing mixing = new Mixing(new int[] {1, 2, 0}, new float[] {0.75f, 1, 0.5f});
        double[][] mixed = mixing.rows(new double[][] {{1, 0}, {0, 0}, {0, 2}});
        assertArrayEquals(new double[] {0.75, 0}, mixed[0], "a partner of weight 0 gives no label");
        assertArrayEquals(new double[] {0, 0}, mixed[1]);
        assertArrayEquals(new double[] {0.5, 1}, mixed[2]);
    }

    /** Else a row of mixing steps would replace a sample whole. */
    @Test
    void aPlaceStaysMostlyItsOwnAndIsMixedOnce() {
        Result result = run(
                places(),
                everywhere(),
                new Step(new Action.Apply(Operation.CUTMIX, 1, 1), 0.5, Optional.empty(), ""),
                step(Operation.MIXUP, 0.5),
                step(Operation.MIXUP, 1));
        assertEquals(2, result.mixings().size(), "the third finds nothing that is not mixed");
        for (int b = 0; b < PLACES; b++) {
            float first = result.mixings().get(0).own()[b];
            float second = result.mixings().get(1).own()[b];
            assertTrue(first >= 0.5f && second >= 0.5f, first + " and " + second);
            assertTrue(first == 1 || second == 1, "mixed twice");
        }
    }

    @Test
    void twoMixingStepsFollowOneAnother() {
        Step some = new Step(new Action.Apply(Operation.CUTMIX, 1, 1), 0.5, Optional.empty(), "");
        Result result = run(places(), everywhere(), some, step(Operation.MIXUP, 1));
        assertEquals(2, result.mixings().size());
        double[][] one = new double[PLACES][PLACES];
        for (int b = 0; b < PLACES; b++) one[b][b] = 1;
        double[][] shares = one;
        for (Mixing mixing : result.mixings()) shares = mixing.rows(shares);
        for (int b = 0; b < PLACES; b++) {
            double sum = 0;
            for (int i = 0; i < AREA; i++) sum += result.images()[b * AREA + i] / AREA;
            double expected = 0;
            for (int c = 0; c < PLACES; c++) expected += shares[b][c] * value(c);
            assertEquals(expected, sum, 1e-5, "the mean pixel is mixed as the labels are");
        }
    }

    @Test
    void theSameKeysMixTheSameAndAnotherEpochDoesNot() {
        Result once = run(places(), everywhere(), step(Operation.MIXUP, 1));
        Result again = run(places(), everywhere(), step(Operation.MIXUP, 1));
        assertArrayEquals(once.images(), again.images());
        List<Place> copies = places().stream()
                .map(place -> new Place(place.sample(), place.key(), 1))
                .toList();
        Result others = run(copies, everywhere(), step(Operation.MIXUP, 1));
        assertTrue(!Arrays.equals(
                once.mixings().getFirst().partner(), others.mixings().getFirst().partner()));
    }

    private static float value(int place) {
        return place / 256f;
    }

    private static List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (int b = 0; b < PLACES; b++) places.add(new Place(b, b, 0));
        return places;
    }

    private static Augmentation.Conditions everywhere() {
        return (step, sample) -> true;
    }

    private static Step step(Operation operation, double a) {
        return new Step(new Action.Apply(operation, a, a), 1, Optional.empty(), "");
    }

    private static Result run(List<Place> places, Augmentation.Conditions conditions, Step... steps) {
        float[] images = new float[PLACES * AREA];
        for (int i = 0; i < images.length; i++) images[i] = value(i / AREA);
        try (NDManager manager = engine.newManager()) {
            NDArray batch = manager.create(images, new Shape(PLACES, 1, SIDE, SIDE));
            Augmented augmented = new Augmentation(List.of(steps), new Input(1, SIDE, SIDE), 5, manager)
                    .apply(batch, places, 3, conditions);
            return new Result(augmented.images().toFloatArray(), augmented.mixings(), augmented.mixed());
        }
    }
}
