package touchstone.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows a contest's ranking. */
@Command(name = "board", description = "Shows a contest's ranking. A public one needs no token.")
final class BoardCommand implements Callable<Integer> {
    @Mixin
    private ServerOptions server = new ServerOptions();

    @Option(names = "--task", required = true, paramLabel = "NAME", description = "The contest's name in its address.")
    private String task = "";

    @Option(names = "--csv", description = "For spreadsheets.")
    private boolean csv;

    @Override
    public Integer call() {
        String path = "api/tasks/" + ApiClient.part(task) + "/leaderboard";
        if (csv) {
            System.out.print(server.client().get(path + "?format=csv").text());
            return Exit.DONE;
        }
        JsonNode board = server.client().get(path).json();
        if (server.json()) System.out.println(board);
        else print(board);
        return Exit.DONE;
    }

    private static void print(JsonNode board) {
        System.out.printf(
                "%s: %s on the %s fold%n",
                board.path("title").asText(),
                board.path("metric").asText(),
                board.path("fold").asText());
        if (board.path("rows").isEmpty()) System.out.println("Nobody has a score yet.");
        for (JsonNode row : board.path("rows")) {
            String rank = row.path("rank").isNull() ? "-" : row.path("rank").asText();
            double halfWidth = row.path("halfWidth").asDouble();
            System.out.printf(
                    Locale.ROOT,
                    "%4s  %-40s %.4f%s%n",
                    rank,
                    row.path("team").asText(),
                    row.path("score").asDouble(),
                    // 0 = not known for this metric.
                    halfWidth > 0 ? String.format(Locale.ROOT, " ± %.4f", halfWidth) : "");
        }
    }
}
