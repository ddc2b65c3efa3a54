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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.strategy.Randomness;
import touchstone.spec.catalogue.Names;
import touchstone.spec.catalogue.Operation;
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
    private static final double MIDDLE = (SIDE - 1) / 2.0;
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
    void cropCutsBackFromABlackFrame() {
        assertFollows("crop: 3", 0, (image, c, y, x, u, v) -> {
            int row = y - (int) (u * 7) + 3;
            int column = x - (int) (v * 7) + 3;
            boolean inside = row >= 0 && row < SIDE && column >= 0 && column < SIDE;
            return inside ? at(image, c, row, column) : 0;
        });
    }

    @Test
    void aQuarterTurnTakesTheRightSideUp() {
        assertFollows("rotate: [90, 90]", 1e-5, (image, c, y, x, u, v) -> at(image, c, x, SIDE - 1 - y));
        assertFollows("rotate: [-180, -180]", 1e-5, (image, c, y, x, u, v) -> at(image, c, SIDE - 1 - y, SIDE - 1 - x));
    }

    @Test
    void rotationIsBilinearAndDrawnToBothSides() {
        assertFollows("rotate: 30", 1e-4, (image, c, y, x, u, v) -> {
            double angle = Math.toRadians(-30 + 60 * u);
            double right = x - MIDDLE;
            double down = y - MIDDLE;
            return between(
                    image,
                    c,
                    Math.sin(angle) * right + Math.cos(angle) * down,
                    Math.cos(angle) * right - Math.sin(angle) * down);
        });
    }

    @Test
    void scaleEnlargesAroundTheMiddle() {
        assertFollows("scale: [0.5, 2]", 1e-4, (image, c, y, x, u, v) -> {
            double factor = 0.5 + 1.5 * u;
            return between(image, c, (y - MIDDLE) / factor, (x - MIDDLE) / factor);
        });
    }

    @Test
    void shearLeansTheTopToTheRight() {
        assertFollows("shear: [10, 40]", 1e-4, (image, c, y, x, u, v) -> {
            double slant = Math.tan(Math.toRadians(10 + 30 * u));
            return between(image, c, y - MIDDLE, x - MIDDLE + slant * (y - MIDDLE));
        });
    }

    @Test
    void invertTurnsValuesAround() {
        assertFollows("invert: true", 0, (image, c, y, x, u, v) -> 1 - at(image, c, y, x));
    }

    @Test
    void posterizeKeepsTheHighBits() {
        assertFollows("posterize: 3", 1e-7, (image, c, y, x, u, v) -> (level(at(image, c, y, x)) & 0b11100000) / 255.0);
        assertFollows("posterize: 8", 1e-7, (image, c, y, x, u, v) -> at(image, c, y, x));
    }

    @Test
    void solarizeInvertsFromTheThresholdOn() {
        assertFollows("solarize: [0.2, 0.9]", 0, (image, c, y, x, u, v) -> {
            float pixel = at(image, c, y, x);
            return pixel >= (float) (0.2 + 0.7 * u) ? 1 - pixel : pixel;
        });
    }

    @Test
    void autocontrastStretchesEachChannel() {
        float[] channels = new float[PIXELS];
        for (int i = 0; i < AREA; i++) channels[i] = (64 + i) / 255f;
        Arrays.fill(channels, AREA, PIXELS, 0.3f);
        float[] result = one("autocontrast: true", channels);
        for (int i = 0; i < AREA; i++) assertEquals(i / 63f, result[i], 1e-6);
        for (int i = AREA; i < PIXELS; i++) assertEquals(0.3f, result[i], "a channel of one value stays");
    }

    @Test
    void equalizeSpreadsAKnownHistogram() {
        // 32 pixels of level 10, 16 of 11, 8 each of 100 and 200: (c - 32) / (64 - 32) with c = 32, 48, 56, 64.
        float[] channels = new float[PIXELS];
        for (int i = 0; i < AREA; i++) channels[i] = (i < 32 ? 10 : i < 48 ? 11 : i < 56 ? 100 : 200) / 255f;
        Arrays.fill(channels, AREA, PIXELS, 0.3f);
        float[] result = one("equalize: true", channels);
        for (int i = 0; i < AREA; i++) {
            assertEquals(i < 32 ? 0 : i < 48 ? 0.5 : i < 56 ? 0.75 : 1, result[i], 1e-6);
        }
        for (int i = AREA; i < PIXELS; i++) assertEquals(0.3f, result[i], "a channel of one value stays");
    }

    @Test
    void equalizeCountsEveryLevel() {
        assertFollows("equalize: true", 1e-6, (image, c, y, x, u, v) -> {
            int[] upTo = new int[256];
            for (int i = 0; i < AREA; i++) {
                for (int l = level(image[c * AREA + i]); l < 256; l++) upTo[l]++;
            }
            int least = Arrays.stream(upTo).filter(count -> count > 0).min().orElseThrow();
            return (upTo[level(at(image, c, y, x))] - least) / (double) (AREA - least);
        });
    }

    @Test
    void blurIsAGaussianOfSevenByseven() {
        for (String operation : List.of("blur: [0.5, 2.5]", "denoise: {gaussian: [0.5, 2.5]}")) {
            assertFollows(operation, 1e-5, (image, c, y, x, u, v) -> {
                double deviation = 0.5 + 2 * u;
                double sum = 0;
                double weights = 0;
                for (int dy = -3; dy <= 3; dy++) {
                    for (int dx = -3; dx <= 3; dx++) {
                        double weight = Math.exp(-(dy * dy + dx * dx) / (2 * deviation * deviation));
                        sum += weight * near(image, c, y + dy, x + dx);
                        weights += weight;
                    }
                }
                return sum / weights;
            });
        }
    }

    @Test
    void sharpenAddsWhatSmoothingTakes() {
        assertFollows("sharpen: [0.5, 2]", 1e-5, (image, c, y, x, u, v) -> {
            double smooth = 4 * at(image, c, y, x) / 13.0;
            for (int dy = -1; dy <= 1; dy++) {
                for (int dx = -1; dx <= 1; dx++) smooth += near(image, c, y + dy, x + dx) / 13.0;
            }
            double pixel = at(image, c, y, x);
            return Math.clamp(pixel + (0.5 + 1.5 * u) * (pixel - smooth), 0, 1);
        });
    }

    @Test
    void denoiseTakesTheMedian() {
        for (int side : List.of(3, 5)) {
            assertFollows("denoise: {median: " + side + "}", 0, (image, c, y, x, u, v) -> {
                double[] values = new double[side * side];
                for (int i = 0; i < values.length; i++) {
                    values[i] = near(image, c, y + i / side - side / 2, x + i % side - side / 2);
                }
                Arrays.sort(values);
                return values[values.length / 2];
            });
        }
    }

    @Test
    void noiseHasTheDeviationAndDiffersByPlace() {
        List<Place> many = many(500);
        float[] images = new float[500 * PIXELS];
        Arrays.fill(images, 0.5f);
        float[] result = run(steps("{noise: 0.1}"), images, many, EPOCH);
        double mean = 0;
        double square = 0;
        for (float value : result) {
            mean += value / result.length;
            square += (value - 0.5) * (value - 0.5) / result.length;
        }
        assertEquals(0.5, mean, 0.002);
        assertEquals(0.1, Math.sqrt(square), 0.002);
        assertFalse(Arrays.equals(place(result, 0), place(result, 1)));
        assertArrayEquals(result, run(steps("{noise: 0.1}"), images, many, EPOCH));
    }

    @Test
    void eraseCoversAnInnerBoxOfItsShare() {
        List<Place> many = many(500);
        float[] images = new float[500 * PIXELS];
        Arrays.fill(images, 2);
        float[] result = run(steps("{erase: 0.25}"), images, many, EPOCH);
        double covered = 0;
        double mean = 0;
        for (int b = 0; b < 500; b++) {
            int count = 0;
            for (int i = 0; i < AREA; i++) {
                boolean erased = result[b * PIXELS + i] < 1;
                assertEquals(erased, result[b * PIXELS + AREA + i] < 1, "all channels alike");
                if (!erased) continue;
                count++;
                mean += result[b * PIXELS + i];
            }
            assertTrue(count >= 12 && count <= 20, "about 16 of 64 pixels: " + count);
            covered += count;
        }
        assertEquals(16, covered / 500, 0.5);
        assertEquals(0.5, mean / covered, 0.02, "of random pixels");
    }

    @Test
    void someOfDrawsDifferentOnesAndKeepsTheirOrder() {
        List<Place> many = many(300);
        float[] images = new float[300 * PIXELS];
        Arrays.fill(images, 0.75f);
        String step = "{some-of: [{brightness: 0.5}, {invert: true}, {solarize: 0.7}], count: 2}";
        float[] result = run(steps(step), images, many, EPOCH);
        int[] counts = new int[3];
        for (int b = 0; b < 300; b++) {
            float value = result[b * PIXELS];
            // brightness then invert: 0.625; brightness then solarize: 0.375; invert then solarize: 0.25.
            counts[value == 0.625f ? 0 : value == 0.375f ? 1 : 2]++;
            if (value != 0.625f && value != 0.375f) assertEquals(0.25f, value);
        }
        for (int count : counts) assertEquals(100, count, 30);
    }

    @Test
    void optionsOfOneStepDrawTheirAmountsApart() {
        List<Place> many = many(100);
        float[] images = new float[100 * PIXELS];
        Arrays.fill(images, 0.5f);
        String step = "{some-of: [{brightness: [0.5, 1]}, {brightness: [1, 2]}], count: 2}";
        float[] result = run(steps(step), images, many, EPOCH);
        int odd = 0;
        for (int b = 0; b < 100; b++) {
            // The same draw for both gives (0.5 + u / 2) (1 + u) / 2, below 0.5 where u is below 0.41.
            double u = Randomness.uniform(
                    Randomness.hash(SEED, EPOCH, many.get(b).key(), many.get(b).copy(), 0, 2));
            if (Math.abs(result[b * PIXELS] - (0.5 + u / 2) * (1 + u) / 2) > 0.01) odd++;
        }
        assertTrue(odd > 80, "found the same draw in " + (100 - odd));
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
            "crop: 3",
            "rotate: 30",
            "scale: [0.5, 2]",
            "shear: 20",
            "gamma: [0.4, 0.8]",
            "brightness: [0.5, 2.5]",
            "contrast: [0.5, 3]",
            "autocontrast: true",
            "equalize: true",
            "invert: true",
            "posterize: 3",
            "solarize: 0.5",
            "sharpen: 1",
            "blur: 1",
            "denoise: {median: 3}",
            "noise: 0.5",
            "cutout: 4",
            "erase: [0.1, 0.4]");

    @Test
    void everyOperationIsTried() {
        assertEquals(
                Operation.words(),
                Stream.concat(
                                OPERATIONS.stream().map(text -> text.substring(0, text.indexOf(':'))),
                                Stream.of("mixup", "cutmix"))
                        .toList());
    }

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
        List<Place> many = many(1_000);
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
    void aBatchThatIsChangedInPartsIsWhatItsPartsAre() {
        // 600 images of 128 pixels: more than equalize and denoise take at once.
        List<Place> many = many(600);
        float[] images = new float[600 * PIXELS];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < images.length; i++) images[i] = random.nextInt(256) / 255f;
        List<Step> steps = steps("{denoise: {median: 3}}", "{equalize: true, chance: 0.99}");
        float[] together = run(steps, images, many, EPOCH);
        for (int b : List.of(0, 250, 511, 512, 513, 599)) {
            assertArrayEquals(
                    run(steps, place(images, b), List.of(many.get(b)), EPOCH), place(together, b), "place " + b);
        }
    }

    @Test
    void stepsFollowOneAnother() {
        float[] once = apply("{gamma: 2}");
        assertArrayEquals(run(steps("{flip: vertical}"), once, PLACES, EPOCH), apply("{gamma: 2}", "{flip: vertical}"));
    }

    @Test
    void oneOfDrawsOneForEachPlace() {
        List<Place> many = many(300);
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
        assertBounded("{brightness: 10}", "{contrast: 10}", "{gamma: 0.1}", "{gamma: 10}");
        for (String operation : OPERATIONS) assertBounded("{" + operation + "}");
    }

    private static void assertBounded(String... steps) {
        for (float value : apply(steps)) assertTrue(value >= 0 && value <= 1, () -> List.of(steps) + " made " + value);
    }

    @Test
    void nothingButTheResultIsLeftOpen() {
        List<String> all = new ArrayList<>();
        for (String operation : OPERATIONS) all.add("{" + operation + ", chance: 0.5}");
        all.add("{some-of: [{denoise: {median: 5}}, {noise: 0.1}], count: 1}");
        all.add("{cutmix: 1}");
        all.add("{mixup: 1}");
        try (NDManager run = engine.newManager()) {
            Augmentation augmentation = new Augmentation(steps(all.toArray(String[]::new)), INPUT, SEED, run);
            int open = run.getManagedArrays().size();
            for (int epoch = 1; epoch <= 3; epoch++) {
                try (NDManager step = run.newSubManager()) {
                    NDArray batch = step.create(images(), new Shape(PLACES.size(), CHANNELS, SIDE, SIDE));
                    NDArray result = augmentation
                            .apply(batch, PLACES, epoch, (k, sample) -> true)
                            .images();
                    assertEquals(List.of(result), step.getManagedArrays());
                }
                assertEquals(open, run.getManagedArrays().size());
            }
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

    /** The border repeated. */
    private static float near(float[] image, int channel, int row, int column) {
        return at(image, channel, Math.clamp(row, 0, SIDE - 1), Math.clamp(column, 0, SIDE - 1));
    }

    /** Between four pixels, at a place counted from the middle. */
    private static double between(float[] image, int channel, double down, double right) {
        double y = Math.clamp(down + MIDDLE, 0, SIDE - 1);
        double x = Math.clamp(right + MIDDLE, 0, SIDE - 1);
        int top = (int) y;
        int left = (int) x;
        double upper =
                (left + 1 - x) * near(image, channel, top, left) + (x - left) * near(image, channel, top, left + 1);
        double lower = (left + 1 - x) * near(image, channel, top + 1, left)
                + (x - left) * near(image, channel, top + 1, left + 1);
        return (top + 1 - y) * upper + (y - top) * lower;
    }

    private static int level(float pixel) {
        return Math.round(pixel * 255);
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

    private static List<Place> many(int count) {
        List<Place> many = new ArrayList<>();
        for (int i = 0; i < count; i++) many.add(new Place(i, i, 0));
        return many;
    }

    private static float[] one(String operation, float[] image) {
        return run(steps("{" + operation + "}"), image, many(1), EPOCH);
    }

    private static float[] apply(String... steps) {
        return run(steps(steps), images(), PLACES, EPOCH);
    }

    private static float[] run(List<Step> steps, float[] images, List<Place> places, int epoch) {
        try (NDManager manager = engine.newManager()) {
            NDArray batch = manager.create(images, new Shape(places.size(), CHANNELS, SIDE, SIDE));
            return new Augmentation(steps, INPUT, SEED, manager)
                    .apply(batch, places, epoch, (step, sample) -> true)
                    .images()
                    .toFloatArray();
        }
    }

    private static float[] run(List<Step> steps, List<Place> places, int epoch, Augmentation.Conditions conditions) {
        try (NDManager manager = engine.newManager()) {
            NDArray batch = manager.create(images(), new Shape(places.size(), CHANNELS, SIDE, SIDE));
            return new Augmentation(steps, INPUT, SEED, manager)
                    .apply(batch, places, epoch, conditions)
                    .images()
                    .toFloatArray();
        }
    }

    /** Each read by itself: all operations at once are more than a strategy may have. */
    private static List<Step> steps(String... lines) {
        List<Step> steps = new ArrayList<>();
        for (String line : lines) {
            Problems problems = new Problems();
            String text = "strategy: 1\nsamples:\n  augment:\n    - " + line + "\n";
            StrategyParser.parse(text, Names.of(List.of(), java.util.Map.of()), problems)
                    .ifPresent(strategy -> steps.addAll(strategy.samples().augment()));
            assertEquals(List.of(), problems.list());
        }
        return steps;
    }
}
