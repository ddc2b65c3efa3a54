package touchstone.api.app;

import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import touchstone.api.account.Accounts;
import touchstone.api.account.Role;

/** Whole servers in this process, loops and real evaluator included, on a database of a test's own. */
public final class TestServers {
    private TestServers() {}

    /** @param more properties beside the usual */
    public static EmbeddedServer start(Path data, String databaseUrl, Map<String, Object> more) throws IOException {
        KeyFile.create(data.resolve("touchstone.key"));
        return Server.start(
                new Server.Options(
                        TestHouse.repository(),
                        data,
                        Settings.Mode.PRODUCTION,
                        DatabaseAddress.of(databaseUrl, data),
                        "127.0.0.1",
                        0,
                        null),
                more);
    }

    /** An account that may publish tasks. */
    public static void organizer(EmbeddedServer server, String name, String password) {
        server.getApplicationContext().getBean(Accounts.class).create(name, password, null, Role.CONTESTANT, true);
    }
}
