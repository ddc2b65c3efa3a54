package touchstone.api.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Fetches what contestants are given. */
@Command(name = "download", description = "Fetches a contest's data: base set and validation set, as one zip.")
final class DownloadCommand implements Callable<Integer> {
    @Mixin
    private ServerOptions server = new ServerOptions();

    @Option(names = "--task", required = true, paramLabel = "NAME", description = "The contest's name in its address.")
    private String task = "";

    @Option(names = "--out", paramLabel = "FILE", description = "Where to; NAME.zip here when left out.")
    private @Nullable Path out;

    @Override
    public Integer call() {
        Path file = out == null ? Path.of(task + ".zip") : out;
        long bytes = server.client().download("api/tasks/" + ApiClient.part(task) + "/data", file);
        System.out.println(
                server.json()
                        ? "{\"file\":" + ApiClient.quoted(file.toString()) + ",\"bytes\":" + bytes + "}"
                        : file + ": " + bytes + " bytes");
        return Exit.DONE;
    }
}
