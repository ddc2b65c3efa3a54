package touchstone.evaluator.augmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.strategy.Randomness;
import touchstone.spec.catalogue.Names;
import touchstone.spec.strategy.Strategy.Step;
import touchstone.spec.strategy.StrategyParser;
import touchstone.spec.task.TaskFile;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.text.Problems;

/** Each operation against plain loops over pixels. */
final class AugmentationTest {

    private static final long SEED = 5;
    private static final int EPOCH = 3;
    private static final int CHANNELS = 2;
    private static final int SIDE = 8;
    private static final int AREA = SIDE * SIDE;
    private static final int PIXELS = CHANNELS * AREA;
    private static final Input INPUT = new Input(CHANNELS, SIDE, SIDE);
    private static final List<Place> PLACES = List.of(
            new Place(0, 100, 0),
            new Place(1, 101, 0),
            new Place(0, 100, 1),
            new Place(2, 102, 0),
            new Place(2, 102, 1));

    private static NumericEngine engine;

    @BeforeAll
    static void start() {
        engine = NumericEngine.start(new TaskFile.Device("cpu", 1));
    }

    /** One pixel of the expected image. */
    private interface Reference {
        double pixel(float[] image, int channel, int row, int column, double first, double second);
    }

    @Test
    void flipMirrors() {
        assertFollows("flip: horizontal", 0, (image, c, y, x, u, v) -> at(image, c, y, SIDE - 1 - x));
        assertFollows("flip: vertical", 0, (image, c, y, x, u, v) -> at(image, c, SIDE - 1 - y, x));
    }

    @Test
    void translateShiftsAndRepeatsTheBorder() {
        assertFollows("translate: 3", 0, (image, c, y, x, u, v) -> {
            int down = (int) (u * 7) - 3;
            int right = (int) (v * 7) - 3;
            return at(image, c, Math.clamp(y - down, 0, SIDE - 1), Math.clamp(x - right, 0, SIDE - 1));
        });
    }

    @Test
    void gammaIsAPower() {
        assertFollows("gamma: [0.4, 0.8]", 1e-6, (image, c, y, x, u, v) -> Math.pow(at(image, c, y, x), 0.4 + 0.4 * u));
        assertFollows("gamma: 2", 1e-6, (image, c, y, x, u, v) -> Math.pow(at(image, c, y, x), 2));
    }

    @Test
    void brightnessMultiplies() {
        assertFollows(
                "brightness: [0.5, 2.5]",
                1e-6,
                (image, c, y, x, u, v) -> Math.min(1, at(image, c, y, x) * (0.5 + 2 * u)));
    }

    @Test
    void contrastStretchesAroundTheMean() {
        assertFollows(
                "contrast: [0.5, 3]",
                1e-6,
                (image, c, y, x, u, v) ->
                        Math.clamp(mean(image) + (at(image, c, y, x) - mean(image)) * (0.5 + 2.5 * u), 0, 1));
    }

    @Test
    void cutoutCoversASquareWithTheMean() {
        assertFollows("cutout: 4", 1e-6, (image, c, y, x, u, v) -> {
            int top = (int) (u * SIDE) - 2;
            int left = (int) (v * SIDE) - 2;
            boolean covered = y >= top && y < top + 4 && x >= left && x < left + 4;
            return covered ? mean(image) : at(image, c, y, x);
        });
    }

    @Test
    void chanceOfZeroChangesNothing() {
        for (String operation : OPERATIONS) {
            assertArrayEquals(images(), apply("{" + operation + ", chance: 0}"), operation);
        }
    }

    private static final List<String> OPERATIONS = List.of(
            "flip: horizontal",
            "translate: 3",
            "gamma: [0.4, 0.8]",
            "brightness: [0.5, 2.5]",
            "contrast: [0.5, 3]",
            "cutout: 4");

    @Test
    void whereTheConditionHoldsNotNoBitChangesWhateverOthersDo() {
        for (String operation : OPERATIONS) {
            float[] result = run(steps("{" + operation + "}"), PLACES, EPOCH, (step, sample) -> sample == 1);
            float[] images = images();
            for (int b = 0; b < PLACES.size(); b++) {
                boolean same =
                        Arrays.equals(images, b * PIXELS, (b + 1) * PIXELS, result, b * PIXELS, (b + 1) * PIXELS);
                assertEquals(PLACES.get(b).sample() != 1, same, operation + " at place " + b);
            }
        }
    }

    @Test
    void chanceIsDrawnForEachPlace() {
        List<Place> many = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) many.add(new Place(i, i, 0));
        float[] images = new float[1_000 * PIXELS];
        for (int i = 0; i < images.length; i++) images[i] = i % PIXELS / (float) PIXELS;
        float[] result = run(steps("{flip: horizontal, chance: 0.3}"), images, many, EPOCH);
        int flipped = 0;
        for (int b = 0; b < 1_000; b++) if (result[b * PIXELS] != images[b * PIXELS]) flipped++;
        assertEquals(300, flipped, 50);
    }

    @Test
    void copiesOfOneSampleDiffer() {
        float[] result = apply("{gamma: [0.4, 0.8]}");
        float[] images = images();
        assertArrayEquals(place(images, 3), place(images, 4), "the same image twice");
        assertFalse(Arrays.equals(place(result, 3), place(result, 4)));
    }

    @Test
    void theSameKeyGivesTheSameWhateverStandsBeside() {
        List<Step> steps = steps("{gamma: [0.4, 0.8]}", "{translate: 2}", "{cutout: 3, chance: 0.5}");
        float[] together = run(steps, images(), PLACES, EPOCH);
        assertArrayEquals(together, run(steps, images(), PLACES, EPOCH));
        for (int b = 0; b < PLACES.size(); b++) {
            assertArrayEquals(place(together, b), run(steps, place(images(), b), List.of(PLACES.get(b)), EPOCH));
        }
        assertFalse(Arrays.equals(together, run(steps, images(), PLACES, EPOCH + 1)), "another epoch, another draw");
    }

    @Test
    void stepsFollowOneAnother() {
        float[] once = apply("{gamma: 2}");
        assertArrayEquals(run(steps("{flip: vertical}"), once, PLACES, EPOCH), apply("{gamma: 2}", "{flip: vertical}"));
    }

    @Test
    void oneOfDrawsOneForEachPlace() {
        List<Place> many = new ArrayList<>();
        for (int i = 0; i < 300; i++) many.add(new Place(i, i, 0));
        float[] images = new float[300 * PIXELS];
        Arrays.fill(images, 0.25f);
        float[] result = run(steps("{one-of: [{gamma: 2}, {gamma: 0.5}, {brightness: 0}]}"), images, many, EPOCH);
        int[] counts = new int[3];
        for (int b = 0; b < 300; b++) {
            float value = result[b * PIXELS];
            counts[value == 0 ? 2 : value > 0.25 ? 1 : 0]++;
        }
        for (int count : counts) assertEquals(100, count, 30);
    }

    @Test
    void pixelsStayBetweenZeroAndOne() {
        for (float value : apply("{brightness: 10}", "{contrast: 10}", "{gamma: 0.1}", "{gamma: 10}")) {
            assertTrue(value >= 0 && value <= 1, () -> "found " + value);
        }
    }

    private static void assertFollows(String operation, double tolerance, Reference reference) {
        float[] images = images();
        float[] result = apply("{" + operation + "}");
        for (int b = 0; b < PLACES.size(); b++) {
            Place place = PLACES.get(b);
            double first = Randomness.uniform(Randomness.hash(SEED, EPOCH, place.key(), place.copy(), 0, 2));
            double second = Randomness.uniform(Randomness.hash(SEED, EPOCH, place.key(), place.copy(), 0, 3));
            float[] image = place(images, b);
            float[] found = place(result, b);
            for (int i = 0; i < PIXELS; i++) {
                double expected = reference.pixel(image, i / AREA, i % AREA / SIDE, i % SIDE, first, second);
                assertEquals(expected, found[i], tolerance + 1e-9, operation + " place " + b + " pixel " + i);
            }
        }
    }

    private static float at(float[] image, int channel, int row, int column) {
        return image[channel * AREA + row * SIDE + column];
    }

    private static double mean(float[] image) {
        double sum = 0;
        for (float value : image) sum += value;
        return sum / image.length;
    }

    /** Places of one sample hold one image. */
    private static float[] images() {
        float[] images = new float[PLACES.size() * PIXELS];
        for (int b = 0; b < PLACES.size(); b++) {
            SplittableRandom random = new SplittableRandom(PLACES.get(b).sample());
            for (int i = 0; i < PIXELS; i++) images[b * PIXELS + i] = random.nextInt(256) / 255f;
        }
        return images;
    }

    private static float[] place(float[] images, int place) {
        return Arrays.copyOfRange(images, place * PIXELS, (place + 1) * PIXELS);
    }

    private static float[] apply(String... steps) {
        return run(steps(steps), images(), PLACES, EPOCH);
    }

    private static float[] run(List<Step> steps, float[] images, List<Place> places, int epoch) {
        try (NDManager manager = engine.newManager()) {
            NDArray batch = manager.create(images, new Shape(places.size(), CHANNELS, SIDE, SIDE));
            return new Augmentation(steps, INPUT, SEED)
                    .apply(batch, places, epoch, (step, sample) -> true)
                    .images()
                    .toFloatArray();
        }
    }

    private static float[] run(List<Step> steps, List<Place> places, int epoch, Augmentation.Conditions conditions) {
        try (NDManager manager = engine.newManager()) {
            NDArray batch = manager.create(images(), new Shape(places.size(), CHANNELS, SIDE, SIDE));
            return new Augmentation(steps, INPUT, SEED)
                    .apply(batch, places, epoch, conditions)
                    .images()
                    .toFloatArray();
        }
    }

    private static List<Step> steps(String... lines) {
        StringBuilder text = new StringBuilder("strategy: 1\nsamples:\n  augment:\n");
        for (String line : lines) text.append("    - ").append(line).append('\n');
        Problems problems = new Problems();
        List<Step> steps = StrategyParser.parse(text.toString(), Names.of(List.of(), java.util.Map.of()), problems)
                .orElseThrow()
                .samples()
                .augment();
        assertEquals(List.of(), problems.list());
        return steps;
    }
}
