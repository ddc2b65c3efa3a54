package touchstone.evaluator.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.model.Weights;
import touchstone.evaluator.training.Training.Outcome;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.task.TaskFile;

/** Real training of the tiny task; what must be equal is equal bit for bit. */
final class TrainingTest {

    private static NumericEngine engine;
    private static TaskPack tiny;
    private static String baseline;

    @TempDir
    private Path folder;

    @BeforeAll
    static void trainTheBaseline() {
        engine = NumericEngine.start(new TaskFile.Device("cpu", 1));
        tiny = TestTasks.tiny();
        baseline = digest(tiny, TestTasks.strategy("baseline"), 1);
    }

    @Test
    void learns() {
        Heard heard = new Heard();
        train(tiny, TestTasks.strategy("baseline"), 1, heard);
        assertEquals(
                List.of(1, 2, 3, 4),
                heard.points.stream().map(CurvePoint::epoch).toList());
        CurvePoint first = heard.points.get(0);
        CurvePoint last = heard.points.get(3);
        assertTrue(last.trainLoss() < 0.85 * first.trainLoss(), first + " to " + last);
        assertTrue(last.validationAccuracy() > 0.4, "four classes: " + last);
        assertNotEquals(tiny.initial().digest(), baseline);
    }

    @Test
    void theSameSeedGivesTheSameWeights() {
        assertEquals(baseline, digest(tiny, TestTasks.strategy("baseline"), 1));
        assertNotEquals(baseline, digest(tiny, TestTasks.strategy("baseline"), 2));
    }

    @Test
    void eightTimesAllWeightsChangesNoBit() {
        String once = digest(tiny, strategy("weights:\n  - value: \"luma + 0.25\"\n"), 1);
        assertEquals(once, digest(tiny, strategy("weights:\n  - value: \"8 * (luma + 0.25)\"\n"), 1));
        assertNotEquals(baseline, once);
    }

    @Test
    void tenTimesAllWeightsChangesNothing() {
        String once = digest(tiny, strategy("weights:\n  - value: \"luma + 0.25\"\n"), 1);
        assertEquals(once, digest(tiny, strategy("weights:\n  - value: \"10 * (luma + 0.25)\"\n"), 1));
    }

    @Test
    void addedSamplesBuyNoSteps() {
        Heard plain = new Heard();
        train(tiny, TestTasks.strategy("baseline"), 1, plain);
        Heard more = new Heard();
        train(tiny, strategy(adding(50)), 1, more);
        assertEquals(4 * 10, plain.steps);
        assertEquals(plain.steps, more.steps);
        assertEquals(plain.stepsAnnounced, more.stepsAnnounced);
        assertEquals(Set.of(40), more.stepsAnnounced);
    }

    @Test
    void droppedSamplesSaveNoSteps() {
        StringBuilder drop = new StringBuilder("id\n");
        for (int i = 0; i < 150; i++) drop.append(tiny.base().ids().get(i)).append('\n');
        Heard heard = new Heard();
        Path strategy = strategy(Map.of("strategy.yaml", "samples:\n  drop: drop.csv\n", "drop.csv", drop.toString()));
        train(tiny, strategy, 1, heard);
        assertEquals(40, heard.steps);
    }

    @Test
    void theOrderOfRowsChangesNoBit() {
        Map<String, String> files = new LinkedHashMap<>(adding(20));
        files.put("strategy.yaml", """
                samples:
                  drop: drop.csv
                  add: add.csv
                  augment:
                    - {translate: 2}
                labels:
                  - file: labels.csv
                weights:
                  - file: weights.csv
                """);
        files.put("drop.csv", table("id", i -> id(i + 100)));
        files.put("labels.csv", table("id,label", i -> id(i) + ",ii"));
        files.put("weights.csv", table("id,from_epoch,weight", i -> id(i + 50) + "," + (i % 3 + 1) + ",0." + (i + 1)));
        String sorted = digest(tiny, strategy(files), 1);
        for (String name : List.of("drop.csv", "add.csv", "labels.csv", "weights.csv")) {
            files.computeIfPresent(name, (key, text) -> shuffled(text));
        }
        assertEquals(sorted, digest(tiny, strategy(files), 1));
        assertNotEquals(baseline, sorted);
    }

    @Test
    void aHugeWeightIsCappedAndTrainingSurvives() {
        Path strategy = strategy(Map.of(
                "strategy.yaml",
                "weights:\n  - file: weights.csv\n",
                "weights.csv",
                "id,weight\n" + id(0) + ",1000000000\n"));
        Heard heard = new Heard();
        assertInstanceOf(Outcome.Trained.class, train(tiny, strategy, 1, heard));
        assertTrue(heard.points.get(3).trainLoss() < heard.points.get(0).trainLoss(), heard.points.toString());
    }

    @Test
    void dynamicWeightsThatAreAllZeroCountAsOne() {
        assertEquals(baseline, digest(tiny, strategy("weights:\n  - value: \"0 * epoch\"\n"), 1));
    }

    @Test
    void droppingAndAddingAnIdAgainChangesNoBit() {
        Map<String, String> files = new LinkedHashMap<>(adding(1));
        files.put("strategy.yaml", "samples:\n  drop: drop.csv\n  add: add.csv\n");
        files.put("drop.csv", "id\n" + id(3) + "\n");
        files.put("add.csv", "id,file,label\n" + id(3) + ",a.png,iv\n");
        assertEquals(baseline, digest(tiny, strategy(files), 1));
    }

    @Test
    void rulesThatReadObservationsChangeNothingInTheFirstEpoch() throws IOException {
        String observing = """
                samples:
                  draw: "1 + loss"
                  augment:
                    - {flip: horizontal, where: "loss >= 0"}
                labels:
                  - {toward: prediction, amount: 0.9}
                weights:
                  - value: "if(loss_rank > 0.5, 0, 3)"
                """;
        TaskPack one = edited("epochs: 4", "epochs: 1");
        Path plain = TestTasks.strategy("baseline");
        assertEquals(digest(one, plain, 1), digest(one, strategy(observing), 1));
        TaskPack two = edited("epochs: 4", "epochs: 2");
        assertNotEquals(digest(two, plain, 1), digest(two, strategy(observing), 1), "in the second they do");
    }

    @Test
    void whatHappensInAnEpochIsReadInTheNext() throws IOException {
        TaskPack two = edited("epochs: 4", "epochs: 2");
        Heard plain = new Heard();
        train(two, TestTasks.strategy("baseline"), 1, plain);
        Heard observing = new Heard();
        train(two, strategy("weights:\n  - value: \"if(times_correct > 0, 1, 5)\"\n"), 1, observing);
        assertEquals(plain.points.get(0), observing.points.get(0), "the first epoch is the baseline's, bit for bit");
        assertNotEquals(plain.points.get(1), observing.points.get(1));
    }

    @Test
    void adamAndItsRelativeLearn() throws IOException {
        for (String optimizer : List.of("adam: {weight-decay: 1e-4}", "adamw: {weight-decay: 1e-2}")) {
            TaskPack adam = edited(
                    "optimizer: {sgd: {momentum: 0.9, nesterov: true, weight-decay: 5e-4}}",
                    "optimizer: {" + optimizer + "}",
                    "schedule: {one-cycle: {peak: 0.1, warmup: 0.2}}",
                    "schedule: {cosine: {peak: 0.01}}");
            Heard heard = new Heard();
            train(adam, TestTasks.strategy("baseline"), 1, heard);
            assertTrue(
                    heard.points.get(3).trainLoss() < 0.85 * heard.points.get(0).trainLoss(), heard.points::toString);
        }
    }

    @Test
    void averagingChangesWhatIsScoredAndNotWhatIsTrained() throws IOException {
        Heard plain = new Heard();
        train(tiny, TestTasks.strategy("baseline"), 1, plain);
        TaskPack averaging = edited("epochs: 4", "epochs: 4\n  average: {ema: 0.9}");
        Heard heard = new Heard();
        Outcome outcome = train(averaging, TestTasks.strategy("baseline"), 1, heard);
        assertEquals(
                plain.points.stream().map(CurvePoint::trainLoss).toList(),
                heard.points.stream().map(CurvePoint::trainLoss).toList());
        assertNotEquals(
                plain.points.getLast().validationLoss(), heard.points.getLast().validationLoss());
        Weights averaged = assertInstanceOf(Outcome.Trained.class, outcome).weights();
        assertNotEquals(baseline, averaged.digest());
        assertNotEquals(
                0f, averaged.tensors().get("layer2.mean").values()[0], "batch norm's running values are averaged too");
    }

    @Test
    void underMixingWhatRulesReadIsSeenPlainly() {
        String mixing = "samples:\n  augment:\n    - {mixup: 1}\n";
        String rule = "weights:\n  - value: \"if(epoch > 1 and confidence >= 0, 2, 1)\"\n";
        Outcome outcome = train(tiny, strategy(mixing + rule), 1, new Heard());
        List<String> notes = assertInstanceOf(Outcome.Trained.class, outcome).notes();
        assertEquals(1, notes.size(), notes::toString);
        assertTrue(notes.getFirst().contains("observed plainly"), notes::toString);
        // All samples have the same weight in each epoch, so that only a sample without a value could change anything.
        assertEquals(digest(tiny, strategy(mixing), 1), digest(tiny, strategy(mixing + rule), 1));
        String reading = "weights:\n  - value: \"if(loss_rank > 0.8, 0, 1)\"\n";
        assertNotEquals(digest(tiny, strategy(mixing), 1), digest(tiny, strategy(mixing + reading), 1));
    }

    @Test
    void labelsAreMixedAsTheImagesAre() {
        // All images are black, so that mixing changes nothing but the labels.
        String black = "samples:\n  augment:\n    - {brightness: 0}\n";
        String plain = digest(tiny, strategy(black), 1);
        assertEquals(plain, digest(tiny, strategy(black + "    - {mixup: 1, chance: 0}\n"), 1));
        assertNotEquals(plain, digest(tiny, strategy(black + "    - {mixup: 1, where: \"label == 'i'\"}\n"), 1));
    }

    /** It reads the prediction without naming it. */
    @Test
    void underMixingTowardThePredictionMovesLabelsToo() {
        String mixing = "samples:\n  augment:\n    - {mixup: 1}\n";
        String toward = "labels:\n  - {toward: prediction, amount: 1, where: \"epoch > 1\"}\n";
        assertNotEquals(digest(tiny, strategy(mixing), 1), digest(tiny, strategy(mixing + toward), 1));
    }

    @Test
    void hugeAndTinyNumbersAreOnlyShares() {
        for (String number : List.of("1e308", "3e-308")) {
            assertEquals(baseline, digest(tiny, strategy("samples:\n  draw: \"" + number + "\"\n"), 1));
            assertEquals(baseline, digest(tiny, strategy("weights:\n  - value: \"" + number + "\"\n"), 1));
        }
        Heard plain = new Heard();
        train(tiny, TestTasks.strategy("baseline"), 1, plain);
        Heard stopping = new Heard();
        String stop = "weights:\n  - value: \"if(epoch > 1, if(luma < 0.3, 3e-308, 0), 1)\"\n";
        train(tiny, strategy(stop), 1, stopping);
        assertTrue(
                stopping.points.get(3).trainLoss() > 0.2 * plain.points.get(3).trainLoss(),
                "training cannot be stopped: " + stopping.points);
    }

    @Test
    void noArrayIsLeftBehindByAStep() {
        NDManager manager = engine.newManager();
        Set<Integer> open = new HashSet<>();
        Path strategy = strategy("""
                samples:
                  augment:
                    - {gamma: [0.5, 2]}
                    - {one-of: [{cutout: 3}, {contrast: [0.5, 2]}]}
                    - {cutmix: 1, chance: 0.5}
                    - {mixup: 0.2, chance: 0.5}
                labels:
                  - {toward: prediction, amount: 0.1}
                weights:
                  - value: "if(loss_rank > 0.9, 0, 1)"
                """);
        new Training(tiny, TestTasks.set(tiny, strategy), 1, engine.torch(), () -> manager)
                .run(new Training.Listener() {
                    @Override
                    public void step(int epoch, int step, int steps) {
                        // One of each step is kept until the end of its epoch.
                        open.add(manager.getManagedArrays().size() - ((step - 1) % tiny.stepsPerEpoch() + 1));
                    }

                    @Override
                    public void epoch(CurvePoint point) {
                        open.add(manager.getManagedArrays().size());
                    }
                });
        assertEquals(1, open.size(), () -> "arrays that were open after each step: " + open);
        assertTrue(open.iterator().next() > 10, "parameters, momenta and images at least: " + open);
        assertTrue(!manager.isOpen(), "and in the end all are closed");
    }

    @Test
    void aRecipeThatDivergesIsSaidToDiverge() throws IOException {
        TaskPack wild = edited(
                "optimizer: {sgd: {momentum: 0.9, nesterov: true, weight-decay: 5e-4}}",
                "optimizer: {sgd: {momentum: 0.999, nesterov: true, weight-decay: 1}}",
                "schedule: {one-cycle: {peak: 0.1, warmup: 0.2}}",
                "schedule: {constant: {peak: 10}}");
        Outcome outcome = train(wild, TestTasks.strategy("baseline"), 1, new Heard());
        int epoch = assertInstanceOf(Outcome.Diverged.class, outcome).epoch();
        assertTrue(epoch >= 1 && epoch <= 4);
    }

    @Test
    void theHiddenTestIsNotNeeded() throws IOException {
        Path task = copy("without");
        Files.delete(task.resolve("hidden/test-images.idx"));
        Files.delete(task.resolve("hidden/test-labels.idx"));
        Files.delete(task.resolve("hidden/test.csv"));
        TaskPack without = TestTasks.task(task);
        assertTrue(without.hidden().isEmpty());
        assertEquals(baseline, digest(without, TestTasks.strategy("baseline"), 1));
    }

    @Test
    void everySampleIsReportedToTheRules() {
        Outcome outcome =
                train(tiny, strategy("weights:\n  - value: \"if(epoch == 3, 0 - loss, 1)\"\n"), 1, new Heard());
        assertEquals(
                List.of("weights[0] was negative 200 times and was made harmless"),
                assertInstanceOf(Outcome.Trained.class, outcome).notes());
    }

    /** What a listener was told. */
    private static final class Heard implements Training.Listener {
        private final List<CurvePoint> points = new ArrayList<>();
        private final Set<Integer> stepsAnnounced = new HashSet<>();
        private int steps;

        @Override
        public void step(int epoch, int step, int all) {
            steps++;
            stepsAnnounced.add(all);
        }

        @Override
        public void epoch(CurvePoint point) {
            points.add(point);
        }
    }

    private static Outcome train(TaskPack pack, Path strategy, long seed, Heard heard) {
        return new Training(pack, TestTasks.set(pack, strategy), seed, engine).run(heard);
    }

    private static String digest(TaskPack pack, Path strategy, long seed) {
        Outcome outcome = train(pack, strategy, seed, new Heard());
        return assertInstanceOf(Outcome.Trained.class, outcome).weights().digest();
    }

    private Path strategy(String rules) {
        return strategy(Map.of("strategy.yaml", rules));
    }

    private Path strategy(Map<String, String> files) {
        try {
            Path made = TestTasks.write(Files.createTempDirectory(folder, "strategy"), files);
            if (files.containsKey("add.csv")) Files.write(made.resolve("a.png"), png());
            return made;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Map<String, String> adding(int count) {
        StringBuilder table = new StringBuilder("id,file,label\n");
        for (int i = 0; i < count; i++) table.append("n").append(i).append(",a.png,ii\n");
        return Map.of("strategy.yaml", "samples:\n  add: add.csv\n", "add.csv", table.toString());
    }

    private static byte[] png() throws IOException {
        var image = new java.awt.image.BufferedImage(16, 16, java.awt.image.BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 256; i++) image.getRaster().setSample(i % 16, i / 16, 0, i);
        var bytes = new java.io.ByteArrayOutputStream();
        javax.imageio.ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private static String id(int index) {
        return tiny.base().ids().get(index);
    }

    private static String table(String header, java.util.function.IntFunction<String> row) {
        StringBuilder table = new StringBuilder(header).append('\n');
        for (int i = 0; i < 20; i++) table.append(row.apply(i)).append('\n');
        return table.toString();
    }

    private static String shuffled(String table) {
        List<String> rows = new ArrayList<>(table.lines().toList());
        String header = rows.remove(0);
        Collections.shuffle(rows, new Random(1));
        return header + "\n" + String.join("\n", rows) + "\n";
    }

    /** The tiny task with other words in its file: what stood there, what stands there now, and so on. */
    private TaskPack edited(String... words) throws IOException {
        Path task = copy("edited" + String.join("", words).hashCode());
        String yaml = Files.readString(task.resolve("task.yaml"));
        for (int i = 0; i < words.length; i += 2) {
            assertTrue(yaml.contains(words[i]), words[i]);
            yaml = yaml.replace(words[i], words[i + 1]);
        }
        Files.writeString(task.resolve("task.yaml"), yaml);
        return TestTasks.task(task);
    }

    private Path copy(String name) throws IOException {
        Path to = folder.resolve(name);
        try (var files = Files.walk(TestTasks.tinyFolder())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copied = to.resolve(TestTasks.tinyFolder().relativize(file).toString());
                Files.createDirectories(copied.getParent());
                Files.copy(file, copied);
            }
        }
        return to;
    }
}
