package touchstone.evaluator.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import touchstone.evaluator.TestTasks;
import touchstone.fixtures.Strategies;
import touchstone.spec.job.CheckReport;
import touchstone.spec.text.Problem;

/** Every broken strategy gets exactly the problems that its {@code expected.yaml} lists. */
final class BrokenStrategiesTest {

    static Stream<String> broken() throws IOException {
        return Strategies.zips().keySet().stream().filter(name -> name.startsWith("broken/"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void getsItsProblems(String name, @TempDir Path folder) throws IOException {
        Map<String, Object> expected = expected(name);
        Path zip = Files.write(folder.resolve("strategy.zip"), Strategies.zips().get(name));
        CheckReport report =
                StrategyCheck.check(TestTasks.task(TestTasks.folder().resolve((String) expected.get("task"))), zip);
        assertEquals(problems(expected), report.problems());
        assertNull(report.strategy());
        assertNull(report.diff());
    }

    @Test
    void thereAreSome() throws IOException {
        assertEquals(22, broken().count());
    }

    private static Map<String, Object> expected(String name) throws IOException {
        try (InputStream file = Strategies.class.getResourceAsStream("strategies/" + name + "/expected.yaml")) {
            @SuppressWarnings("unchecked") // the file is ours
            var map = (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromInputStream(file);
            return map;
        }
    }

    private static List<Problem> problems(Map<String, Object> expected) {
        List<Problem> problems = new ArrayList<>();
        for (Object one : (List<?>) expected.get("problems")) {
            Map<?, ?> map = (Map<?, ?>) one;
            problems.add(Problem.at(
                    (String) map.get("file"),
                    (int) map.get("line"),
                    (int) map.get("column"),
                    (String) map.get("message"),
                    (String) map.get("instead")));
        }
        return problems;
    }
}
