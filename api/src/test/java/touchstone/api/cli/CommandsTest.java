package touchstone.api.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.account.Accounts;
import touchstone.api.account.Role;
import touchstone.api.app.DatabaseAddress;
import touchstone.api.app.House;
import touchstone.api.app.KeyFile;
import touchstone.api.app.Server;
import touchstone.api.app.Settings;
import touchstone.api.app.TestHouse;
import touchstone.api.storage.Database;

final class CommandsTest {
    @TempDir
    private Path folder;

    private record Outcome(int exit, String errors) {}

    private static Outcome run(String input, String... arguments) {
        PrintStream errors = System.err;
        InputStream in = System.in;
        ByteArrayOutputStream caught = new ByteArrayOutputStream();
        System.setErr(new PrintStream(caught, true));
        System.setIn(new ByteArrayInputStream(input.getBytes()));
        try {
            int exit = Main.run(arguments);
            return new Outcome(exit, caught.toString());
        } finally {
            System.setErr(errors);
            System.setIn(in);
        }
    }

    private ApplicationContext open(Path data, Settings.Mode mode) {
        return Server.context(new Server.Options(
                TestHouse.repository(), data, mode, DatabaseAddress.inFolder(data), "127.0.0.1", 0, null));
    }

    @Test
    void initMakesAHouseOnceAndAdminCreateItsFirstAdministrator() throws Exception {
        Path data = folder.resolve("house");
        assertEquals(0, run("", "init", "--data", data.toString()).exit());
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("touchstone.key"))));
        Outcome again = run("", "init", "--data", data.toString());
        assertEquals(1, again.exit());
        assertTrue(again.errors().contains("made before"), again.errors());
        Outcome made = run("a long password\n", "admin", "create", "--data", data.toString(), "--name", "root");
        assertEquals(0, made.exit(), made.errors());
        try (ApplicationContext context = open(data, Settings.Mode.PRODUCTION)) {
            assertEquals(
                    Role.ADMINISTRATOR,
                    context.getBean(Accounts.class).find("root").orElseThrow().role());
        }
        Outcome demo = run("", "demo", "--port", "0", "--data", data.toString());
        assertEquals(1, demo.exit());
        assertTrue(demo.errors().contains("the demo leaves it alone"), demo.errors());
    }

    /** As an init container does, which may run again in front of a volume that is there already. */
    @Test
    void initTakesAGivenKeyAsOftenAsItIsTheSame() throws Exception {
        Path data = folder.resolve("given-house");
        Path key = data.resolve("touchstone.key");
        Path given = Files.writeString(folder.resolve("given.key"), "k".repeat(32));
        String[] words = {"init", "--data", data.toString(), "--key-file", given.toString()};
        assertEquals(0, run("", words).exit());
        // What a cluster makes of the files of a volume that a group is to read.
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-rw----"));
        assertEquals(0, run("", words).exit());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
        Files.writeString(given, "o".repeat(32));
        Outcome another = run("", words);
        assertEquals(1, another.exit());
        assertTrue(another.errors().contains("is another key than"), another.errors());
        assertEquals("k".repeat(32), Files.readString(key));
        Files.writeString(given, "short");
        Outcome tooShort = run("", words);
        assertEquals(1, tooShort.exit());
        assertTrue(tooShort.errors().contains("too short"), tooShort.errors());
    }

    @Test
    void adminOpensAPausedTaskAndNoOtherAndRetriesWhatIsHeld() throws Exception {
        String data = folder.resolve("paused").toString();
        assertEquals(0, run("", "init", "--data", data).exit());
        assertEquals(
                0,
                run("a long password\n", "admin", "create", "--data", data, "--name", "root")
                        .exit());
        try (ApplicationContext context = open(Path.of(data), Settings.Mode.PRODUCTION)) {
            context.getBean(Database.class)
                    .change(
                            """
                            insert into task (id, slug, title, organizer, access, state, created)
                            values (?, 'stuck', 'Stuck', ?, 'public', 'paused', ?)
                            """,
                            UUID.randomUUID(),
                            context.getBean(Accounts.class)
                                    .find("root")
                                    .orElseThrow()
                                    .id(),
                            Instant.EPOCH);
        }
        Outcome opened = run("", "admin", "open", "--data", data, "--task", "stuck");
        assertEquals(0, opened.exit(), opened.errors());
        Outcome again = run("", "admin", "open", "--data", data, "--task", "stuck");
        assertEquals(1, again.exit());
        assertTrue(again.errors().contains("not paused but open"), again.errors());
        Outcome unknown = run("", "admin", "open", "--data", data, "--task", "none");
        assertTrue(unknown.errors().contains("There is no task"), unknown.errors());
        assertEquals(0, run("", "admin", "retry", "--data", data).exit());
        try (ApplicationContext context = open(Path.of(data), Settings.Mode.PRODUCTION)) {
            assertEquals(
                    List.of("account.create root: administrator, may create tasks", "task.resume stuck: was paused"),
                    context.getBean(Database.class)
                            .list(
                                    "select act, object, detail from audit where actor is null order by seq",
                                    row -> row.text("act") + " " + row.text("object") + ": " + row.text("detail")),
                    "what is done on the data itself is on record too");
        }
    }

    @Test
    void theDemoTellsThatItsPortIsTakenBeforeItMakesAnything() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            Outcome outcome = run(
                    "", "demo", "--port", port, "--data", folder.resolve("new").toString());
            assertEquals(1, outcome.exit());
            assertTrue(outcome.errors().contains("Port " + port + " is taken"), outcome.errors());
            assertFalse(Files.exists(folder.resolve("new")));
        }
    }

    @Test
    void serveRefusesToStartWithoutItsKey() {
        Outcome outcome = run("", "serve", "--data", folder.resolve("none").toString());
        assertEquals(1, outcome.exit());
        assertTrue(outcome.errors().contains("touchstone init"), outcome.errors());
    }

    @Test
    void serveRefusesAKeyThatOthersCanRead() throws Exception {
        Path key = folder.resolve("open/touchstone.key");
        KeyFile.create(key);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        Outcome outcome = run("", "serve", "--data", key.getParent().toString());
        assertEquals(1, outcome.exit());
        assertTrue(outcome.errors().contains("chmod 600"), outcome.errors());
    }

    @Test
    void serveRefusesADemosDatabase() throws Exception {
        Path data = folder.resolve("demo");
        KeyFile.create(data.resolve("touchstone.key"));
        try (ApplicationContext context = open(data, Settings.Mode.DEMO)) {
            context.getBean(House.class).mark(Settings.Mode.DEMO);
        }
        Outcome outcome = run("", "serve", "--data", data.toString());
        assertEquals(1, outcome.exit());
        assertTrue(outcome.errors().contains("demo's database"), outcome.errors());
    }
}
