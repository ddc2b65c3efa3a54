package touchstone.evaluator.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import touchstone.evaluator.data.Npy;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.data.TaskSource;
import touchstone.evaluator.strategy.StrategyReader;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.text.Problems;

/**
 * A made-up task of ten classes: noise on a pattern of each class's own, so that training is neither trivial nor hopeless.
 *
 * @param batch images a step
 * @param stepsPerEpoch the base set holds as many images as these steps need
 */
record BenchTask(String network, int width, int channels, int side, int batch, int stepsPerEpoch) {

    static final int CLASSES = 10;
    private static final int VALIDATION = 64;

    static BenchTask resnet9(int stepsPerEpoch) {
        return new BenchTask("resnet9", 16, 3, 32, 128, stepsPerEpoch);
    }

    static BenchTask smallCnn(int stepsPerEpoch) {
        return new BenchTask("small-cnn", 16, 1, 28, 128, stepsPerEpoch);
    }

    int images() {
        return batch * stepsPerEpoch;
    }

    /** Writes the task, with its base set as {@code images.npy} and {@code labels.npy}, which the peer reads too. */
    void write(Path folder, int epochs, String device) throws IOException {
        Files.createDirectories(folder);
        part(folder, "", images(), 1);
        part(folder, "validation-", VALIDATION, 2);
        StringBuilder classes = new StringBuilder();
        for (int c = 0; c < CLASSES; c++)
            classes.append(c == 0 ? "" : ", ").append("class-").append(c);
        Files.writeString(
                folder.resolve("task.yaml"),
                String.format(Locale.ROOT, """
                task: 1
                name: bench
                title: Bench
                data:
                  format: npy
                  classes: [%s]
                  input: {channels: %d, height: %d, width: %d}
                  train: {images: images.npy, labels: labels.npy}
                  validation: {images: validation-images.npy, labels: validation-labels.npy}
                recipe:
                  model: {architecture: %s, width: %d}
                  initial: {seed: 17}
                  optimizer: {sgd: {momentum: 0.9, nesterov: true, weight-decay: 5e-4}}
                  schedule: {constant: {peak: 0.05}}
                  batch: %d
                  epochs: %d
                  device: %s
                """, classes, channels, side, side, network, width, batch, epochs, device));
    }

    private void part(Path folder, String name, int count, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        int pixels = channels * side * side;
        byte[] images = new byte[count * pixels];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            int label = i % CLASSES;
            labels[i] = (byte) label;
            for (int p = 0; p < pixels; p++) {
                boolean pattern = p % side % (label + 2) == 0;
                images[i * pixels + p] = (byte) (random.nextInt(160) + (pattern ? 96 : 0));
            }
        }
        Files.write(folder.resolve(name + "images.npy"), Npy.write(Npy.ofBytes(images, count, channels, side, side)));
        Files.write(folder.resolve(name + "labels.npy"), Npy.write(Npy.ofBytes(labels, count)));
    }

    static TaskPack read(Path folder) throws IOException {
        Problems problems = new Problems();
        return TaskSource.read(folder, problems)
                .orElseThrow(() -> new IllegalStateException(problems.list().toString()));
    }

    /** What nearly every strategy begins with; the peer does the same. */
    static TrainingSet cropAndFlip(TaskPack pack, Path folder) throws IOException {
        return set(pack, folder, """
                strategy: 1
                samples:
                  augment:
                    - {crop: 4}
                    - {flip: horizontal, chance: 0.5}
                """);
    }

    static TrainingSet set(TaskPack pack, Path folder, String strategy) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve("strategy.yaml"), strategy.getBytes(StandardCharsets.UTF_8));
        Problems problems = new Problems();
        return StrategyReader.read(pack, folder, problems)
                .orElseThrow(() -> new IllegalStateException(problems.list().toString()));
    }
}
