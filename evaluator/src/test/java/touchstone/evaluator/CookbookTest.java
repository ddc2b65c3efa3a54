package touchstone.evaluator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import touchstone.evaluator.check.StrategyCheck;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.training.Training;
import touchstone.spec.job.CurvePoint;

/** Every strategy of the cookbook is sound and trains. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CookbookTest {

    private static final Path STRATEGIES = Path.of("..", "fixtures", "strategies", "cookbook");

    private NumericEngine engine;
    private TaskPack tiny;

    @BeforeAll
    void startTheEngine() {
        tiny = TestTasks.tiny();
        engine = NumericEngine.start(tiny.file().recipe().device());
    }

    static List<String> names() throws IOException {
        try (var folders = Files.list(STRATEGIES)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void isSound(String name) throws IOException {
        for (TaskPack task : List.of(tiny, TestTasks.roman())) {
            assertEquals(
                    List.of(),
                    StrategyCheck.check(task, STRATEGIES.resolve(name)).problems());
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void trains(String name) {
        var set = TestTasks.set(tiny, STRATEGIES.resolve(name));
        assertInstanceOf(Training.Outcome.Trained.class, new Training(tiny, set, 1, engine).run(SILENT));
    }

    private static final Training.Listener SILENT = new Training.Listener() {
        @Override
        public void step(int epoch, int step, int steps) {}

        @Override
        public void epoch(CurvePoint point) {}
    };
}
