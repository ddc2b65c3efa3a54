package touchstone.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which part of a long list. */
final class PageOptions {
    @Option(names = "--after", paramLabel = "NEXT", description = "Go on where the part before ended.")
    private @Nullable String after;

    /** @param path of a list, with or without a query */
    String of(String path) {
        if (after == null) return path;
        return path + (path.contains("?") ? "&" : "?") + "after=" + ApiClient.part(after);
    }

    void print(JsonNode list, Function<JsonNode, String> line) {
        for (JsonNode item : list.path("items")) System.out.println(line.apply(item));
        if (list.path("items").isEmpty()) System.err.println("There is nothing here.");
        if (list.path("next").isTextual())
            System.err.println("There is more: --after " + list.path("next").asText());
    }
}
