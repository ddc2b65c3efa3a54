package touchstone.api.cli;

import io.micronaut.runtime.server.EmbeddedServer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import touchstone.api.app.DatabaseAddress;
import touchstone.api.app.Server;
import touchstone.api.app.Settings;

/** Serves until it is told to stop. */
@Command(name = "serve", description = "Starts the server on a data folder that init has made.")
final class ServeCommand implements Callable<Integer> {
    @Option(names = "--data", required = true, description = "The data folder.")
    private Path data = Path.of("data");

    @Option(names = "--port", defaultValue = "8080")
    private int port;

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address to listen on (${DEFAULT-VALUE}).")
    private String host = "127.0.0.1";

    @Option(names = "--database-url", description = "A PostgreSQL; without it, H2 in the data folder.")
    private @Nullable String databaseUrl;

    @Option(names = "--public-url", description = "The address that browsers use, when a proxy stands before it.")
    private @Nullable String publicUrl;

    @Override
    public Integer call() throws InterruptedException {
        EmbeddedServer server = Server.start(new Server.Options(
                Path.of(System.getenv().getOrDefault("TOUCHSTONE_HOME", ".")),
                data,
                Settings.Mode.PRODUCTION,
                DatabaseAddress.of(databaseUrl, data),
                host,
                port,
                publicUrl));
        System.out.println("Listening on " + server.getURL());
        new CountDownLatch(1).await();
        return 0;
    }
}
