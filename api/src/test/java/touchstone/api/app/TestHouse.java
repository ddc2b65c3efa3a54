package touchstone.api.app;

import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import touchstone.api.account.Account;
import touchstone.api.account.Accounts;
import touchstone.api.account.Role;
import touchstone.api.account.Tokens;
import touchstone.api.storage.Database;
import touchstone.fixtures.Fixtures;

/** A real server on a real database, one of each kind for the whole test run. Judging is off: tests write what it would. */
public final class TestHouse {
    private static final Map<DatabaseKind, TestHouse> HOUSES = new EnumMap<>(DatabaseKind.class);

    private final EmbeddedServer server;
    private final Path data;
    private final Path fixtures;

    private TestHouse(DatabaseKind kind) {
        this(kind, Map.of());
    }

    private TestHouse(DatabaseKind kind, Map<String, Object> more) {
        try {
            data = Files.createTempDirectory("touchstone-test");
            fixtures = data.resolve("fixtures");
            Fixtures.writeTiny(fixtures);
            KeyFile.create(data.resolve("touchstone.key"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server = Server.start(
                new Server.Options(
                        repository(), data, Settings.Mode.PRODUCTION, kind.address(data), "127.0.0.1", 0, null),
                properties(more));
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    }

    public static synchronized TestHouse on(DatabaseKind kind) {
        return HOUSES.computeIfAbsent(kind, TestHouse::new);
    }

    private static Map<String, Object> properties(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put("touchstone.judging.enabled", "false");
        // Tests read boards right after they change.
        properties.put("touchstone.board.moment", "PT0S");
        properties.put("touchstone.http.rate-limits", "false");
        return properties;
    }

    /** One that nobody shares, configured otherwise. It lives as long as the test run. */
    public static TestHouse alone(DatabaseKind kind, Map<String, Object> more) {
        return new TestHouse(kind, more);
    }

    public Path data() {
        return data;
    }

    /** The folder that holds all modules. */
    public static Path repository() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("evaluator/pom.xml"))) folder = folder.getParent();
        return folder;
    }

    public URI address() {
        return server.getURI();
    }

    public <T> T bean(Class<T> type) {
        return server.getApplicationContext().getBean(type);
    }

    public Database database() {
        return bean(Database.class);
    }

    public byte[] fixture(String name) throws IOException {
        return Files.readAllBytes(fixtures.resolve(name));
    }

    /** Somebody without a session, such as the public. */
    public Person nobody() {
        return new Person(this, null, "nobody", null);
    }

    /** A new account whose name begins so, with a token. */
    public Person person(String name) {
        return person(name, Role.CONTESTANT, false);
    }

    public Person organizer(String name) {
        return person(name, Role.CONTESTANT, true);
    }

    public Person administrator(String name) {
        return person(name, Role.ADMINISTRATOR, true);
    }

    private Person person(String name, Role role, boolean mayCreateTasks) {
        String unique = name + "-" + UUID.randomUUID().toString().substring(0, 8);
        Account account = bean(Accounts.class).create(unique, "a long password", null, role, mayCreateTasks);
        Tokens.Token token = bean(Tokens.class).create(account.id(), "test", Duration.ofDays(1));
        return new Person(this, account.id(), unique, token.token());
    }

    /** Files that uploads or checks may have left. */
    public long leftovers() throws IOException {
        return count(data.resolve("blobs/incoming")) + count(data.resolve("work"));
    }

    public long blobs() {
        return database().get("select count(*) as blobs from blob", row -> row.number("blobs"));
    }

    private static long count(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) return 0;
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).count();
        }
    }
}
