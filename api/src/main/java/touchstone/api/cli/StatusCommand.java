package touchstone.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what became of what was sent. */
@Command(
        name = "status",
        description = "Tells what became of a submission, or of all that the own team sent to a contest.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private PageOptions page = new PageOptions();

    @ArgGroup(multiplicity = "1")
    private Which which = new Which();

    @Option(names = "--wait", description = "With a submission: tells how far it is, and ends with its score.")
    private boolean wait;

    static final class Which {
        @Option(names = "--task", paramLabel = "NAME", description = "All submissions to this contest, newest first.")
        private @Nullable String task;

        @Parameters(paramLabel = "ID", arity = "0..1", description = "One submission.")
        private @Nullable String id;
    }

    @Override
    public Integer call() {
        ApiClient client = server.client();
        if (which.id != null) return one(client, path(which.id));
        JsonNode list = client.get(page.of("api/tasks/" + ApiClient.part(String.valueOf(which.task)) + "/submissions"))
                .json();
        if (server.json()) System.out.println(list);
        else page.print(list, StatusCommand::line);
        return Exit.DONE;
    }

    private int one(ApiClient client, String path) {
        JsonNode submission = wait
                ? Watch.toTheEnd(client, path, System.err)
                : client.get(path).json();
        System.out.println(server.json() ? submission : SubmissionText.of(submission));
        return SubmissionText.exit(submission);
    }

    private static String line(JsonNode submission) {
        return submission.path("id").asText() + "  " + submission.path("number").asText() + "  "
                + submission.path("title").asText() + ": "
                + SubmissionText.of(submission).lines().findFirst().orElse("");
    }

    static String path(String id) {
        return "api/submissions/" + ApiClient.part(id);
    }
}
