package touchstone.evaluator.preview;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.task.TaskFile;

/** The tiny task's samples after each step. */
final class PreviewTest {

    private static final int SIDE = 16;

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
    void eachColumnAddsAStep() {
        Preview preview = preview("""
                samples:
                  augment:
                    - {invert: true}
                    - {flip: horizontal, chance: 0}
                """, 5, OptionalInt.empty());
        assertEquals(5, preview.rows().size());
        for (Preview.Row row : preview.rows()) {
            byte[] plain = row.cells().get(0).pixels();
            int at = tiny.base().ids().indexOf(row.id()) * SIDE * SIDE;
            assertArrayEquals(Arrays.copyOfRange(tiny.base().images(), at, at + SIDE * SIDE), plain);
            for (int i = 0; i < plain.length; i++) {
                assertEquals(255 - (plain[i] & 0xff), row.cells().get(1).pixels()[i] & 0xff);
                int mirrored = i / SIDE * SIDE + SIDE - 1 - i % SIDE;
                assertEquals(
                        row.cells().get(1).pixels()[mirrored],
                        row.cells().get(2).pixels()[i],
                        "the chance is taken as 1");
            }
        }
    }

    @Test
    void samplesAreChosenSoThatEachConditionHoldsForSome() {
        for (String label : tiny.classes()) {
            Preview preview = preview("""
                    samples:
                      augment:
                        - {invert: true, where: "label == '%s' and luma < 0.5"}
                        - {invert: true, where: "label != '%s'"}
                    """.formatted(label, label), 2, OptionalInt.empty());
            for (int step = 1; step <= 2; step++) {
                int column = step;
                assertEquals(
                        1,
                        preview.rows().stream()
                                .filter(row -> row.cells().get(column).changed())
                                .count());
            }
            for (Preview.Row row : preview.rows()) {
                assertEquals(row.label().equals(label), row.cells().get(1).changed());
                byte[] before = row.cells().get(0).pixels();
                assertEquals(
                        !row.cells().get(1).changed(),
                        Arrays.equals(before, row.cells().get(1).pixels()));
            }
        }
    }

    /** As in training: a rule that reads what is not there leaves the sample alone. */
    @Test
    void aSampleWithoutAValueIsShownAsItIs() {
        Path strategy = TestTasks.write(
                folder.resolve("own"),
                Map.of(
                        "strategy.yaml",
                        "columns: mine.csv\nsamples:\n  augment:\n    - {invert: true, where: \"my.x != 1\"}\n",
                        "mine.csv",
                        "id,x\nt0001,1\nt0002,2\n"));
        TrainingSet set = TestTasks.set(tiny, strategy);
        Preview preview = Preview.of(tiny, set, new Preview.Wanted(200, 1, OptionalInt.empty()), engine);
        assertEquals(
                List.of("t0002"),
                preview.rows().stream()
                        .filter(row -> row.cells().get(1).changed())
                        .map(Preview.Row::id)
                        .toList());
    }

    @Test
    void whatTrainingDecidesIsTakenAsTrueAndSaid() {
        String rules = """
                samples:
                  augment:
                    - {invert: true, where: "loss > 1"}
                    - {gamma: 2, where: "epoch >= 3", chance: 0.5}
                """;
        assertEquals(
                List.of(
                        "untitled",
                        "0  as it is",
                        "1  invert where loss > 1 [condition taken as true: it is known as training goes]",
                        "2  gamma 2, chance 0.5 where epoch >= 3 [chance taken as 1]"
                                + " [condition taken as true: it is known as training goes]",
                        "Each column adds one step to those before it."),
                preview(rules, 3, OptionalInt.empty()).legend());
        assertEquals(
                "2  gamma 2, chance 0.5 where epoch >= 3 [chance taken as 1] (for 0 of these 3; others faded)",
                preview(rules, 3, OptionalInt.of(2)).legend().get(3));
        assertTrue(preview(rules, 3, OptionalInt.of(3))
                .rows()
                .get(0)
                .cells()
                .get(2)
                .changed());
    }

    @Test
    void theSameSeedShowsTheSame() {
        String rules = "samples:\n  augment:\n    - {noise: 0.2}\n    - {mixup: 1}\n";
        byte[] once = preview(rules, 4, OptionalInt.empty())
                .rows()
                .get(3)
                .cells()
                .get(2)
                .pixels();
        byte[] again = preview(rules, 4, OptionalInt.empty())
                .rows()
                .get(3)
                .cells()
                .get(2)
                .pixels();
        byte[] other = preview(rules, 4, OptionalInt.of(2))
                .rows()
                .get(3)
                .cells()
                .get(2)
                .pixels();
        assertArrayEquals(once, again);
        assertFalse(Arrays.equals(once, other));
    }

    @Test
    void pixelsAreEnlargedToSquares() {
        Preview preview = preview("samples:\n  augment:\n    - {invert: true}\n", 3, OptionalInt.empty());
        BufferedImage page = new PreviewPage(preview, Optional.empty()).draw();
        int cell = SIDE * 6 + 6;
        assertEquals(6 + 2 * cell, page.getWidth());
        assertEquals(6 + 3 * cell, page.getHeight());
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 2; column++) {
                byte[] pixels = preview.rows().get(row).cells().get(column).pixels();
                for (int i = 0; i < cell - 6; i++) {
                    int level = pixels[i / 6 * SIDE + i / 6] & 0xff;
                    assertEquals(level, page.getRaster().getSample(6 + column * cell + i, 6 + row * cell + i, 0));
                }
            }
        }
    }

    private Preview preview(String rules, int samples, OptionalInt epoch) {
        Path strategy = TestTasks.write(folder.resolve("s" + rules.hashCode()), Map.of("strategy.yaml", rules));
        TrainingSet set = TestTasks.set(tiny, strategy);
        return Preview.of(tiny, set, new Preview.Wanted(samples, 1, epoch), engine);
    }
}
