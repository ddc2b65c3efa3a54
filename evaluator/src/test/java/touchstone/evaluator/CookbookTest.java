package touchstone.evaluator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import touchstone.evaluator.check.StrategyCheck;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.training.Training;
import touchstone.spec.job.CurvePoint;

/** Every strategy of the cookbook is sound, does something, and is what its page shows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CookbookTest {

    private static final Path STRATEGIES = Path.of("..", "fixtures", "strategies", "cookbook");
    private static final Path PAGES = Path.of("..", "docs", "cookbook");

    private NumericEngine engine;
    private TaskPack tiny;
    /** So that what begins in a later epoch begins. */
    private TaskPack longer;

    @TempDir
    private static Path folder;

    private final Map<String, String> digests = new HashMap<>();

    @BeforeAll
    void startTheEngine() {
        tiny = TestTasks.tiny();
        longer = TestTasks.task(TestTasks.tinyWith(folder.resolve("longer"), "epochs: 4", "epochs: 8"));
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
    void changesWhatIsTrained(String name) throws IOException {
        String strategy = Files.readString(STRATEGIES.resolve(name).resolve("strategy.yaml"));
        assertNotEquals(trained("strategy: 1\n" + withoutIdea(strategy)), trained(strategy));
    }

    /** The augmentation that stands beside another idea; nothing where it is the idea. */
    private static String withoutIdea(String strategy) {
        String samples = strategy.contains("samples:\n") ? strategy.substring(strategy.indexOf("samples:\n")) : "";
        String beside = samples.replaceAll("(?ms)^(labels|weights):.*", "").replaceAll("(?m)^  draw:.*\n", "");
        return beside.equals(samples) ? "" : beside;
    }

    /** Digest of the final weights; what many strategies are compared with is trained once. */
    private String trained(String strategy) {
        return digests.computeIfAbsent(strategy, text -> {
            Path written = folder.resolve("strategy-" + digests.size());
            try {
                Files.writeString(Files.createDirectories(written).resolve("strategy.yaml"), text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            var outcome = new Training(longer, TestTasks.set(longer, written), 1, engine).run(SILENT);
            return assertInstanceOf(Training.Outcome.Trained.class, outcome)
                    .weights()
                    .digest();
        });
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
