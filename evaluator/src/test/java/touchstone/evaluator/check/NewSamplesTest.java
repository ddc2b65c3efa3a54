package touchstone.evaluator.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.data.Npy;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.strategy.StrategyReader;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Images, labels, rates and columns that a strategy brings along. */
final class NewSamplesTest {

    private static TaskPack tiny;

    @TempDir
    private Path folder;

    @BeforeAll
    static void readTask() {
        tiny = TestTasks.tiny();
    }

    @Test
    void nothingNewCopiesNothing() throws IOException {
        TrainingSet set = sound(Map.of("strategy.yaml", ""), Map.of());
        assertTrue(set.images().isBase());
        assertSame(tiny.base().images(), set.images().base());
        assertEquals(0, set.images().fresh().length);
    }

    @Test
    void anArrayHoldsImagesInEachOrderOfItsAxes() throws IOException {
        byte[] pixels = new byte[256];
        for (int i = 0; i < 256; i++) pixels[i] = (byte) i;
        byte[] two = Arrays.copyOf(pixels, 512);
        Arrays.fill(two, 256, 512, (byte) 9);
        for (int[] shape : List.of(new int[] {2, 16, 16}, new int[] {2, 1, 16, 16}, new int[] {2, 16, 16, 1})) {
            TrainingSet set = sound(
                    Map.of(
                            "strategy.yaml", "samples:\n  add: {images: x.npy, table: add.csv}\n",
                            "add.csv", "id,index,label\nn2,0,ii\nn1,1,i\n"),
                    Map.of("x.npy", Npy.write(Npy.ofBytes(two, shape))));
            assertEquals(List.of("n1", "n2"), set.ids().subList(200, 202));
            assertArrayEquals(pixels, set.images().image(201));
            assertEquals(9, set.images().image(200)[17]);
        }
    }

    @Test
    void anImageOfAnArrayIsKeptOnceHoweverManyRowsNameIt() throws IOException {
        TrainingSet set = sound(
                Map.of(
                        "strategy.yaml",
                        "samples:\n  add: {images: x.npy, table: add.csv}\n  replace: {images: y.npy, table: replace.csv}\n",
                        "add.csv",
                        "id,index,label\nn1,0,i\nn2,0,ii\nn3,0,iii\n",
                        "replace.csv",
                        "id,index\nt0001,0\nt0002,0\n"),
                Map.of("x.npy", filled(1), "y.npy", filled(2)));
        assertEquals(2 * 256, set.images().fresh().length);
        for (int sample : new int[] {200, 201, 202})
            assertEquals(1, set.images().image(sample)[0]);
        for (int sample : new int[] {0, 1}) assertEquals(2, set.images().image(sample)[0]);
    }

    private static byte[] filled(int level) {
        byte[] pixels = new byte[256];
        Arrays.fill(pixels, (byte) level);
        return Npy.write(Npy.ofBytes(pixels, 1, 16, 16));
    }

    @Test
    void aBaseSampleThatComesBackBringsNoImage() throws IOException {
        Map<String, String> files = Map.of(
                "strategy.yaml", "samples:\n  drop: drop.csv\n  add: add.csv\n",
                "drop.csv", "id\nt0001\n",
                "add.csv", "id,file,label\nt0001,a.png,i\n");
        assertEquals(
                0,
                sound(files, Map.of("a.png", Pictures.grey(16, 200))).images().fresh().length);
        assertEquals(
                List.of(Problem.at("add.csv", 2, 7, "the archive has no file 'a.png'", "add the file to the archive")),
                problems(files, Map.of()),
                "but it is there");
    }

    @Test
    void coloursLastAreMadeGreyAndSized() throws IOException {
        byte[] red = new byte[32 * 32 * 3];
        for (int p = 0; p < red.length; p += 3) red[p] = (byte) 200;
        TrainingSet set = sound(
                Map.of(
                        "strategy.yaml", "samples:\n  add: {images: x.npy, table: add.csv}\n",
                        "add.csv", "id,index,label\nn1,0,i\n"),
                Map.of("x.npy", Npy.write(Npy.ofBytes(red, 1, 32, 32, 3))));
        byte[] wanted = new byte[256];
        Arrays.fill(wanted, (byte) 60);
        assertArrayEquals(wanted, set.images().image(200), "0.299 of 200");
    }

    @Test
    void anArrayIsJudgedByItsHeader() throws IOException {
        Map<String, String> files = Map.of(
                "strategy.yaml", "samples:\n  add: {images: x.npy, table: add.csv}\n",
                "add.csv", "id,index,label\nn1,0,i\n");
        String shapes = "unsigned bytes [n, height, width], [n, 1 or 3, height, width] or [n, height, width, 1 or 3]";
        assertEquals(
                List.of(Problem.of("x.npy", "the array is [1, 256] of |u1", shapes)),
                problems(files, Map.of("x.npy", Npy.write(Npy.ofBytes(new byte[256], 1, 256)))));
        assertEquals(
                List.of(Problem.of("x.npy", "the array is [1, 3, 4, 3] of |u1", shapes)),
                problems(files, Map.of("x.npy", Npy.write(Npy.ofBytes(new byte[36], 1, 3, 4, 3)))),
                "two ways to read it");
        assertEquals(
                List.of(Problem.of("x.npy", "the array is [2] of <i4", shapes)),
                problems(files, Map.of("x.npy", Npy.write(Npy.ofInts(new int[] {1, 2})))));
        assertEquals(
                List.of(Problem.of(
                        "x.npy", "the array holds 51 images", "at most 50: more is not in the task's budget")),
                problems(files, Map.of("x.npy", Npy.write(Npy.ofBytes(new byte[51], 51, 1, 1)))));
        byte[] lie = Npy.write(new Npy("|u1", new int[] {50, 2048, 2048}, new byte[100]));
        assertEquals(
                List.of(Problem.of("x.npy", "the array needs 209715200 bytes, found 100", "save it with numpy.save")),
                problems(files, Map.of("x.npy", lie)));
        assertEquals(
                List.of(Problem.of("x.npy", "the images are 4194305 x 1 pixels", "1 to 4194304 pixels")),
                problems(files, Map.of("x.npy", Npy.write(new Npy("|u1", new int[] {1, 1, 4_194_305}, new byte[0])))));
        assertEquals(
                List.of(Problem.of("x.npy", "this is not a .npy file", "save it with numpy.save")),
                problems(files, Map.of("x.npy", new byte[300])));
    }

    @Test
    void aPositionBeyondTheArrayIsTold() throws IOException {
        assertEquals(
                List.of(Problem.at("add.csv", 2, 4, "the array has no image 1", "count from 0 to 0")),
                problems(
                        Map.of(
                                "strategy.yaml", "samples:\n  add: {images: x.npy, table: add.csv}\n",
                                "add.csv", "id,index,label\nn1,1,i\n"),
                        Map.of("x.npy", Npy.write(Npy.ofBytes(new byte[256], 1, 16, 16)))));
    }

    @Test
    void aReplacedSampleKeepsItsIdentityAndLabel() throws IOException {
        Map<String, String> files =
                Map.of("strategy.yaml", "samples:\n  replace: replace.csv\n", "replace.csv", "id,file\nt0002,a.png\n");
        TrainingSet set = sound(files, Map.of("a.png", Pictures.grey(16, 200)));
        assertEquals(200, set.size());
        assertTrue(set.isReplaced(1));
        assertFalse(set.isAdded(1));
        assertEquals("t0002", set.ids().get(1));
        assertEquals(1, set.labels()[1][tiny.base().labels()[1]]);
        assertEquals(200 / 255.0, set.columns().get("luma")[1], 1e-9, "its image is measured as it is now");
        assertEquals(0, set.columns().get("added")[1]);
        byte[] wanted = new byte[256];
        Arrays.fill(wanted, (byte) 200);
        assertArrayEquals(wanted, set.images().image(1));
        assertArrayEquals(Arrays.copyOf(tiny.base().images(), 256), set.images().image(0));
    }

    @Test
    void replacingAnImageWithItselfReplacesNothing() throws IOException {
        byte[] own = Arrays.copyOfRange(tiny.base().images(), 256, 512);
        TrainingSet set = sound(
                Map.of("strategy.yaml", "samples:\n  replace: replace.csv\n", "replace.csv", "id,file\nt0002,a.png\n"),
                Map.of("a.png", Pictures.of(16, own)));
        assertFalse(set.isReplaced(1));
        assertTrue(set.images().isBase());
    }

    @Test
    void aReplacementForADroppedSampleSaysNothing() throws IOException {
        TrainingSet set = sound(
                Map.of(
                        "strategy.yaml", "samples:\n  drop: drop.csv\n  replace: replace.csv\n",
                        "drop.csv", "id\nt0001\n",
                        "replace.csv", "id,file\nt0001,nowhere.png\nt0002,a.png\n"),
                Map.of("a.png", Pictures.grey(16, 200)));
        assertEquals(199, set.size());
        assertTrue(set.isReplaced(0));
    }

    @Test
    void moreReplacementsThanTheBudgetHasAreTold() throws IOException {
        StringBuilder table = new StringBuilder("id,file\n");
        for (int i = 0; i < 51; i++) table.append(tiny.base().ids().get(i)).append(",a.png\n");
        assertEquals(
                List.of(Problem.of(
                        "strategy.yaml",
                        "the strategy replaces 51 samples",
                        "at most 50: more is not in the task's budget")),
                problems(
                        Map.of("strategy.yaml", "samples:\n  replace: replace.csv\n", "replace.csv", table.toString()),
                        Map.of("a.png", Pictures.grey(16, 200))));
    }

    @Test
    void namingAnImageThatStaysSpendsNothing() throws IOException {
        StringBuilder table = new StringBuilder("id,index\n");
        byte[] images = Arrays.copyOf(tiny.base().images(), 51 * 256);
        for (int i = 0; i < 51; i++) {
            table.append(tiny.base().ids().get(i)).append(',').append(i).append('\n');
            if (i > 0) images[256 * i] ^= 1;
        }
        Map<String, String> files = Map.of(
                "strategy.yaml",
                "samples:\n  replace: {images: x.npy, table: replace.csv}\n",
                "replace.csv",
                table.toString());
        TrainingSet set = sound(files, Map.of("x.npy", Npy.write(Npy.ofBytes(images, 51, 16, 16))));
        assertFalse(set.isReplaced(0));
        assertTrue(set.isReplaced(50));
        assertEquals(
                List.of(Problem.of(
                        "x.npy", "the array holds 201 images", "at most 200: more is not in the task's budget")),
                problems(files, Map.of("x.npy", Npy.write(Npy.ofBytes(new byte[201 * 256], 201, 16, 16)))),
                "what is unpacked stays bounded");
    }

    @Test
    void imagesOfTheValidationSetAreRefused() throws IOException {
        byte[] image = Arrays.copyOfRange(tiny.validation().images(), 512, 768);
        String id = tiny.validation().ids().get(2);
        String instead = "leave it out: what is measured on is not trained on";
        assertEquals(
                List.of(Problem.at("replace.csv", 2, 7, "this image is '" + id + "' of the validation set", instead)),
                problems(
                        Map.of(
                                "strategy.yaml",
                                "samples:\n  replace: replace.csv\n",
                                "replace.csv",
                                "id,file\nt0002,a.png\n"),
                        Map.of("a.png", Pictures.of(16, image))));
        assertEquals(
                List.of(Problem.at("add.csv", 2, 4, "this image is '" + id + "' of the validation set", instead)),
                problems(
                        Map.of("strategy.yaml", "samples:\n  add: add.csv\n", "add.csv", "id,file,label\nn1,a.png,i\n"),
                        Map.of("a.png", Pictures.of(16, image))));
    }

    @Test
    void anImageThatComesBackUnderAnotherLabelIsRelabelled() throws IOException {
        int other = 1;
        while (tiny.base().labels()[other] == tiny.base().labels()[0]) other++;
        byte[] first = Arrays.copyOf(tiny.base().images(), 256);
        Map<String, String> files = Map.of(
                "strategy.yaml", "samples:\n  drop: drop.csv\n  replace: replace.csv\n",
                "drop.csv", "id\nt0001\n",
                "replace.csv", "id,file\n" + tiny.base().ids().get(other) + ",a.png\n");
        Path strategy = write(files, Map.of("a.png", Pictures.of(16, first)));
        var budget = StrategyCheck.check(tiny, strategy).diff().budget();
        assertEquals(
                1,
                budget.stream()
                        .filter(spend -> spend.name().equals("relabel"))
                        .findFirst()
                        .orElseThrow()
                        .used());
        assertEquals(
                1,
                budget.stream()
                        .filter(spend -> spend.name().equals("replace"))
                        .findFirst()
                        .orElseThrow()
                        .used());
    }

    @Test
    void softLabelsMayStandInAnArray() throws IOException {
        double[] shares = new double[800];
        for (int i = 0; i < 200; i++) shares[4 * i + tiny.base().labels()[i]] = 1;
        double[] second = {0.25, 0.5, 0.125, 0.125};
        System.arraycopy(second, 0, shares, 4, 4);
        for (String kind : List.of("<f4", "<f8")) {
            TrainingSet set = sound(
                    Map.of("strategy.yaml", "labels:\n  - file: soft.npy\n"),
                    Map.of("soft.npy", array(kind, shares, 200, 4)));
            assertArrayEquals(second, set.labels()[1]);
            for (int i : List.of(0, 2, 199)) assertArrayEquals(set.given()[i], set.labels()[i]);
        }
    }

    @Test
    void softLabelsOfAnotherShapeAreTold() throws IOException {
        Map<String, String> files = Map.of("strategy.yaml", "labels:\n  - file: soft.npy\n");
        String instead = "float32 or float64 of shape [200, 4]: a row for each base sample, in order";
        assertEquals(
                List.of(Problem.of("soft.npy", "the array is [199, 4] of <f8", instead)),
                problems(files, Map.of("soft.npy", array("<f8", new double[796], 199, 4))));
        assertEquals(
                List.of(Problem.of("soft.npy", "the array is [200, 4] of |u1", instead)),
                problems(files, Map.of("soft.npy", Npy.write(Npy.ofBytes(new byte[800], 200, 4)))));
        double[] shares = new double[800];
        for (int i = 0; i < 200; i++) shares[4 * i] = 1;
        for (double wrong : new double[] {Double.NaN, -1, 0.5, 2}) {
            shares[8] = wrong;
            assertEquals(
                    List.of(Problem.of(
                            "soft.npy", "row 2 ('t0003') is no distribution", "shares from 0 to 1 that sum to 1")),
                    problems(files, Map.of("soft.npy", array("<f8", shares, 200, 4))));
        }
    }

    @Test
    void ownColumnsAreReadByRulesAndWhatHasNoneIsLeftAlone() throws IOException {
        Map<String, String> files = Map.of(
                "strategy.yaml", """
                columns: mine.csv
                samples:
                  augment:
                    - {flip: horizontal, where: "my.fold != 'a'"}
                  draw: "1 + my.score"
                labels:
                  - {smooth: my.score}
                weights:
                  - value: "3 * my.score"
                """,
                "mine.csv", "id,score,fold\nt0002,0.5,a\nt0001,,b\n");
        TrainingSet set = sound(files, Map.of());
        assertTrue(Double.isNaN(set.columns().get("my.score")[0]));
        assertEquals(1, set.labels()[0][tiny.base().labels()[0]], "no value, so not softened");
        assertEquals(0.625, set.labels()[1][tiny.base().labels()[1]], 1e-12);
        var rules = StrategyCheck.check(tiny, write(files, Map.of())).diff().rules();
        assertEquals(
                Optional.of(1), Optional.ofNullable(rules.get(1).matches()), "b of one sample; the others have none");
        for (int rule : new int[] {0, rules.size() - 1}) {
            assertEquals(Optional.of(1), Optional.ofNullable(rules.get(rule).matches()), "one sample has a score");
        }
    }

    @Test
    void aColumnThatIsNotThereIsToldWithTheNearest() throws IOException {
        assertEquals(
                List.of(Problem.at("strategy.yaml", 4, 13, "'my.scor' is not a name here", "write 'my.score'")),
                problems(
                        Map.of(
                                "strategy.yaml", "columns: mine.csv\nweights:\n  - value: \"my.scor\"\n",
                                "mine.csv", "id,score\nt0002,0.5\n"),
                        Map.of()));
    }

    @Test
    void aBrokenTableOfColumnsIsToldAlone() throws IOException {
        assertEquals(
                List.of(Problem.at(
                        "strategy.yaml", 2, 10, "the archive has no file 'mine.csv'", "add the file to the archive")),
                problems(Map.of("strategy.yaml", "columns: mine.csv\nweights:\n  - value: \"my.score\"\n"), Map.of()));
        assertEquals(
                List.of(Problem.at("mine.csv", 2, 1, "there is no sample 'x'", "ids look like 't0001'")),
                problems(
                        Map.of(
                                "strategy.yaml", "columns: mine.csv\nweights:\n  - value: \"my.score\"\n",
                                "mine.csv", "id,score\nx,0.5\n"),
                        Map.of()));
    }

    @Test
    void aTableThatLeavesNobodyIsTold() throws IOException {
        StringBuilder table = new StringBuilder("id,from_epoch,rate\n");
        for (String id : tiny.base().ids()) table.append(id).append(",2,0\n");
        assertEquals(
                List.of(Problem.of("strategy.yaml", "samples.draw is 0 for every sample from epoch 2 on", "draw some")),
                problems(
                        Map.of("strategy.yaml", "samples:\n  draw: {file: draw.csv}\n", "draw.csv", table.toString()),
                        Map.of()));
    }

    @Test
    void theDigestNamesArraysAsWell() throws IOException {
        Map<String, String> files = Map.of(
                "strategy.yaml", "samples:\n  add: {images: x.npy, table: add.csv}\n",
                "add.csv", "id,index,label\nn1,0,i\n");
        String digest = sound(files, Map.of("x.npy", Npy.write(Npy.ofBytes(new byte[256], 1, 16, 16))))
                .digest();
        byte[] other = new byte[256];
        other[0] = 1;
        assertFalse(digest.equals(sound(files, Map.of("x.npy", Npy.write(Npy.ofBytes(other, 1, 16, 16))))
                .digest()));
    }

    private TrainingSet sound(Map<String, String> texts, Map<String, byte[]> others) throws IOException {
        Problems problems = new Problems();
        Optional<TrainingSet> set = StrategyReader.read(tiny, write(texts, others), problems);
        assertEquals(List.of(), problems.list());
        return set.orElseThrow();
    }

    private List<Problem> problems(Map<String, String> texts, Map<String, byte[]> others) throws IOException {
        return StrategyCheck.check(tiny, write(texts, others)).problems();
    }

    private int written;

    private Path write(Map<String, String> texts, Map<String, byte[]> others) throws IOException {
        Path strategy = TestTasks.write(folder.resolve("strategy-" + written++), new HashMap<>(texts));
        for (var file : others.entrySet()) Files.write(strategy.resolve(file.getKey()), file.getValue());
        return strategy;
    }

    private static byte[] array(String kind, double[] values, int... shape) {
        int width = kind.equals("<f4") ? 4 : 8;
        ByteBuffer data = ByteBuffer.allocate(values.length * width).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            if (width == 4) data.putFloat((float) value);
            else data.putDouble(value);
        }
        return Npy.write(new Npy(kind, shape, data.array()));
    }
}
