package touchstone.evaluator.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.data.TaskPack;
import touchstone.fixtures.HostileUploads;
import touchstone.spec.job.CheckReport;
import touchstone.spec.text.Problem;

final class StrategyCheckTest {

    private static TaskPack tiny;
    private static TaskPack roman;

    @TempDir
    private Path folder;

    @BeforeAll
    static void readTasks() {
        tiny = TestTasks.tiny();
        roman = TestTasks.roman();
    }

    @Test
    void theBaselineChangesNothing() throws IOException {
        CheckReport report = StrategyCheck.check(roman, TestTasks.strategy("baseline"));
        assertEquals(List.of(), report.problems());
        assertEquals("The data as it is given", report.title());
        assertEquals(64, report.strategy().length());
        CheckReport.Diff diff = report.diff();
        assertEquals(2000, diff.base());
        assertEquals(2000, diff.trained());
        assertEquals(0, diff.added() + diff.dropped() + diff.labelsChanged() + diff.softened());
        assertEquals(Map.of(), diff.relabelled());
        assertEquals(List.of(), diff.rules());
        for (CheckReport.ClassRow row : diff.classes()) {
            assertEquals(row.before(), row.after());
            assertEquals(row.weightBefore(), row.weightAfter(), 1e-12);
            assertEquals(row.before() / 2000.0, row.weightBefore(), 1e-12);
        }
    }

    @Test
    void trueLabelsMovesExactlyWhatWasSpoiled() throws IOException {
        CheckReport.Diff diff =
                StrategyCheck.check(roman, TestTasks.strategy("true-labels")).diff();
        Map<String, Map<String, Integer>> spoiled = new TreeMap<>();
        int wrong = 0;
        Path truth = TestTasks.folder().resolve("roman-numerals/hidden/truth.csv");
        for (String line : Files.readAllLines(truth)) {
            String[] fields = line.split(",");
            if (!fields[3].equals("yes")) continue;
            wrong++;
            spoiled.computeIfAbsent(fields[2], key -> new TreeMap<>()).merge(fields[1], 1, Integer::sum);
        }
        assertEquals(spoiled, new TreeMap<>(diff.relabelled()));
        assertEquals(wrong, diff.labelsChanged());
        assertEquals(0.15 * 2000, wrong, 20, "as many as the task says");
        assertEquals(
                new CheckReport.Spend("relabel", wrong, 600.0), diff.budget().get(1));
        int before = 0;
        int after = 0;
        for (CheckReport.ClassRow row : diff.classes()) {
            before += row.before();
            after += row.after();
        }
        assertEquals(2000, before);
        assertEquals(2000, after);
    }

    @Test
    void brightenReachesTheDark() throws IOException {
        CheckReport.Diff diff =
                StrategyCheck.check(roman, TestTasks.strategy("brighten")).diff();
        CheckReport.Rule rule = diff.rules().get(0);
        assertEquals("samples.augment[0]", rule.where());
        assertEquals("brightness [5, 9] where luma < 0.25", rule.text());
        assertEquals(2000, rule.of());
        assertEquals(2000 / 3.0, rule.matches(), 40, "a third is dark");
    }

    @Test
    void whatIsKnownOnlyAsTrainingGoesIsSaidToBe() throws IOException {
        CheckReport.Diff diff =
                StrategyCheck.check(roman, TestTasks.strategy("small-loss")).diff();
        assertNull(diff.rules().get(0).matches());
        assertEquals("weights[0]", diff.rules().get(0).where());
    }

    @Test
    void droppingAndAddingAnIdAgainIsKeepingIt() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("strategy.yaml", "samples:\n  drop: drop.csv\n  add: add.csv\n");
        files.put("drop.csv", "id\nt0001\nt0002\n");
        files.put("add.csv", "id,file,label\nt0001,a.png,iv\n");
        Path strategy = TestTasks.write(folder, files);
        Files.write(strategy.resolve("a.png"), Pictures.grey(16, 200));
        CheckReport.Diff diff = sound(strategy);
        assertEquals(199, diff.trained());
        assertEquals(1, diff.dropped());
        assertEquals(0, diff.added());
        assertEquals(0, diff.labelsChanged(), "with the label that it had");
        assertEquals(0, diff.duplicates().amongNew() + diff.duplicates().withBase());
    }

    @Test
    void aSampleThatNeverWeighsAnythingIsDropped() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("strategy.yaml", "samples:\n  draw: \"if(label == 'i', 0, 1)\"\nweights:\n  - file: weights.csv\n");
        files.put("weights.csv", "id,from_epoch,weight\nt0002,1,0\nt0003,1,0\nt0003,2,1\n");
        int wanted = 0;
        for (int i = 0; i < tiny.base().size(); i++) {
            boolean first = tiny.base().labels()[i] == 0;
            if (first || tiny.base().ids().get(i).equals("t0002")) wanted++;
        }
        CheckReport report = StrategyCheck.check(tiny, TestTasks.write(folder, files));
        assertEquals(List.of(), report.problems());
        assertEquals(wanted, spent(report.diff(), "drop"));
    }

    private static double spent(CheckReport.Diff diff, String budget) {
        return diff.budget().stream()
                .filter(spend -> spend.name().equals(budget))
                .findFirst()
                .orElseThrow()
                .used();
    }

    @Test
    void budgetsCountTheEffectAndNotTheFile() throws IOException {
        StringBuilder table = new StringBuilder("id,label\n");
        for (int i = 0; i < 200; i++) {
            String given = tiny.classes().get(tiny.base().labels()[i]);
            table.append(tiny.base().ids().get(i)).append(',').append(given).append('\n');
        }
        CheckReport.Diff diff = sound(TestTasks.write(
                folder, Map.of("strategy.yaml", "labels:\n  - file: labels.csv\n", "labels.csv", table.toString())));
        assertEquals(0, diff.labelsChanged(), "200 rows that say what was said before");
        assertEquals(new CheckReport.Spend("relabel", 0, 60.0), diff.budget().get(1));
    }

    @Test
    void aLabelThatMovedByHalfIsSpent() throws IOException {
        String given = tiny.classes().get(tiny.base().labels()[0]);
        String half = softRow(tiny.base().ids().get(0), given, 0.5);
        String most =
                softRow(tiny.base().ids().get(1), tiny.classes().get(tiny.base().labels()[1]), 0.6);
        CheckReport.Diff diff = sound(TestTasks.write(
                folder,
                Map.of(
                        "strategy.yaml",
                        "labels:\n  - file: labels.csv\n",
                        "labels.csv",
                        "id,i,ii,iii,iv\n" + half + most)));
        assertEquals(1, diff.budget().get(1).used());
        assertEquals(2, diff.softened() + diff.labelsChanged());
    }

    @Test
    void smoothingSoftensAndRelabelsNobody() throws IOException {
        CheckReport.Diff diff = sound(TestTasks.write(
                folder, Map.of("strategy.yaml", "labels:\n  - {smooth: 0.2, where: \"label == 'ii'\"}\n")));
        int twos = diff.classes().get(1).before();
        assertEquals(twos, diff.softened());
        assertEquals(0, diff.labelsChanged());
        assertEquals(0, diff.budget().get(1).used());
        assertEquals(twos, diff.rules().get(0).matches());
        assertEquals((0.85 * twos) / 200, diff.classes().get(1).weightAfter(), 1e-9);
    }

    @Test
    void whatIsAddedIsCountedWithItsDuplicates() throws IOException {
        Path strategy = TestTasks.write(
                folder,
                Map.of(
                        "strategy.yaml",
                        "samples:\n  add: extra/add.csv\n",
                        "extra/add.csv",
                        "id,file,label\nn1,extra/a.png,ii\nn2,extra/a.png,iii\nn3,extra/b.png,iv\n"));
        Files.write(strategy.resolve("extra/a.png"), Pictures.grey(16, 200));
        byte[] first = java.util.Arrays.copyOf(tiny.base().images(), 256);
        Files.write(strategy.resolve("extra/b.png"), Pictures.of(16, first));
        CheckReport.Diff diff = sound(strategy);
        assertEquals(3, diff.added());
        assertEquals(203, diff.trained());
        assertEquals(1, diff.duplicates().amongNew());
        assertEquals(1, diff.duplicates().withBase());
        assertEquals(
                List.of(new CheckReport.Pair("n2", "n1", true), new CheckReport.Pair("n3", "t0001", true)),
                diff.duplicates().examples());
        assertEquals(new CheckReport.Spend("add", 3, 50.0), diff.budget().get(0));
    }

    @Test
    void aFileThatLiesInAFolderIsNamed() throws IOException {
        Path strategy = TestTasks.write(
                folder,
                Map.of(
                        "strategy.yaml", "samples:\n  add: extra/add.csv\n",
                        "extra/add.csv", "id,file,label\nn1,a.png,ii\n"));
        Files.write(strategy.resolve("extra/a.png"), Pictures.grey(16, 200));
        assertEquals(
                List.of(Problem.at("extra/add.csv", 2, 4, "the archive has no file 'a.png'", "write 'extra/a.png'")),
                StrategyCheck.check(tiny, strategy).problems());
    }

    @Test
    void weightsMoveTheMassOfTheirClass() throws IOException {
        CheckReport.Diff diff = sound(TestTasks.write(
                folder, Map.of("strategy.yaml", "weights:\n  - value: \"max_class_count / class_count\"\n")));
        for (CheckReport.ClassRow row : diff.classes()) assertEquals(0.25, row.weightAfter(), 1e-9);
    }

    @Test
    void nearDuplicatesAreFoundAndWhatIsMendedIsNone() throws IOException {
        Path strategy = TestTasks.write(
                folder,
                Map.of(
                        "strategy.yaml", "samples:\n  add: add.csv\n  replace: replace.csv\n",
                        "add.csv", "id,file,label\nn1,a.png,ii\nn2,b.png,ii\n",
                        "replace.csv", "id,file\nt0002,c.png\n"));
        byte[] gradient = new byte[256];
        for (int i = 0; i < 256; i++) gradient[i] = (byte) (i % 16 * (i / 16 % 2 == 0 ? 3 : 7));
        Files.write(strategy.resolve("a.png"), Pictures.of(16, gradient));
        gradient[0] = 1;
        Files.write(strategy.resolve("b.png"), Pictures.of(16, gradient));
        byte[] mended = java.util.Arrays.copyOfRange(tiny.base().images(), 256, 512);
        mended[100] ^= 1;
        Files.write(strategy.resolve("c.png"), Pictures.of(16, mended));
        CheckReport.Diff diff = sound(strategy);
        assertEquals(1, diff.replaced());
        assertEquals(0, diff.duplicates().amongNew() + diff.duplicates().withBase());
        assertEquals(1, diff.duplicates().nearAmongNew());
        assertTrue(diff.duplicates().examples().contains(new CheckReport.Pair("n2", "n1", false)));
        assertFalse(
                diff.duplicates().examples().contains(new CheckReport.Pair("t0002", "t0002", false)),
                "near the image that it mends");
    }

    @Test
    void softLabelsAreMeasuredInBits() throws IOException {
        CheckReport.Diff diff = sound(TestTasks.write(
                folder,
                Map.of(
                        "strategy.yaml", "labels:\n  - file: labels.csv\n",
                        "labels.csv", "id,i,ii,iii,iv\nt0001,0.25,0.25,0.25,0.25\nt0002,0.5,0.5,0,0\n")));
        assertEquals(0, diff.entropy().before());
        assertEquals((2 + 1) / 200.0, diff.entropy().after(), 1e-12);
        assertEquals(2, diff.entropy().soft());
    }

    @Test
    void theCourseIsToldByRangesOfEpochs() throws IOException {
        StringBuilder table = new StringBuilder("id,from_epoch,weight\n");
        int epochs = tiny.file().recipe().epochs();
        for (int i = 0; i < 200; i++) {
            if (tiny.base().labels()[i] == 0)
                table.append(tiny.base().ids().get(i)).append(",3,0\n");
        }
        CheckReport.Diff diff = sound(TestTasks.write(
                folder,
                Map.of(
                        "strategy.yaml",
                        "weights:\n  - file: w.csv\n  - value: \"if(loss_rank > 0.5, 0, 1)\"\n",
                        "w.csv",
                        table.toString())));
        List<CheckReport.Range> ranges = diff.course().ranges();
        assertEquals(List.of("weights[1]"), diff.course().unknown());
        assertEquals(2, ranges.size());
        assertEquals(1, ranges.get(0).from());
        assertEquals(2, ranges.get(0).to());
        assertEquals(epochs, ranges.get(1).to());
        double share = diff.classes().get(0).before() / 200.0;
        assertEquals(share, ranges.get(0).classes().get(0).weight(), 1e-9);
        assertEquals(0, ranges.get(1).classes().get(0).weight(), 1e-9);
        assertEquals(share, ranges.get(1).classes().get(0).places(), 1e-9, "it is drawn all the same");
    }

    @Test
    void whatIsAddedHasItsShareOfPlacesAndWeight() throws IOException {
        StringBuilder add = new StringBuilder("id,file,label\n");
        for (int i = 0; i < 50; i++) add.append("n").append(i).append(",a.png,ii\n");
        Path strategy = TestTasks.write(
                folder,
                Map.of(
                        "strategy.yaml",
                        "samples:\n  add: add.csv\n  draw: \"if(added > 0, 2, 1)\"\nweights:\n  - value: \"if(added > 0, 1000, 1)\"\n",
                        "add.csv",
                        add.toString()));
        Files.write(strategy.resolve("a.png"), Pictures.grey(16, 200));
        CheckReport.Range range = sound(strategy).course().ranges().getFirst();
        assertEquals(100 / 300.0, range.addedPlaces(), 1e-9);
        assertEquals(0.5, range.addedWeight(), 1e-9, "half at most");
        assertEquals(
                1,
                range.classes().stream().mapToDouble(CheckReport.Share::weight).sum(),
                1e-9);
    }

    @Test
    void whatChangesEachEpochIsToldInEightRangesAtMost() throws IOException {
        CheckReport.Diff diff = sound(TestTasks.write(
                folder, Map.of("strategy.yaml", "samples:\n  draw: \"if(label == 'i', 1 + progress, 1)\"\n")));
        int epochs = tiny.file().recipe().epochs();
        List<CheckReport.Range> ranges = diff.course().ranges();
        assertEquals(Math.min(8, epochs), ranges.size());
        assertEquals(1, ranges.getFirst().from());
        assertEquals(epochs, ranges.getLast().to());
        for (int k = 1; k < ranges.size(); k++) {
            assertEquals(ranges.get(k - 1).to() + 1, ranges.get(k).from());
            assertTrue(ranges.get(k).classes().getFirst().places()
                    > ranges.get(k - 1).classes().getFirst().places());
        }
    }

    @Test
    void tablesAreRulesWithTheirReach() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        files.put(
                "strategy.yaml",
                "samples:\n  drop: drop.csv\n  draw: {file: draw.csv}\nlabels:\n  - file: labels.csv\nweights:\n  - file: w.csv\n");
        files.put("drop.csv", "id\nt0001\nt0002\n");
        files.put("draw.csv", "id,from_epoch,rate\nt0001,1,2\nt0003,1,2\nt0003,2,3\n");
        files.put(
                "labels.csv",
                "id,label\nt0003," + tiny.classes().get(tiny.base().labels()[2]) + "\nt0001,ii\n");
        files.put("w.csv", "id,weight\nt0003,2\nt0004,2\n");
        assertEquals(
                List.of(
                        new CheckReport.Rule("samples.drop", "drop.csv", 2, 200),
                        new CheckReport.Rule("samples.draw", "draw.csv", 1, 198),
                        new CheckReport.Rule("labels[0]", "labels.csv", 0, 198),
                        new CheckReport.Rule("weights[0]", "w.csv", 2, 198)),
                sound(TestTasks.write(folder, files)).rules());
    }

    @Test
    void aConditionOnTheEpochReachesWhomItHoldsForInSomeEpoch() throws IOException {
        CheckReport.Diff diff = sound(TestTasks.write(folder, Map.of("strategy.yaml", """
                samples:
                  augment:
                    - {flip: horizontal, where: "epoch > 1 and label == 'i'"}
                    - {flip: horizontal, where: "epoch > epochs"}
                    - {flip: horizontal, where: "progress == 1 or loss > 1"}
                """)));
        assertEquals(diff.classes().get(0).before(), diff.rules().get(0).matches());
        assertEquals(0, diff.rules().get(1).matches());
        assertNull(diff.rules().get(2).matches());
    }

    @Test
    void theArchiveIsSpentAsWell() throws IOException {
        CheckReport.Diff diff =
                StrategyCheck.check(roman, TestTasks.strategy("brighten")).diff();
        CheckReport.Spend spend = diff.budget().getLast();
        assertEquals("archive-mb", spend.name());
        assertEquals(Files.size(TestTasks.strategy("brighten")) / 1e6, spend.used(), 1e-12);
        int limit = tiny.file().budget().archiveMegabytes();
        byte[] large = HostileUploads.padded(limit * 1_000_000);
        Path zip = Files.write(folder.resolve("large.zip"), large);
        assertEquals(
                List.of(Problem.of(
                        null,
                        "the archive has " + large.length + " bytes",
                        "at most " + limit + " MB of 1,000,000 bytes: more is not in the task's budget")),
                StrategyCheck.check(tiny, zip).problems());
    }

    @Test
    void staticNumbersAreFiniteAndNotAllZero() throws IOException {
        assertEquals(
                List.of("weights[0]: 'log(0 - luma)' is NaN for sample 't0001'"),
                messages("weights:\n  - value: \"log(0 - luma)\"\n"));
        assertEquals(
                List.of("labels[0]: 'log(0 - luma)' is NaN for sample 't0001'"),
                messages("labels:\n  - {toward: prediction, amount: \"log(0 - luma)\"}\n"));
        assertEquals(
                List.of("labels[0]: '1 / 0' is Infinity for sample 't0001'"),
                messages("labels:\n  - {smooth: \"1 / 0\", where: \"epoch > 2\"}\n"));
        assertEquals(
                List.of("weights[0] is 0 for every sample", "samples.draw is 0 for every sample"),
                messages("samples:\n  draw: \"0 * luma\"\nweights:\n  - value: 0\n").stream()
                        .sorted(java.util.Comparator.reverseOrder())
                        .toList());
    }

    @Test
    void nothingLeftIsNoTrainingSet() throws IOException {
        StringBuilder all = new StringBuilder("id\n");
        tiny.base().ids().forEach(id -> all.append(id).append('\n'));
        Path strategy = TestTasks.write(
                folder, Map.of("strategy.yaml", "samples:\n  drop: drop.csv\n", "drop.csv", all.toString()));
        assertEquals(
                List.of(Problem.of(null, "nothing is left to train on", "drop less")),
                StrategyCheck.check(tiny, strategy).problems());
    }

    @Test
    void theDigestNamesWhatIsRead() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("strategy.yaml", "weights:\n  - file: w.csv\n");
        files.put("w.csv", "id,weight\nt0001,2\n");
        String digest = StrategyCheck.check(tiny, TestTasks.write(folder.resolve("a"), files))
                .strategy();
        files.put("notes.txt", "nobody reads this");
        assertEquals(
                digest,
                StrategyCheck.check(tiny, TestTasks.write(folder.resolve("b"), files))
                        .strategy());
        files.put("w.csv", "id,weight\nt0001,3\n");
        assertNotEquals(
                digest,
                StrategyCheck.check(tiny, TestTasks.write(folder.resolve("c"), files))
                        .strategy());
    }

    private List<String> messages(String rules) throws IOException {
        return StrategyCheck.check(tiny, TestTasks.write(folder, Map.of("strategy.yaml", rules))).problems().stream()
                .map(Problem::message)
                .toList();
    }

    private static CheckReport.Diff sound(Path strategy) throws IOException {
        CheckReport report = StrategyCheck.check(tiny, strategy);
        assertEquals(List.of(), report.problems());
        return report.diff();
    }

    private static String softRow(String id, String given, double kept) {
        StringBuilder row = new StringBuilder(id);
        boolean rest = false;
        for (String name : tiny.classes()) {
            double share = name.equals(given) ? kept : rest ? 0 : 1 - kept;
            if (!name.equals(given)) rest = true;
            row.append(',').append(share);
        }
        return row.append('\n').toString();
    }
}
