package touchstone.evaluator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/** Every strategy of the cookbook is sound, trains, and is what its page shows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CookbookTest {

    private static final Path STRATEGIES = Path.of("..", "fixtures", "strategies", "cookbook");
    private static final Path PAGES = Path.of("..", "docs", "cookbook");

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

    @ParameterizedTest
    @MethodSource("names")
    void isWhatItsPageShows(String name) throws IOException {
        String strategy = Files.readString(STRATEGIES.resolve(name).resolve("strategy.yaml"));
        String page = Files.readString(PAGES.resolve(name + ".md"));
        assertTrue(page.contains("```yaml\n" + strategy.stripTrailing() + "\n```"), "the page shows another strategy");
        for (String part : List.of("## When it helps", "## Source", "## Measured", "## When it does not")) {
            assertTrue(page.contains(part), "the page lacks '" + part + "'");
        }
        String index = Files.readString(PAGES.resolve("README.md"));
        assertTrue(index.contains("(" + name + ".md)"), "the index does not name it");
    }

    private static final Training.Listener SILENT = new Training.Listener() {
        @Override
        public void step(int epoch, int step, int steps) {}

        @Override
        public void epoch(CurvePoint point) {}
    };
}
