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

/** What organizers do with a task on a server. Making and checking one needs none, and is the evaluator's. */
@Command(
        name = "task",
        description = "What organizers do with tasks on a server.",
        subcommands = {TaskCommand.Publish.class})
final class TaskCommand {

    @Command(
            name = "publish",
            description =
                    "Sends a task to a server and publishes it, or keeps it there as a draft. Needs an organizer's token.")
    static final class Publish implements Callable<Integer> {
        @Mixin
        private ServerOptions server = new ServerOptions();

        @Option(names = "--draft", description = "Keeps it as the task's draft, which organizers alone see.")
        private boolean draft;

        @Parameters(paramLabel = "TASK", description = "The zip, or a folder with task.yaml in it.")
        private Path task = Path.of("");

        @Override
        public Integer call() throws IOException {
            JsonNode made = send(server.client());
            System.out.println(server.json() ? made : told(made));
            made.at("/draft/warnings").forEach(warning -> System.err.println("Warning: " + warning.asText()));
            return Exit.DONE;
        }

        private String told(JsonNode made) {
            String name = made.path("name").asText();
            String version = "Version " + made.path("version").asText() + " of \"" + name + "\" ";
            return version
                    + (draft ? "waits as a draft. Try it out: POST /api/tasks/" + name + "/try-out." : "is published.")
                    + "\nDigest " + made.path("digest").asText();
        }

        private JsonNode send(ApiClient client) throws IOException {
            String path = "api/tasks" + (draft ? "?draft=true" : "");
            if (!Files.isDirectory(task)) return client.postZip(path, task).json();
            Path zip = Files.createTempFile("task", ".zip");
            try {
                FolderZip.write(task, zip);
                return client.postZip(path, zip).json();
            } finally {
                Files.deleteIfExists(zip);
            }
        }
    }
}
