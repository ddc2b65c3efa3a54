package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.TestTasks;

/** What is made does not depend on the language of the machine: many write other digits, and a comma for the point. */
final class LocaleTest {

    private static final Pattern DEPENDENT =
            Pattern.compile("(String\\.format|\\.printf)\\((?!\\s*Locale\\.ROOT)|\\.to(Lower|Upper)Case\\(\\)");

    private static final String FORMATTED = ".formatted(";
    private static final Pattern ONLY_TEXTS = Pattern.compile("(?s)[^%]*+(%[sn%][^%]*+)*+");

    @TempDir
    private Path folder;

    @Test
    void idsAreCountedInLatinDigits() throws Exception {
        Path task = TestTasks.tinyWith(folder.resolve("task"), ", metadata: train.csv", "");
        Path strategy = TestTasks.write(
                folder.resolve("strategy"),
                Map.of("strategy.yaml", "samples: {drop: drop.csv}\n", "drop.csv", "id\ntrain-000007\n"));
        String[] options = {"--task", task.toString(), "--strategy", strategy.toString()};
        Evaluator.Ended root = Evaluator.run(folder, "check", options);
        Evaluator.Ended arabic =
                Evaluator.run(folder, List.of("-Duser.language=ar", "-Duser.country=EG"), "check", options);
        assertEquals(0, root.status(), root.out() + root.error());
        assertEquals(root, arabic);
    }

    @Test
    void noSourceFormatsByTheMachinesLanguage() throws IOException {
        List<String> found = new ArrayList<>();
        for (String sources : List.of("src/main/java", "spec/src/main/java", "../fixtures/src/main/java")) {
            try (Stream<Path> files = Files.walk(Path.of(sources))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    dependent(Files.readString(file)).forEach(text -> found.add(file.getFileName() + ": " + text));
                }
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    void theSearchFindsWhatItIsFor() {
        assertEquals(
                3,
                dependent("String.format(\n\"%d\", 1); text.toLowerCase(); \"%d%%\".formatted(1)")
                        .size());
        assertEquals(List.of(), dependent("String.format(\nLocale.ROOT, \"%d\", 1); \"%s%n\".formatted(1)"));
    }

    private static List<String> dependent(String source) {
        List<String> found = new ArrayList<>(
                DEPENDENT.matcher(source).results().map(MatchResult::group).toList());
        for (int at = source.indexOf(FORMATTED); at >= 0; at = source.indexOf(FORMATTED, at + 1)) {
            String quotes = source.startsWith("\"\"\"", at - 3) ? "\"\"\"" : "\"";
            String literal = source.substring(source.lastIndexOf(quotes, at - quotes.length() - 1), at);
            // %s of a number is the same everywhere.
            if (!ONLY_TEXTS.matcher(literal).matches()) found.add(literal);
        }
        return found;
    }
}
