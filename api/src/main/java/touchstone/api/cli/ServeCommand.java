package touchstone.api.cli;

import io.micronaut.runtime.server.EmbeddedServer;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves until it is told to stop. */
@Command(name = "serve", description = "Starts the server on a data folder that init has made.")
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private DataOptions data = new DataOptions();

    @Option(names = "--port", defaultValue = "8080", description = "Port to listen on (${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address to listen on (${DEFAULT-VALUE}).")
    private String host = "127.0.0.1";

    @Option(
            names = "--public-url",
            paramLabel = "URL",
            description =
                    "The address that browsers use, such as https://contest.example, when a proxy stands before it.")
    private @Nullable String publicUrl;

    @Override
    public Integer call() throws Exception {
        EmbeddedServer server = Listening.start(Opened.production(data.options(host, port, publicUrl)), port);
        System.out.println("Listening on " + Listening.address(server));
        Listening.untilStopped();
        return 0;
    }
}
