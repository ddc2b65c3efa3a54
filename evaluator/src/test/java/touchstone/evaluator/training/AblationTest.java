package touchstone.evaluator.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.check.StrategyCheck;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.strategy.Strategy.Part;
import touchstone.spec.task.TaskFile;
import touchstone.spec.text.Problems;

/** Leaving a part of a strategy out is training a strategy that was written without it, bit for bit. */
final class AblationTest {
    private static final Map<Part, String> PARTS = Map.of(Part.SAMPLES, """
            samples:
              drop: drop.csv
              add: add.csv
              draw: {file: draw.csv}
              augment:
                - {translate: 2}
            """, Part.LABELS, """
            labels:
              - file: labels.csv
              - {toward: prediction, amount: "my.trust * progress"}
            """, Part.WEIGHTS, """
            weights:
              - file: weights.csv
              - value: "if(loss_rank > 0.9, 0.2, 1 + my.trust)"
            """);

    private static final Training.Listener DEAF = new Training.Listener() {
        @Override
        public void step(int epoch, int step, int steps) {}

        @Override
        public void epoch(CurvePoint point) {}
    };

    private static NumericEngine engine;
    private static TaskPack tiny;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        engine = NumericEngine.start(new TaskFile.Device("cpu", 1));
        tiny = TestTasks.tiny();
    }

    @Test
    void everyPartLeftOutIsAsIfItHadNotBeenWritten() throws IOException {
        Path whole = written(null);
        String digest = set(whole, null).digest();
        Set<String> weights = new HashSet<>(Set.of(trained(set(whole, null))));
        for (Part part : Part.values()) {
            TrainingSet set = set(whole, part);
            String left = trained(set);
            assertEquals(trained(TestTasks.set(tiny, written(part))), left, part.word());
            assertTrue(weights.add(left), part.word() + " changes nothing");
            assertEquals(digest, set.digest(), "it is the same strategy");
        }
    }

    /** Half of the samples whose labels are moved are dropped; without the drops more are moved than the task allows. */
    @Test
    void theBudgetIsTheWholeStrategys() throws IOException {
        Problems problems = new Problems();
        assertTrue(StrategyCheck.read(tiny, written(null), problems).isPresent(), () -> told(problems));
        assertTrue(StrategyCheck.read(tiny, written(Part.SAMPLES), problems).isEmpty());
        assertTrue(told(problems).contains("relabels"), told(problems));
    }

    @Test
    void aPartThatIsNotThereCannotBeLeftOut() throws IOException {
        Problems problems = new Problems();
        assertFalse(StrategyCheck.read(tiny, written(Part.LABELS), Part.LABELS, problems)
                .isPresent());
        assertTrue(told(problems).contains("there is no part 'labels' to leave out"), told(problems));
    }

    private TrainingSet set(Path strategy, @Nullable Part without) throws IOException {
        Problems problems = new Problems();
        Optional<TrainingSet> set = StrategyCheck.read(tiny, strategy, without, problems);
        return set.orElseThrow(() -> new AssertionError(told(problems)));
    }

    private static String told(Problems problems) {
        return problems.list().toString();
    }

    private static String trained(TrainingSet set) {
        Training.Outcome outcome = new Training(tiny, set, 1, engine).run(DEAF);
        return assertInstanceOf(Training.Outcome.Trained.class, outcome)
                .weights()
                .digest();
    }

    /** Its tables name the added sample where the samples are there. */
    private Path written(@Nullable Part without) throws IOException {
        StringBuilder yaml = new StringBuilder("columns: columns.csv\n");
        for (Part part : Part.values()) if (part != without) yaml.append(PARTS.get(part));
        boolean adds = without != Part.SAMPLES;
        Map<String, String> files = new LinkedHashMap<>();
        files.put("strategy.yaml", yaml.toString());
        files.put("columns.csv", table("id,trust", 100, ",0.3", adds ? "added,0.5" : ""));
        files.put("drop.csv", table("id", 50, "", ""));
        files.put("add.csv", "id,file,label\nadded,a.png,ii\n");
        files.put("draw.csv", table("id,rate", 70, ",2", "added,3"));
        files.put("labels.csv", table("id,label", 100, ",ii", adds ? "added,iii" : ""));
        files.put("weights.csv", table("id,weight", 90, ",0.5", adds ? "added,2" : ""));
        Path made = TestTasks.write(Files.createTempDirectory(folder, "strategy"), files);
        var image = new java.awt.image.BufferedImage(16, 16, java.awt.image.BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 256; i++) image.getRaster().setSample(i % 16, i / 16, 0, i);
        javax.imageio.ImageIO.write(image, "png", made.resolve("a.png").toFile());
        return made;
    }

    private static String table(String header, int rows, String cells, String last) {
        List<String> ids = tiny.base().ids();
        return IntStream.range(0, rows)
                .mapToObj(i -> ids.get(i) + cells + "\n")
                .collect(Collectors.joining("", header + "\n", last.isEmpty() ? "" : last + "\n"));
    }
}
