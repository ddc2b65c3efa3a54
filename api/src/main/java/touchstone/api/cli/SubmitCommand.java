package touchstone.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends a strategy. */
@Command(
        name = "submit",
        description = "Sends a strategy to a contest. Sent twice, the same strategy is one submission.")
final class SubmitCommand implements Callable<Integer> {
    @Mixin
    private ServerOptions server = new ServerOptions();

    @Option(names = "--task", required = true, paramLabel = "NAME", description = "The contest's name in its address.")
    private String task = "";

    @Option(names = "--wait", description = "Tells how far it is, and ends with its score.")
    private boolean wait;

    @Parameters(paramLabel = "STRATEGY", description = "The zip, or a folder with strategy.yaml in it.")
    private Path strategy = Path.of("");

    @Override
    public Integer call() throws IOException {
        ApiClient client = server.client();
        JsonNode submission = send(client);
        String path = StatusCommand.path(submission.path("id").asText());
        if (submission.path("sentBefore").isTextual())
            System.err.println(submission.path("sentBefore").asText());
        if (wait) {
            System.err.println("Submission " + submission.path("id").asText() + ".");
            submission = Watch.toTheEnd(client, path, System.err);
        }
        System.out.println(
                server.json()
                        ? submission
                        : "Submission " + submission.path("id").asText() + ", number "
                                + submission.path("number").asText() + " of "
                                + submission.path("team").asText() + ". " + SubmissionText.of(submission));
        return SubmissionText.exit(submission);
    }

    private JsonNode send(ApiClient client) throws IOException {
        String path = "api/tasks/" + ApiClient.part(task) + "/submissions";
        if (!Files.isDirectory(strategy)) return client.postZip(path, strategy).json();
        Path zip = Files.createTempFile("strategy", ".zip");
        try {
            FolderZip.write(strategy, zip);
            return client.postZip(path, zip).json();
        } finally {
            Files.deleteIfExists(zip);
        }
    }
}
