package touchstone.api.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The codes of problems in the source and in {@code docs/http-errors.md} are the same. */
final class DocumentedProblemsTest {
    private static final Pattern MADE = Pattern.compile(
            "(?:Refusal\\.(?:of|badRequest|conflict|problems|tooMany)|ProblemDocument\\.of|\\brefusal|\\bof(?=\\(\\s*status))"
                    + "\\(\\s*(?:HttpStatus\\.[A-Z_]+,\\s*|status,\\s*)?\"([a-z][a-z0-9-]*)\",");

    @Test
    void everyCodeInTheSourceIsDocumentedAndNoOther() throws IOException {
        String source = source();
        Set<String> made = new TreeSet<>();
        for (Matcher call = MADE.matcher(source); call.find(); ) made.add(call.group(1));
        assertTrue(made.size() > 20, made.toString());
        Set<String> documented = new TreeSet<>();
        for (String row : DocumentedProblems.rows()) documented.add(row.substring(4));
        Set<String> missing = new TreeSet<>(made);
        missing.removeAll(documented);
        assertEquals(Set.of(), missing, "without a row in docs/http-errors.md");
        documented.removeIf(code -> source.contains('"' + code + '"'));
        assertEquals(Set.of(), documented, "a row for what is made nowhere");
    }

    private static String source() throws IOException {
        StringBuilder source = new StringBuilder();
        try (Stream<Path> files = Files.walk(TestHouse.repository().resolve("api/src/main/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList())
                source.append(Files.readString(file)).append('\n');
        }
        return source.toString();
    }
}
