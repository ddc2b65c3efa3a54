package touchstone.evaluator.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.job.CheckReport;
import touchstone.spec.text.Problem;

/** Whatever a strategy calls it: what training gets next to nothing of is dropped, what it gets under another class relabelled. */
final class BudgetTest {

    private static final Path COOKBOOK = Path.of("..", "fixtures", "strategies", "cookbook");

    @TempDir
    private static Path tasks;

    /** The task tiny with 24 epochs, and nothing or 150 samples to drop and to relabel. */
    private static TaskPack strict;

    private static TaskPack lenient;
    private static TaskPack imbalanced;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeTasks() throws IOException {
        strict = task("strict", 0, 24);
        lenient = task("lenient", 150, 24);
        imbalanced = imbalanced();
    }

    /** As strict, with 147, 40, 10 and 3 samples of the classes. */
    private static TaskPack imbalanced() throws IOException {
        Path labels = tiny("imbalanced", 0, 24).resolve("train-labels.idx");
        byte[] idx = Files.readAllBytes(labels);
        for (int i = 0; i < 200; i++) idx[idx.length - 200 + i] = (byte) (i < 147 ? 0 : i < 187 ? 1 : i < 197 ? 2 : 3);
        Files.write(labels, idx);
        return TestTasks.task(labels.getParent());
    }

    private static TaskPack task(String name, int limit, int epochs) throws IOException {
        TaskPack pack = TestTasks.task(tiny(name, limit, epochs));
        assertEquals(limit, pack.file().budget().drop());
        assertEquals(limit, pack.file().budget().relabel());
        assertEquals(epochs, pack.file().recipe().epochs());
        return pack;
    }

    private static Path tiny(String name, int limit, int epochs) throws IOException {
        Path tiny = TestTasks.tinyFolder();
        Path copy = tasks.resolve(name);
        try (Stream<Path> files = Files.walk(tiny)) {
            for (Path file : files.toList()) {
                Path to = copy.resolve(tiny.relativize(file).toString());
                if (Files.isDirectory(file)) Files.createDirectories(to);
                else Files.copy(file, to);
            }
        }
        Path yaml = copy.resolve("task.yaml");
        Files.writeString(
                yaml,
                Files.readString(yaml)
                        .replace("epochs: 4", "epochs: " + epochs)
                        .replace("relabel: 60, drop: all", "relabel: %d, drop: %d".formatted(limit, limit)));
        return copy;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weights:\n  - value: \"if(epoch >= 1 and my.bad == 1, 0, 1)\"\n",
                "weights:\n  - value: \"if(progress >= 0 and my.bad == 1, 0, 1)\"\n",
                "weights:\n  - value: \"if(epoch == epochs, 1, 1 - my.bad)\"\n",
                "weights:\n  - value: \"if(my.bad == 1, 1e-30, 1)\"\n",
                "weights:\n  - value: \"if(my.bad == 1, 0.2, 1)\"\n  - value: \"if(epochs > 1 and my.bad == 1, 0.1, 1)\"\n",
                "samples:\n  draw: \"if(my.bad == 1, 1e-30, 1)\"\n",
                "samples:\n  draw: \"if(epoch >= 1 and my.bad == 1, 0, 1)\"\n",
                "samples:\n  draw: \"if(my.bad == 1, 0.2, 1)\"\nweights:\n  - value: \"if(my.bad == 1, 0.1, 1)\"\n",
                "samples:\n  draw: \"if(epoch > 12, 1 - my.bad, 1)\"\nweights:\n  - value: \"if(epoch > 12, 1, 1 - my.bad)\"\n",
                "samples:\n  draw: {file: rates.csv}\n",
                "weights:\n  - file: weights.csv\n",
                "weights:\n  - value: \"if(my.bad == 1 and loss >= 0, 0, 1)\"\n",
                "weights:\n  - value: \"if(my.bad == 1 and top_probability < 2, 0, 1)\"\n",
                "samples:\n  draw: \"if(my.bad == 1, 0 * confidence, 1)\"\n"
            })
    void whatGetsNextToNothingIsDropped(String rules) throws IOException {
        assertSpent("drop", "drops", rules);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "labels:\n  - {smooth: 1, where: \"my.bad == 1\"}\n",
                "labels:\n  - {smooth: \"if(epoch >= 1, 1, 1)\", where: \"my.bad == 1\"}\n",
                "labels:\n  - {smooth: 1, where: \"my.bad == 1 and progress >= 0\"}\n",
                "labels:\n  - {smooth: 1, where: \"my.bad == 1 and loss >= 0\"}\n",
                "labels:\n  - {smooth: 1, where: \"my.bad == 1 and epoch > 4\"}\n",
                "labels:\n  - {smooth: \"0.5 * my.bad\", where: \"epoch > 0\"}\n  - {smooth: \"0.5 * my.bad\"}\n",
                "labels:\n  - {smooth: 1, where: \"my.bad == 1 and epoch > 14\"}\nweights:\n  - value: \"if(epoch > 14 or my.bad == 0, 1, 0.1)\"\n"
            })
    void whatIsTrainedOnUnderNoClassIsRelabelled(String rules) throws IOException {
        assertSpent("relabel", "relabels", rules);
    }

    @Test
    void aCopyUnderAnotherLabelOfWhatIsDroppedByWeightIsRelabelled() throws IOException {
        String other = lenient.classes().get(1 - Math.min(1, lenient.base().labels()[0]));
        for (String weight : List.of("0", "0.01", "1")) {
            Map<String, String> files = Map.of(
                    "strategy.yaml", "samples:\n  add: add.csv\nweights:\n  - file: weights.csv\n",
                    "weights.csv", "id,weight\nt0001," + weight + "\n",
                    "add.csv", "id,file,label\nmine,a.png," + other + "\n");
            Path strategy = TestTasks.write(folder, files);
            Files.write(
                    strategy.resolve("a.png"),
                    Pictures.of(16, Arrays.copyOf(lenient.base().images(), 256)));
            int spent = weight.equals("1") ? 0 : 1;
            var budget = StrategyCheck.check(lenient, strategy).diff().budget();
            assertEquals(
                    List.of(1.0, (double) spent, (double) spent),
                    budget.subList(0, 3).stream().map(CheckReport.Spend::used).toList(),
                    "added, relabelled, dropped with a weight of " + weight);
        }
    }

    /** Half of the 200 samples: too many of none, and within 150. */
    private void assertSpent(String name, String verb, String rules) throws IOException {
        Path strategy = strategy(rules);
        assertEquals(
                List.of(Problem.of(
                        "strategy.yaml",
                        "the strategy " + verb + " 100 samples",
                        "at most 0: more is not in the task's budget")),
                StrategyCheck.check(strict, strategy).problems());
        CheckReport report = StrategyCheck.check(lenient, strategy);
        assertEquals(List.of(), report.problems());
        for (CheckReport.Spend spend : report.diff().budget().subList(0, 4)) {
            assertEquals(spend.name().equals(name) ? 100 : 0, spend.used(), spend.name());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "samples:\n  draw: \"sqrt(max_class_count / class_count)\"\nweights:\n  - value: \"max_class_count / class_count\"\n",
                "weights:\n  - value: \"if(my.bad == 1, 0.1, 1)\"\n",
                "weights:\n  - value: \"if(epoch > 3 and my.bad == 1, 0, 1)\"\n",
                "weights:\n  - value: \"if(rank(luma) <= progress, 1, 0)\"\n",
                "weights:\n  - value: \"if(class_rank(luma) < 0.03, 1, 0)\"\n",
                "weights:\n  - value: \"if(epoch > 2 and loss_rank > 0.5, 0, 1)\"\n",
                "weights:\n  - value: \"if(loss_rank > 0.2, 0, 1)\"\n",
                "weights:\n  - value: \"if(my.bad == 1 and loss_rank > 0.5, 0, 1)\"\n",
                "weights:\n  - value: \"pow(1 - confidence, 2)\"\n",
                "weights:\n  - value: \"if(epoch > 10 and times_correct == 0, 0, 1)\"\n",
                "labels:\n  - {smooth: 0.3, where: \"margin < 0\"}\n",
                "labels:\n  - {smooth: 0.6, where: \"epoch > 0\"}\n",
                "labels:\n  - {smooth: \"1 - progress\"}\n",
                "labels:\n  - {toward: predicted, amount: 1, where: \"epoch > 2\"}\n  - {smooth: 0.1}\n"
            })
    void whatStillTeachesIsFree(String rules) throws IOException {
        assertFree(strict, strategy(rules));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weights:\n  - value: \"max_class_count / class_count\"\n",
                "weights:\n  - value: \"(1 - 0.999) / (1 - pow(0.999, class_count))\"\n",
                "weights:\n  - value: \"if(progress >= 0.8, (1 - 0.9999) / (1 - pow(0.9999, class_count)), 1)\"\n",
                "samples:\n  draw: \"sqrt(max_class_count / class_count)\"\n",
                "samples:\n  draw: \"max_class_count / class_count\"\n"
            })
    void balancingClassesOfOneToFiftyIsFree(String rules) throws IOException {
        assertFree(imbalanced, strategy(rules));
    }

    @ParameterizedTest
    @MethodSource("cookbook")
    void knownIdeasAreFree(String name) throws IOException {
        assertFree(strict, COOKBOOK.resolve(name));
    }

    static List<String> cookbook() throws IOException {
        try (Stream<Path> folders = Files.list(COOKBOOK)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private static void assertFree(TaskPack task, Path strategy) throws IOException {
        CheckReport report = StrategyCheck.check(task, strategy);
        assertEquals(List.of(), report.problems());
        for (CheckReport.Spend spend : report.diff().budget().subList(0, 4))
            assertEquals(0, spend.used(), spend.name());
    }

    @Test
    void ofVeryManyEpochsEnoughAreLookedAt() throws IOException {
        TaskPack longest = task("longest", 150, 1_000);
        assertEquals(100, dropped(longest, "weights:\n  - value: \"if(epoch > 20 and my.bad == 1, 0, 1)\"\n"));
        assertEquals(0, dropped(longest, "weights:\n  - value: \"if(epoch > 100 and my.bad == 1, 0, 1)\"\n"));
    }

    private double dropped(TaskPack task, String rules) throws IOException {
        return StrategyCheck.check(task, strategy(rules)).diff().budget().get(2).used();
    }

    /** Where {@code my.bad} is 1 for every other sample; the tables leave those out from the second epoch on. */
    private Path strategy(String rules) {
        StringBuilder columns = new StringBuilder("id,bad\n");
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            String id = strict.base().ids().get(i);
            columns.append(id).append(',').append(i % 2).append('\n');
            if (i % 2 == 1) rows.append(id).append(",2,0\n");
        }
        Map<String, String> files = new HashMap<>();
        files.put("strategy.yaml", "columns: mine.csv\n" + rules);
        files.put("mine.csv", columns.toString());
        files.put("weights.csv", "id,from_epoch,weight\n" + rows);
        files.put("rates.csv", "id,from_epoch,rate\n" + rows);
        return TestTasks.write(folder, files);
    }
}
