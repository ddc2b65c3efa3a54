package touchstone.api.app;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code docs/http-errors.md} lists. */
final class DocumentedProblems {
    private static final Pattern CODE = Pattern.compile("`([a-z][a-z0-9-]*)`");

    private DocumentedProblems() {}

    /** Every row as "status code". */
    static Set<String> rows() throws IOException {
        Set<String> rows = new TreeSet<>();
        for (String line : Files.readAllLines(TestHouse.repository().resolve("docs/http-errors.md"))) {
            String[] cells = line.split("\\|");
            if (cells.length < 4 || !cells[1].strip().matches("\\d{3}")) continue;
            Matcher code = CODE.matcher(cells[2]);
            while (code.find()) rows.add(cells[1].strip() + " " + code.group(1));
        }
        return rows;
    }
}
