package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.TestTasks;

/** Equal digests give equal bits, in fresh processes, whatever operations and whichever parts of a recipe are used. */
final class ExactnessTest {

    @TempDir
    private static Path folder;

    private static Path task;
    private static Path strategy;

    /** A convolutional network with residuals, AdamW and averaged weights; two epochs of every operation that there is. */
    @BeforeAll
    static void writeAll() throws IOException {
        task = folder.resolve("task");
        try (Stream<Path> files = Files.walk(TestTasks.tinyFolder())) {
            for (Path file : files.toList()) {
                Path to = task.resolve(TestTasks.tinyFolder().relativize(file).toString());
                if (Files.isDirectory(file)) Files.createDirectories(to);
                else Files.copy(file, to);
            }
        }
        Path yaml = task.resolve("task.yaml");
        String text = Files.readString(yaml)
                .replace("{architecture: mlp, width: 32}", "{architecture: resnet9, width: 8}")
                .replace("sgd: {momentum: 0.9, nesterov: true, weight-decay: 5e-4}", "adamw: {weight-decay: 1e-2}")
                .replace("one-cycle: {peak: 0.1, warmup: 0.2}", "cosine: {peak: 0.01}")
                .replace("epochs: 4", "epochs: 2\n  average: {ema: 0.9}");
        assertTrue(text.contains("resnet9") && text.contains("adamw") && text.contains("cosine"), text);
        Files.writeString(yaml, text);
        strategy = TestTasks.write(folder.resolve("strategy"), Map.of("strategy.yaml", """
                samples:
                  draw: "sqrt(max_class_count / class_count)"
                  augment:
                    - {one-of: [{flip: horizontal}, {flip: vertical}], chance: 0.5}
                    - {translate: 1}
                    - {crop: 2}
                    - {some-of: [{rotate: 20}, {scale: [0.8, 1.2]}, {shear: 10}], count: 2}
                    - {some-of: [{gamma: [0.5, 1.5]}, {brightness: [0.8, 1.2]}, {contrast: [0.8, 1.2]}], count: 1}
                    - {one-of: [{autocontrast: true}, {equalize: true}, {invert: true}], chance: 0.5}
                    - {one-of: [{posterize: 4}, {solarize: 0.5}, {sharpen: 1}, {blur: 1}]}
                    - {one-of: [{denoise: {median: 3}}, {denoise: {median: 5}}, {denoise: {gaussian: 0.8}}]}
                    - {noise: 0.05}
                    - {one-of: [{cutout: 4}, {erase: [0.02, 0.2]}]}
                    - {cutmix: 1, chance: 0.3}
                    - {mixup: 0.2, chance: 0.5}
                labels:
                  - {toward: prediction, amount: "0.3 * progress"}
                weights:
                  - value: "if(loss_rank > 0.9, 0.2, 1 + confidence)"
                """));
    }

    @Test
    void withOneThread() throws Exception {
        same("1");
    }

    @Test
    void withTwoThreads() throws Exception {
        same("2");
    }

    private static void same(String threads) throws Exception {
        JsonNode first = evaluate(threads);
        JsonNode second = evaluate(threads);
        assertEquals(first.get("digests"), second.get("digests"));
        assertEquals(first.get("metrics"), second.get("metrics"));
        assertEquals(threads, first.get("fingerprint").get("threads").asText());
    }

    private static JsonNode evaluate(String threads) throws Exception {
        Evaluator.Ended ended = Evaluator.run(
                folder,
                "evaluate",
                "--task",
                task.toString(),
                "--strategy",
                strategy.toString(),
                "--threads",
                threads,
                "--json");
        assertEquals(0, ended.status(), ended.out() + ended.error());
        return ended.json();
    }
}
