package touchstone.evaluator.bench;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import touchstone.evaluator.data.PackedTask;

/** A check of a large strategy against a large task, as the server starts it: from the start of its process to its end. */
final class CheckBench {

    private static final int ADDED = 2_000;
    private static final int RELABELLED = 5_000;
    private static final BenchTask TASK = new BenchTask("small-cnn", 16, 3, 32, 50, 1_000);

    private final Path folder;

    CheckBench(Path folder) {
        this.folder = folder;
    }

    Spread measure() throws IOException, InterruptedException {
        TASK.write(folder.resolve("task"), 30, "{class: cpu, threads: 1}");
        PackedTask.write(BenchTask.read(folder.resolve("task")), folder);
        Path strategy = folder.resolve("strategy.zip");
        writeStrategy(strategy);
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            long begun = System.nanoTime();
            Bench.command(
                    "check",
                    "--task",
                    folder.resolve("task.zip").toString(),
                    "--strategy",
                    strategy.toString(),
                    "--json");
            // The first fills the machine's caches.
            if (i > 0) seconds.add((System.nanoTime() - begun) / 1e9);
        }
        return Spread.of(seconds);
    }

    private static void writeStrategy(Path file) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        StringBuilder add = new StringBuilder("id,file,label\n");
        StringBuilder labels = new StringBuilder("id,label\n");
        StringBuilder weights = new StringBuilder("id,from_epoch,weight\n");
        for (int i = 0; i < RELABELLED; i++) {
            String id = String.format(Locale.ROOT, "train-%06d", 7 * i);
            labels.append(id).append(",class-").append(i % BenchTask.CLASSES).append('\n');
            weights.append(id).append(",10,0.5\n");
        }
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (int i = 0; i < ADDED; i++) {
                add.append("new-" + i + ",images/" + i + ".png,class-" + i % BenchTask.CLASSES + "\n");
                entry(zip, "images/" + i + ".png", picture(random));
            }
            entry(zip, "add.csv", add.toString().getBytes(StandardCharsets.UTF_8));
            entry(zip, "labels.csv", labels.toString().getBytes(StandardCharsets.UTF_8));
            entry(zip, "weights.csv", weights.toString().getBytes(StandardCharsets.UTF_8));
            entry(zip, "strategy.yaml", """
                    strategy: 1
                    title: A large one
                    samples:
                      add: add.csv
                      draw: "sqrt(max_class_count / class_count)"
                      augment:
                        - {gamma: [0.5, 0.8], where: "luma < 0.4"}
                        - {denoise: {median: 3}, where: "noise > 0.1"}
                    labels:
                      - file: labels.csv
                      - {smooth: 0.1, where: "sharpness < 0.2"}
                      - {toward: prediction, amount: "0.5 * progress"}
                    weights:
                      - file: weights.csv
                      - value: "if(epoch > 3 and loss_rank > 0.9, 0, 1)"
                    """.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static byte[] picture(SplittableRandom random) throws IOException {
        int side = TASK.side();
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < side; y++) for (int x = 0; x < side; x++) image.setRGB(x, y, random.nextInt(1 << 24));
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }

    private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }
}
