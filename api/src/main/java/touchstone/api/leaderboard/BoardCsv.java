package touchstone.api.leaderboard;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A board for spreadsheets. */
final class BoardCsv {
    private static final String HEAD =
            "rank,kind,team,score,half_width,gain,labels_changed,added,dropped,submissions,at\r\n";

    private BoardCsv() {}

    static String of(Board board) {
        return HEAD + board.rows().stream().map(BoardCsv::line).collect(Collectors.joining());
    }

    private static String line(Board.Row row) {
        return cells(
                row.rank(),
                row.kind().word(),
                escape(row.team()),
                row.score(),
                row.halfWidth(),
                row.gain(),
                row.labelsChanged(),
                row.added(),
                row.dropped(),
                row.submissions(),
                row.at());
    }

    private static String cells(@Nullable Object... cells) {
        return Arrays.stream(cells)
                        .map(cell -> cell == null ? "" : cell.toString())
                        .collect(Collectors.joining(",")) + "\r\n";
    }

    /** Text from people: a spreadsheet must not take it for a formula. */
    static String escape(String text) {
        String harmless = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        boolean quoted = harmless.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return quoted ? '"' + harmless.replace("\"", "\"\"") + '"' : harmless;
    }
}
