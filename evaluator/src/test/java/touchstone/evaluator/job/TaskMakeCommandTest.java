package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.check.StrategyCheck;
import touchstone.evaluator.data.Part;
import touchstone.evaluator.data.TaskPack;

final class TaskMakeCommandTest {

    private static final List<String> CLASSES = List.of("i", "ii", "iii", "iv");

    @TempDir
    private Path folder;

    private String said = "";

    @Test
    void symmetricNoiseIsExactAndEven() throws IOException {
        TaskPack made = make("noisy", "--from", tiny(), "--noise", "symmetric:0.4");
        List<String[]> answers = answers("noisy");
        assertEquals(200, answers.size());
        var fromTo = new TreeMap<String, Integer>();
        for (int i = 0; i < answers.size(); i++) {
            String[] row = answers.get(i);
            assertEquals(made.base().ids().get(i), row[0]);
            assertEquals(CLASSES.get(made.base().labels()[i]), row[2], "the task gives what the answers say");
            assertEquals(row[1].equals(row[2]) ? "no" : "yes", row[3]);
            assertEquals("no", row[4]);
            fromTo.merge(row[1] + " " + row[2], 1, Integer::sum);
        }
        int[] sizes = counts(TestTasks.tiny().base().labels());
        for (int c = 0; c < 4; c++) {
            String label = CLASSES.get(c);
            int wrong = (int) Math.round(0.4 * sizes[c]);
            assertEquals(sizes[c] - wrong, fromTo.get(label + " " + label));
            for (String other : CLASSES) {
                if (!other.equals(label)) assertEquals(wrong / 3.0, fromTo.get(label + " " + other), 0.7);
            }
        }
        assertTrue(said.contains("200 training samples"), said);
    }

    @Test
    void pairNoiseGoesToTheNextClass() throws IOException {
        make("paired", "--from", tiny(), "--noise", "pair:0.45");
        int changed = 0;
        for (String[] row : answers("paired")) {
            if (row[3].equals("no")) continue;
            assertEquals(CLASSES.get((CLASSES.indexOf(row[1]) + 1) % 4), row[2]);
            changed++;
        }
        assertEquals(90, changed, 2);
    }

    @Test
    void classesFallExponentially() throws IOException {
        TaskPack made = make("tailed", "--from", tiny(), "--imbalance", "8", "--train", "100");
        // 1, 1/2, 1/4, 1/8 of 53.33.
        assertArrayEquals(new int[] {53, 27, 13, 7}, counts(made.base().labels()));
        assertEquals("balanced-accuracy", made.file().metrics().rankBy());
        assertArrayEquals(new int[] {10, 10, 10, 10}, counts(made.validation().labels()));
        assertArrayEquals(
                new int[] {20, 20, 20, 20},
                counts(made.hidden().orElseThrow().part().labels()));
        TaskPack most = make("most", "--from", tiny(), "--imbalance", "8");
        int[] sizes = counts(most.base().labels());
        assertEquals(counts(TestTasks.tiny().base().labels())[0], sizes[0], "the largest class takes all it has");
        assertEquals(sizes[0] / 8.0, sizes[3], 0.5);
    }

    @Test
    void darkPicturesAreTheirSourceUnderALossOfLight() throws IOException {
        TaskPack dark = make("dark", "--from", tiny(), "--dark", "0.2");
        TaskPack clean = make("clean", "--from", tiny());
        int pixels = clean.base().input().pixels();
        int darkened = 0;
        int measured = 0;
        List<String[]> answers = answers("dark");
        for (int i = 0; i < answers.size(); i++) {
            byte[] before = picture(clean.base(), i);
            byte[] after = picture(dark.base(), i);
            if (answers.get(i)[4].equals("no")) {
                assertArrayEquals(before, after);
                continue;
            }
            darkened++;
            // A third of the source is dark already: of those, rounding leaves too little to measure by.
            if (brightest(before) < 128) continue;
            measured++;
            double range = range(before, after);
            assertTrue(range > 0.075 && range < 0.205, "range " + range);
            for (int p = 0; p < pixels; p++) {
                double expected = 255 * range * Math.pow((before[p] & 0xff) / 255.0, 1.6);
                assertEquals(expected, after[p] & 0xff, 1.2);
            }
        }
        assertEquals(40, darkened, 2);
        assertTrue(measured > 10, "only " + measured + " measured");
        assertArrayEquals(
                clean.hidden().orElseThrow().part().images(),
                dark.hidden().orElseThrow().part().images());
    }

    private static int brightest(byte[] picture) {
        int most = 0;
        for (byte pixel : picture) most = Math.max(most, pixel & 0xff);
        return most;
    }

    /** The best range in the sense of least squares. */
    private static double range(byte[] before, byte[] after) {
        double product = 0;
        double square = 0;
        for (int p = 0; p < before.length; p++) {
            double curve = 255 * Math.pow((before[p] & 0xff) / 255.0, 1.6);
            product += curve * (after[p] & 0xff);
            square += curve * curve;
        }
        return product / square;
    }

    @Test
    void theSameSeedGivesTheSameBytes() throws IOException {
        String[] options = {"--from", tiny(), "--noise", "symmetric:0.3", "--dark", "0.5", "--train", "120"};
        make("a/one", options);
        make("b/one", options);
        assertEquals(contents("a"), contents("b"));
        make("c/one", "--from", tiny(), "--noise", "symmetric:0.3", "--dark", "0.5", "--train", "120", "--seed", "12");
        assertNotEquals(contents("a").get("one/train-labels.npy"), contents("c").get("one/train-labels.npy"));
    }

    @Test
    void otherFaultsAreMadeOfTheSamePicturesInTheSameOrder() throws IOException {
        TaskPack clean = make("clean", "--from", tiny(), "--train", "120");
        TaskPack noisy = make("noisy", "--from", tiny(), "--train", "120", "--noise", "symmetric:0.5");
        assertArrayEquals(clean.base().images(), noisy.base().images());
        List<String> truth = answers("noisy").stream().map(row -> row[1]).toList();
        assertEquals(
                truth,
                Arrays.stream(clean.base().labels()).mapToObj(CLASSES::get).toList());
    }

    @Test
    void aSeedSaysNothingWithoutTheTrueLabels() throws IOException {
        Path other = idx("other", false, 1);
        make("a", "--from", idx("first", false, 0).toString(), "--noise", "symmetric:0.5");
        make("b", "--from", other.toString(), "--noise", "symmetric:0.5");
        List<String> first = answers("a").stream().map(row -> row[3]).toList();
        assertNotEquals(first, answers("b").stream().map(row -> row[3]).toList());
    }

    @Test
    void gzippedAndPlainFilesOfMnistsFormatAreOneSource() throws IOException {
        TaskPack plain = make("plain", "--from", idx("p", false, 0).toString(), "--classes", "i,ii,iii,iv");
        TaskPack zipped = make("zipped", "--from", idx("z", true, 0).toString(), "--classes", "i,ii,iii,iv");
        assertArrayEquals(plain.base().images(), zipped.base().images());
        assertEquals(CLASSES, plain.classes());
        // A tenth of the training part goes to validation, in classes of equal size.
        assertArrayEquals(new int[] {5, 5, 5, 5}, counts(plain.validation().labels()));
        assertEquals(180, plain.base().size());
        Set<String> trained = pictures(plain.base());
        trained.retainAll(pictures(plain.validation()));
        assertEquals(Set.of(), trained, "validation is taken out of the training part");
        TaskPack unnamed = make("unnamed", "--from", idx("u", false, 0).toString());
        assertEquals(List.of("0", "1", "2", "3"), unnamed.classes());
    }

    @Test
    void foldersOfPicturesAreASource() throws IOException {
        Part base = TestTasks.tiny().base();
        Part test = TestTasks.tiny().hidden().orElseThrow().part();
        Path pictures = folder.resolve("pictures");
        draw(base, pictures.resolve("train"), false);
        draw(test, pictures.resolve("test"), false);
        TaskPack made = make("grey", "--from", pictures.toString(), "--validation", "20");
        assertEquals(CLASSES, made.classes());
        assertEquals(1, made.base().input().channels());
        assertEquals(pictures(test), pictures(made.hidden().orElseThrow().part()));
        draw(base, pictures.resolve("train"), true);
        assertEquals(
                3, make("colour", "--from", pictures.toString()).base().input().channels());
    }

    @Test
    void theAnswersAreInNoArchiveOfTheTask() throws IOException {
        make("noisy", "--from", tiny(), "--noise", "symmetric:0.4");
        Path packed = folder.resolve("packed");
        assertEquals(
                0, run(new PublishCommand(), "--task", folder.resolve("noisy").toString(), "--out", packed.toString()));
        for (String archive : List.of("task.zip", "hidden.zip", "public.zip")) {
            try (ZipFile zip = new ZipFile(packed.resolve(archive).toFile())) {
                zip.stream().forEach(entry -> assertFalse(entry.getName().contains("answers"), entry.getName()));
            }
        }
        assertFalse(contents("noisy").keySet().stream().anyMatch(name -> name.contains("answers")));
    }

    @Test
    void theDatasheetSaysWhatWasDoneAndMarksPractice() throws IOException {
        make("all", "--from", tiny(), "--noise", "pair:0.25", "--imbalance", "4", "--dark", "0.1", "--seed", "5");
        String sheet = Files.readString(folder.resolve("all/datasheet.md"));
        for (String said : List.of("**Practice.**", "25%", "seed 5", "4 times", "10%", "the next class")) {
            assertTrue(sheet.contains(said), said + " in " + sheet);
        }
        make("own", "--from", tiny(), "--own-data");
        assertFalse(Files.readString(folder.resolve("own/datasheet.md")).contains("Practice"));
    }

    @Test
    void aMadeTaskIsReadyForStrategies() throws IOException {
        TaskPack made = make("noisy", "--from", tiny(), "--noise", "symmetric:0.4");
        Path strategy = TestTasks.write(
                folder.resolve("strategy"),
                java.util.Map.of(
                        "strategy.yaml", "labels: [{file: labels.csv}]\n", "labels.csv", "id,label\nt000001,ii\n"));
        assertEquals(List.of(), StrategyCheck.check(made, strategy).problems());
        assertEquals("noisy", made.file().name());
    }

    @Test
    void whatIsWrongIsTold() throws IOException {
        Files.createDirectories(folder.resolve("empty"));
        Files.createDirectories(folder.resolve("taken"));
        Files.writeString(folder.resolve("taken/mine.txt"), "mine");
        refused(
                "--noise symetric:0.4 is not understood — write symmetric:0.4",
                "--from",
                tiny(),
                "--noise",
                "symetric:0.4");
        for (String part : List.of("train", "test")) {
            Path file = Files.createDirectories(folder.resolve("single/" + part + "/only"))
                    .resolve("a.png");
            ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
        }
        String single = folder.resolve("single").toString();
        refused(
                "'" + single + "' holds a single class — take a set of two or more",
                "--from",
                single,
                "--noise",
                "symmetric:0.4");
        refused(
                "no class of a task may be named 'label'",
                "--from",
                idx("mnist", false, 0).toString(),
                "--classes",
                "a,b,label,d");
        refused("--noise pair:1.5 is not understood", "--from", tiny(), "--noise", "pair:1.5");
        refused("--dark 2.0 is out of range", "--from", tiny(), "--dark", "2");
        refused(
                "--train 500 cannot be had of this data set — at least 4, at most 200",
                "--from",
                tiny(),
                "--train",
                "500");
        refused(
                "--test 81 cannot be had in classes of equal size — a multiple of 4, at most 80",
                "--from",
                tiny(),
                "--test",
                "81");
        refused(
                "holds no data set of a known shape",
                "--from",
                folder.resolve("empty").toString());
        refused(
                "there is no file or folder",
                "--from",
                folder.resolve("nowhere").toString());
        Path idx = idx("idx", false, 0);
        refused("3 classes are named, the labels go from 0 to 3", "--from", idx.toString(), "--classes", "a,b,c");
        Files.delete(idx.resolve("t10k-labels-idx1-ubyte"));
        refused("there is no file 't10k-labels-idx1-ubyte'", "--from", idx.toString());
        assertEquals(
                2,
                run(
                        new TaskMakeCommand(),
                        "--from",
                        tiny(),
                        "--out",
                        folder.resolve("taken").toString()));
        assertTrue(said.contains("is there already"), said);
        assertEquals("mine", Files.readString(folder.resolve("taken/mine.txt")));
    }

    private void refused(String told, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--out", folder.resolve("refused").toString()));
        assertEquals(2, run(new TaskMakeCommand(), all.toArray(String[]::new)), said);
        assertTrue(said.contains(told), said);
        assertFalse(Files.exists(folder.resolve("refused")));
    }

    private static String tiny() {
        return TestTasks.tinyFolder().toString();
    }

    private TaskPack make(String name, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--out", folder.resolve(name).toString()));
        assertEquals(0, run(new TaskMakeCommand(), all.toArray(String[]::new)), said);
        return TestTasks.task(folder.resolve(name));
    }

    private int run(Object command, String... options) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
        PrintStream out = System.out;
        PrintStream error = System.err;
        System.setOut(stream);
        System.setErr(stream);
        try {
            return new CommandLine(command).execute(options);
        } finally {
            System.setOut(out);
            System.setErr(error);
            said = printed.toString(StandardCharsets.UTF_8);
        }
    }

    private List<String[]> answers(String task) throws IOException {
        return Files.readAllLines(folder.resolve(task + "-answers/answers.csv")).stream()
                .skip(1)
                .map(line -> line.split(","))
                .toList();
    }

    private static int[] counts(int[] labels) {
        int[] counts = new int[4];
        for (int label : labels) counts[label]++;
        return counts;
    }

    private static byte[] picture(Part part, int sample) {
        int pixels = part.input().pixels();
        return Arrays.copyOfRange(part.images(), sample * pixels, (sample + 1) * pixels);
    }

    private static Set<String> pictures(Part part) {
        Set<String> pictures = new TreeSet<>();
        for (int i = 0; i < part.size(); i++) pictures.add(Arrays.toString(picture(part, i)) + part.labels()[i]);
        return pictures;
    }

    private TreeMap<String, String> contents(String under) throws IOException {
        Path root = folder.resolve(under);
        try (var files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .collect(Collectors.toMap(
                            file -> root.relativize(file).toString(),
                            TaskMakeCommandTest::content,
                            (a, b) -> a,
                            TreeMap::new));
        }
    }

    private static String content(Path file) {
        try {
            return Arrays.toString(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The tiny task's pictures as MNIST's four files. @param turned added to the first sample's class */
    private Path idx(String name, boolean zipped, int turned) throws IOException {
        Path into = Files.createDirectories(folder.resolve(name));
        Part base = TestTasks.tiny().base();
        int[] labels = base.labels().clone();
        labels[0] = (labels[0] + turned) % 4;
        write(into, "train-images-idx3-ubyte", zipped, base.images(), base.size(), 16, 16);
        write(into, "train-labels-idx1-ubyte", zipped, bytes(labels), base.size());
        Part test = TestTasks.tiny().hidden().orElseThrow().part();
        write(into, "t10k-images-idx3-ubyte", zipped, test.images(), test.size(), 16, 16);
        write(into, "t10k-labels-idx1-ubyte", zipped, bytes(test.labels()), test.size());
        return into;
    }

    private static byte[] bytes(int[] labels) {
        byte[] bytes = new byte[labels.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) labels[i];
        return bytes;
    }

    private static void write(Path into, String name, boolean zipped, byte[] data, int... shape) throws IOException {
        ByteBuffer file =
                ByteBuffer.allocate(4 + 4 * shape.length + data.length).putInt(0x800 + shape.length);
        for (int size : shape) file.putInt(size);
        file.put(data);
        if (!zipped) {
            Files.write(into.resolve(name), file.array());
            return;
        }
        try (var stream = new GZIPOutputStream(Files.newOutputStream(into.resolve(name + ".gz")))) {
            stream.write(file.array());
        }
    }

    private static void draw(Part part, Path into, boolean reddened) throws IOException {
        for (int i = 0; i < part.size(); i++) {
            byte[] pixels = picture(part, i);
            Path file = into.resolve(CLASSES.get(part.labels()[i]))
                    .resolve(part.ids().get(i) + ".png");
            Files.createDirectories(file.getParent());
            BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < pixels.length; p++) {
                int value = pixels[p] & 0xff;
                image.setRGB(p % 16, p / 16, value << 16 | (reddened ? 0 : value << 8 | value));
            }
            ImageIO.write(image, "png", file.toFile());
        }
    }
}
