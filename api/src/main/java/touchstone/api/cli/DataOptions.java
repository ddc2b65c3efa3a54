package touchstone.api.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import touchstone.api.app.DatabaseAddress;
import touchstone.api.app.Server;
import touchstone.api.app.Settings;

/** Which data a command works on. */
final class DataOptions {
    private static final String LOOPBACK = "127.0.0.1";

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "The data folder.")
    private Path data = Path.of("data");

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            description = "A PostgreSQL, as jdbc:postgresql://host/database?user=…; without it what"
                    + " TOUCHSTONE_DATABASE_URL says, which others cannot read; without both, H2 in the data folder.")
    private @Nullable String databaseUrl = System.getenv("TOUCHSTONE_DATABASE_URL");

    Path data() {
        return data;
    }

    /** For commands that do not listen. */
    Server.Options options() {
        return options(LOOPBACK, 0, null);
    }

    Server.Options options(String host, int port, @Nullable String publicUrl) {
        return new Server.Options(
                home(), data, Settings.Mode.PRODUCTION, DatabaseAddress.of(databaseUrl, data), host, port, publicUrl);
    }

    static Path home() {
        return Path.of(System.getenv().getOrDefault("TOUCHSTONE_HOME", "."));
    }
}
