package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.data.PackedTask;
import touchstone.evaluator.data.Part;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.text.Problem;

/** Each data format from an organizer's files to a packed task. */
final class PublishFormatsTest {

    @TempDir
    private Path folder;

    private Path task;

    @BeforeEach
    void makeTask() throws IOException {
        task = Files.createDirectories(folder.resolve("task"));
    }

    @Test
    void imagesInFoldersByClass() throws IOException {
        yaml("image-folder", "[cat, dog]", "{channels: 1, height: 8, width: 8}", """
                  train: {images: images/train, metadata: train.csv}
                  validation: {images: images/validation}
                  test: {images: hidden}
                """);
        picture("images/train/dog/b.png", 8, 8, 40);
        picture("images/train/dog/a.png", 24, 12, 50);
        picture("images/train/cat/c.jpg", 8, 8, 60);
        picture("images/train/cat/deep/d.png", 4, 4, 70);
        picture("images/validation/cat/v.png", 8, 8, 80);
        picture("images/validation/dog/w.png", 8, 8, 90);
        for (int i = 0; i < 4; i++) picture("hidden/" + (i < 2 ? "cat" : "dog") + "/" + i + ".png", 8, 8, 100 + i);
        Files.writeString(task.resolve("train.csv"), """
                source,id
                web,dog/b.png
                camera,dog/a.png
                phone,cat/c.jpg
                scan,cat/deep/d.png
                """);
        assertEquals(List.of(), publish());
        TaskPack packed = TestTasks.task(folder.resolve("task.zip"));
        Part base = packed.base();
        assertEquals(List.of("cat/c.jpg", "cat/deep/d.png", "dog/a.png", "dog/b.png"), base.ids());
        assertArrayEquals(new int[] {0, 0, 1, 1}, base.labels());
        assertEquals(Map.of("source", List.of("phone", "scan", "camera", "web")), base.metadata());
        int[] greys = {60, 70, 50, 40};
        for (int i = 0; i < 4 * 64; i++) assertEquals(greys[i / 64], base.images()[i], "pixel " + i);
        assertEquals(
                TestTasks.task(task).digest(), packed.digest(), "the packed task is the one that its organizer wrote");
        TaskPack shared = TestTasks.task(folder.resolve("public.zip"));
        assertEquals(base.ids(), shared.base().ids());
        assertTrue(shared.hidden().isEmpty());
        try (ZipFile zip = new ZipFile(folder.resolve("public.zip").toFile())) {
            assertFalse(zip.stream().anyMatch(entry -> entry.getName().startsWith("hidden/")));
        }
        assertEquals(
                List.of("cat/0.png", "cat/1.png", "dog/2.png", "dog/3.png"),
                PackedTask.readHidden(folder.resolve("hidden.zip"), packed)
                        .part()
                        .ids());
    }

    @Test
    void aFolderThatIsNoClassIsToldOnce() throws IOException {
        yaml("image-folder", "[cat, dog]", "{channels: 1, height: 8, width: 8}", """
                  train: {images: train}
                  validation: {images: validation}
                """);
        picture("train/cat/a.png", 8, 8, 1);
        picture("train/dgo/a.png", 8, 8, 1);
        picture("train/dgo/b.png", 8, 8, 1);
        picture("train/c.png", 8, 8, 1);
        Files.createDirectories(task.resolve("train/dog"));
        Files.writeString(task.resolve("train/dog/notes.txt"), "no image");
        assertEquals(
                List.of(
                        Problem.of("train/c.png", "this file lies in no class's folder", "move it into its class's"),
                        Problem.of("train/dgo/a.png", "the folder 'dgo' is no class", "write 'dog'"),
                        Problem.of("train/dog/notes.txt", "this is neither a PNG nor a JPEG image", "send PNG or JPEG"),
                        Problem.of(
                                "validation",
                                "the archive has no images below 'validation/'",
                                "put them into 'validation/cat/' and so on")),
                publish());
    }

    @Test
    void hiddenImagesThatArePublicTooAreRefused() throws IOException {
        yaml("image-folder", "[cat, dog]", "{channels: 1, height: 8, width: 8}", """
                  train: {images: train}
                  validation: {images: all}
                  test: {images: all}
                """);
        for (String part : new String[] {"train", "all"}) {
            for (int i = 0; i < 4; i++) picture(part + (i < 2 ? "/cat/" : "/dog/") + i + ".png", 8, 8, i);
        }
        assertEquals(
                List.of(Problem.of(
                        "all/cat/0.png",
                        "this file of the hidden test is public too",
                        "give the test files of its own")),
                publish());
        assertFalse(Files.exists(folder.resolve("public.zip")));
    }

    @Test
    void cifarOfTen() throws IOException {
        yaml("cifar-binary", "[plane, car]", "{channels: 3, height: 32, width: 32}", """
                  train: {images: [one.bin, two.bin]}
                  validation: {images: validation.bin}
                  test: {images: hidden/test.bin}
                """);
        cifar("one.bin", new int[] {1}, new int[] {0});
        cifar("two.bin", new int[] {0});
        cifar("validation.bin", new int[] {0}, new int[] {1});
        cifar("hidden/test.bin", new int[] {0}, new int[] {1}, new int[] {0}, new int[] {1});
        assertEquals(List.of(), publish());
        Part base = TestTasks.task(folder.resolve("task.zip")).base();
        assertArrayEquals(new int[] {1, 0, 0}, base.labels());
        assertEquals(List.of("train-000000", "train-000001", "train-000002"), base.ids());
        for (int i = 0; i < 3 * 3072; i++) assertEquals(pixel(i / 3072 % 2, i % 3072), base.images()[i] & 0xff);
    }

    /** Two label bytes: a coarse and a fine one, of which the fine one counts. */
    @Test
    void cifarOfAHundred() throws IOException {
        yaml("cifar-binary", "[apple, fish, baby]", "{channels: 3, height: 32, width: 32}", """
                  train: {images: train.bin}
                  validation: {images: test.bin}
                """);
        cifar("train.bin", new int[] {19, 0}, new int[] {11, 2}, new int[] {11, 1});
        cifar("test.bin", new int[] {19, 0});
        TaskPack pack = TestTasks.task(task);
        assertArrayEquals(new int[] {0, 2, 1}, pack.base().labels());
        assertEquals(pixel(2, 5), pack.base().images()[2 * 3072 + 5] & 0xff);
    }

    @Test
    void whatIsNotCifarIsTold() throws IOException {
        yaml("cifar-binary", "[plane, car]", "{channels: 3, height: 32, width: 32}", """
                  train: {images: train.bin}
                  validation: {images: validation.bin}
                """);
        cifar("train.bin", new int[] {0}, new int[] {7});
        Files.write(task.resolve("validation.bin"), new byte[3072]);
        assertEquals(
                List.of(
                        Problem.of("train.bin", "label 7 of sample 1 is not a class", "numbers from 0 to 1"),
                        Problem.of(
                                "validation.bin",
                                "the file's 3072 bytes are no whole number of CIFAR's records",
                                "one or two label bytes and 3,072 of pixels each, as in CIFAR-10 and CIFAR-100")),
                publish());
    }

    /** So that loading an array is a copy. */
    @Test
    void arraysAreStoredAndNotDeflated() throws IOException {
        task = TestTasks.tinyFolder();
        assertEquals(List.of(), publish());
        for (String name : new String[] {"task.zip", "hidden.zip"}) {
            try (ZipFile zip = new ZipFile(folder.resolve(name).toFile())) {
                for (ZipEntry entry : zip.stream().toList()) {
                    assertEquals(
                            entry.getName().endsWith(".npy") ? ZipEntry.STORED : ZipEntry.DEFLATED,
                            entry.getMethod(),
                            entry.getName());
                }
            }
        }
    }

    private void yaml(String format, String classes, String input, String parts) throws IOException {
        Files.writeString(task.resolve("task.yaml"), """
                task: 1
                name: formats
                title: Formats
                data:
                  format: %s
                  classes: %s
                  input: %s
                %srecipe:
                  model: {architecture: mlp}
                  optimizer: {sgd: {}}
                  schedule: {constant: {peak: 0.1}}
                  batch: 2
                  epochs: 1
                board: {public-fraction: 0.5}
                """.formatted(format, classes, input, parts));
    }

    private void picture(String name, int width, int height, int grey) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < width * height; i++) image.getRaster().setSample(i % width, i / width, 0, grey);
        Files.createDirectories(task.resolve(name).getParent());
        assertTrue(ImageIO.write(
                image, name.endsWith("png") ? "png" : "jpeg", task.resolve(name).toFile()));
    }

    private void cifar(String name, int[]... labels) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < labels.length; i++) {
            for (int label : labels[i]) bytes.write(label);
            for (int p = 0; p < 3072; p++) bytes.write(pixel(i, p));
        }
        Files.createDirectories(task.resolve(name).getParent());
        Files.write(task.resolve(name), bytes.toByteArray());
    }

    private static int pixel(int image, int position) {
        return (31 * image + position) % 251;
    }

    private List<Problem> publish() throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            new CommandLine(new PublishCommand()).execute("--task", task.toString(), "--out", folder.toString());
        } finally {
            System.setOut(before);
        }
        var problems = Json.MAPPER.readTree(printed.toByteArray()).get("problems");
        return Arrays.asList(Json.MAPPER.treeToValue(problems, Problem[].class));
    }
}
