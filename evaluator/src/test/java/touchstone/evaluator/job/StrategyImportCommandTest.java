package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.check.StrategyCheck;
import touchstone.evaluator.data.Npy;
import touchstone.evaluator.data.Part;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.strategy.TrainingSet;

final class StrategyImportCommandTest {

    private static final int SIDE = 16;
    private static final TaskPack TINY = TestTasks.tiny();

    @TempDir
    private Path folder;

    private String said = "";

    /** One picture and its label. */
    private record Sample(byte[] pixels, double[] label) {}

    /** The base set less ten, with five relabelled, three new ones and one twice. */
    private static List<Sample> edited() {
        List<Sample> samples = new ArrayList<>();
        Part base = TINY.base();
        for (int i = 10; i < base.size(); i++) {
            int label = i < 15 ? (base.labels()[i] + 1) % 4 : base.labels()[i];
            samples.add(new Sample(picture(base, i), oneHot(label)));
        }
        for (int value = 1; value <= 3; value++) {
            byte[] pixels = new byte[SIDE * SIDE];
            Arrays.fill(pixels, (byte) (40 * value));
            pixels[value] = (byte) 255;
            samples.add(new Sample(pixels, oneHot(value)));
        }
        samples.add(samples.get(50));
        return samples;
    }

    @Test
    void foldersOfPicturesBecomeTheSameTrainingSet() throws IOException {
        Path handed = folder.resolve("handed");
        draw(edited(), handed.resolve("train"));
        assertEquals(0, run(handed, folder.resolve("s.zip")), said);
        assertTrue(said.contains("190 kept (5 of them relabelled, 0 softened), 10 dropped, 4 added"), said);
        isTrainedOn(edited(), folder.resolve("s.zip"));
    }

    @Test
    void aZipOfClassFoldersIsReadAsWell() throws IOException {
        Path handed = folder.resolve("handed");
        draw(edited(), handed);
        Files.createDirectories(handed.resolve("notes"));
        Files.writeString(handed.resolve("notes/read-me.txt"), "mine");
        Path zip = folder.resolve("handed.zip");
        pack(handed, zip);
        assertEquals(0, run(zip, folder.resolve("s.zip")), said);
        assertTrue(said.contains("1 other files were left aside"), said);
        isTrainedOn(edited(), folder.resolve("s.zip"));
    }

    @Test
    void theBaseSetItselfIsAStrategyThatDoesNothing() throws IOException {
        Path handed = folder.resolve("handed");
        List<Sample> base = new ArrayList<>();
        for (int i = 0; i < TINY.base().size(); i++) {
            base.add(new Sample(picture(TINY.base(), i), oneHot(TINY.base().labels()[i])));
        }
        draw(base, handed.resolve("train"));
        assertEquals(0, run(handed, folder.resolve("s.zip")), said);
        assertTrue(said.contains("200 kept (0 of them relabelled, 0 softened), 0 dropped, 0 added"), said);
        TrainingSet set = TestTasks.set(TINY, folder.resolve("s.zip"));
        assertEquals(TINY.base().ids(), set.ids());
    }

    @Test
    void arraysWithSoftLabelsBecomeTheSameTrainingSet() throws IOException {
        List<Sample> samples = new ArrayList<>(edited());
        samples.set(
                100,
                new Sample(samples.get(100).pixels(), mixed(samples.get(100).label(), 0.25)));
        samples.set(
                101,
                new Sample(samples.get(101).pixels(), mixed(samples.get(101).label(), 0.75)));
        samples.set(
                191,
                new Sample(samples.get(191).pixels(), mixed(samples.get(191).label(), 0.5)));
        Path handed = Files.createDirectories(folder.resolve("handed"));
        arrays(samples, handed);
        assertEquals(0, run(handed, folder.resolve("s.zip")), said);
        assertTrue(said.contains("190 kept (6 of them relabelled, 1 softened), 10 dropped, 4 added"), said);
        isTrainedOn(samples, folder.resolve("s.zip"));
    }

    @Test
    void numbersOfClassesAreLabelsToo() throws IOException {
        Path handed = Files.createDirectories(folder.resolve("handed"));
        arrays(edited(), handed);
        int[] labels =
                edited().stream().mapToInt(s -> TrainingSet.hard(s.label())).toArray();
        Files.write(handed.resolve("label.npy"), Npy.write(Npy.ofInts(labels)));
        assertEquals(0, run(handed, folder.resolve("s.zip")), said);
        isTrainedOn(edited(), folder.resolve("s.zip"));
    }

    /** As everywhere: 0.01 and what adding up in binary makes of it. */
    @Test
    void sharesMaySumToOneHundredthLess() throws IOException {
        Path handed = Files.createDirectories(folder.resolve("handed"));
        arrays(edited(), handed);
        ByteBuffer labels = ByteBuffer.allocate(edited().size() * 4 * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (Sample sample : edited()) for (double share : sample.label()) labels.putDouble(share * 0.99);
        Files.write(
                handed.resolve("label.npy"), Npy.write(new Npy("<f8", new int[] {edited().size(), 4}, labels.array())));
        assertEquals(0, run(handed, folder.resolve("s.zip")), said);
        isTrainedOn(edited(), folder.resolve("s.zip"));
    }

    @Test
    void coloursStayInTheirPlanes() throws IOException {
        Path pictures = folder.resolve("pictures");
        for (String part : List.of("train", "test")) {
            for (int i = 0; i < 40; i++) {
                BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
                for (int p = 0; p < 64; p++) image.setRGB(p % 8, p / 8, i << 16 | p << 8 | 200);
                Path file = pictures.resolve(part + "/" + (i % 2 == 0 ? "even" : "odd") + "/" + i + ".png");
                Files.createDirectories(file.getParent());
                ImageIO.write(image, "png", file.toFile());
            }
        }
        Path task = folder.resolve("colour");
        assertEquals(
                0,
                new CommandLine(new TaskMakeCommand())
                        .execute("--from", pictures.toString(), "--out", task.toString()));
        TaskPack pack = TestTasks.task(task);
        byte[] rows = new byte[2 * 64 * 3];
        for (int p = 0; p < 64; p++) {
            for (int c = 0; c < 3; c++) {
                rows[p * 3 + c] = pack.base().images()[c * 64 + p];
                rows[(64 + p) * 3 + c] = (byte) (p + 80 * c);
            }
        }
        Path handed = Files.createDirectories(folder.resolve("handed"));
        Files.write(handed.resolve("data.npy"), Npy.write(Npy.ofBytes(rows, 2, 8, 8, 3)));
        Files.write(
                handed.resolve("label.npy"),
                Npy.write(Npy.ofInts(new int[] {pack.base().labels()[0], 1})));
        assertEquals(0, run(task, handed, folder.resolve("s.zip")), said);
        assertTrue(said.contains("1 kept (0 of them relabelled, 0 softened)"), said);
        TrainingSet set = TestTasks.set(pack, folder.resolve("s.zip"));
        assertEquals(2, set.size());
        for (int c = 0; c < 3; c++)
            assertEquals((byte) (5 + 80 * c), set.images().image(1)[c * 64 + 5]);
    }

    @Test
    void whatTheTaskRefusesIsTold() throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (Sample sample : edited()) {
            int label = (TrainingSet.hard(sample.label()) + 1) % 4;
            samples.add(new Sample(sample.pixels(), oneHot(label)));
        }
        Path handed = folder.resolve("handed");
        draw(samples, handed.resolve("train"));
        assertEquals(2, run(handed, folder.resolve("s.zip")), said);
        assertTrue(said.contains("relabel"), said);
        assertTrue(said.contains("at most 60: more is not in the task's budget"), said);
    }

    @Test
    void whatIsWrongIsTold() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        refused("this holds no training set of a known shape — put there train/CLASS/*.png", empty);
        Path misspelt = folder.resolve("misspelt");
        draw(edited(), misspelt.resolve("train"));
        Files.move(misspelt.resolve("train/iii"), misspelt.resolve("train/iiii"));
        refused("'iiii' is no class of the task — write 'iii'", misspelt);
        Path arrays = Files.createDirectories(folder.resolve("arrays"));
        Files.write(arrays.resolve("data.npy"), Npy.write(Npy.ofBytes(new byte[2 * 8 * 8], 2, 8, 8)));
        Files.write(arrays.resolve("label.npy"), Npy.write(Npy.ofInts(new int[] {0, 1})));
        refused("the array is [2, 8, 8] of |u1 — unsigned bytes of shape [samples, 16, 16, 1]", arrays);
        Files.write(arrays.resolve("data.npy"), Npy.write(Npy.ofBytes(new byte[2 * 256], 2, 16, 16)));
        Files.write(arrays.resolve("label.npy"), Npy.write(Npy.ofInts(new int[] {0, 4})));
        refused("row 1 holds 4.0, no class number", arrays);
        shares(arrays, new float[] {1, 0, 0, 0, 0.5f, 0.2f, 0, 0});
        refused("row 1 is no distribution: its shares sum to 0.7", arrays);
        shares(arrays, new float[] {Float.NaN, 0, 0, 0, 1, 0, 0, 0});
        refused("row 0 is no distribution: its shares sum to NaN", arrays);
        shares(arrays, new float[] {1, 0, 0, 0, 1.5f, -0.5f, 0, 0});
        refused("row 1 is no distribution", arrays);
        Files.write(arrays.resolve("label.npy"), Npy.write(new Npy("<f2", new int[] {2}, new byte[4])));
        refused("found <f2 — one distribution a sample (float32 or float64)", arrays);
        Files.write(arrays.resolve("label.npy"), Npy.write(new Npy("<i2", new int[] {2}, new byte[4])));
        refused("found <i2", arrays);
        ByteBuffer longs = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0)
                .putLong(1L << 40);
        Files.write(arrays.resolve("label.npy"), Npy.write(new Npy("<i8", new int[] {2}, longs.array())));
        refused("the array holds 1099511627776: whole numbers must fit 32 bits", arrays);
        Files.delete(arrays.resolve("label.npy"));
        refused("there is no file 'label.npy'", arrays);
        Files.writeString(folder.resolve("mine.zip"), "mine");
        assertEquals(2, run(empty, folder.resolve("mine.zip")));
        assertEquals("mine", Files.readString(folder.resolve("mine.zip")));
    }

    private void refused(String told, Path handed) {
        assertEquals(2, run(handed, folder.resolve("refused.zip")), said);
        assertTrue(said.contains(told), said);
        assertFalse(Files.exists(folder.resolve("refused.zip")));
    }

    private int run(Path from, Path out) {
        return run(TestTasks.tinyFolder(), from, out);
    }

    private int run(Path task, Path from, Path out) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
        PrintStream before = System.out;
        PrintStream error = System.err;
        System.setOut(stream);
        System.setErr(stream);
        try {
            return new CommandLine(new StrategyImportCommand())
                    .execute("--task", task.toString(), "--from", from.toString(), "--out", out.toString());
        } finally {
            System.setOut(before);
            System.setErr(error);
            said = printed.toString(StandardCharsets.UTF_8);
        }
    }

    /** What is trained on is what was handed in, in whatever order. */
    private static void isTrainedOn(List<Sample> expected, Path strategy) throws IOException {
        assertEquals(List.of(), StrategyCheck.check(TINY, strategy).problems());
        TrainingSet set = TestTasks.set(TINY, strategy);
        var counted = new TreeMap<String, Integer>();
        expected.forEach(sample -> counted.merge(key(sample.pixels(), sample.label()), 1, Integer::sum));
        for (int i = 0; i < set.size(); i++) {
            counted.merge(key(set.images().image(i), set.labels()[i]), -1, Integer::sum);
        }
        counted.values().removeIf(count -> count == 0);
        assertEquals(0, counted.size(), "pictures that are in one of the two alone");
    }

    private static String key(byte[] pixels, double[] label) {
        return Arrays.toString(pixels) + Arrays.toString(label);
    }

    private static byte[] picture(Part part, int sample) {
        return Arrays.copyOfRange(part.images(), sample * SIDE * SIDE, (sample + 1) * SIDE * SIDE);
    }

    private static double[] oneHot(int label) {
        double[] distribution = new double[4];
        distribution[label] = 1;
        return distribution;
    }

    /** This share goes to the next class. */
    private static double[] mixed(double[] label, double share) {
        double[] mixed = new double[4];
        int leading = TrainingSet.hard(label);
        mixed[leading] = 1 - share;
        mixed[(leading + 1) % 4] = share;
        return mixed;
    }

    private static void draw(List<Sample> samples, Path into) throws IOException {
        for (int i = 0; i < samples.size(); i++) {
            String label = TINY.classes().get(TrainingSet.hard(samples.get(i).label()));
            BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
            byte[] pixels = samples.get(i).pixels();
            for (int p = 0; p < pixels.length; p++)
                image.getRaster().setSample(p % SIDE, p / SIDE, 0, pixels[p] & 0xff);
            Path file = into.resolve(label).resolve("picture-" + i + ".png");
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        }
    }

    private static void arrays(List<Sample> samples, Path into) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(samples.size() * SIDE * SIDE);
        ByteBuffer labels = ByteBuffer.allocate(samples.size() * 4 * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (Sample sample : samples) {
            images.put(sample.pixels());
            for (double share : sample.label()) labels.putFloat((float) share);
        }
        Files.write(into.resolve("data.npy"), Npy.write(Npy.ofBytes(images.array(), samples.size(), SIDE, SIDE, 1)));
        Files.write(
                into.resolve("label.npy"), Npy.write(new Npy("<f4", new int[] {samples.size(), 4}, labels.array())));
    }

    private static void shares(Path into, float[] shares) throws IOException {
        ByteBuffer labels = ByteBuffer.allocate(shares.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float share : shares) labels.putFloat(share);
        Files.write(
                into.resolve("label.npy"), Npy.write(new Npy("<f4", new int[] {shares.length / 4, 4}, labels.array())));
    }

    private static void pack(Path from, Path zip) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
                var files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(from.relativize(file).toString()));
                out.write(Files.readAllBytes(file));
                out.closeEntry();
            }
        }
    }
}
