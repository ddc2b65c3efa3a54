package touchstone.api.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.account.Accounts;
import touchstone.api.app.DatabaseAddress;
import touchstone.api.app.Server;
import touchstone.api.app.Settings;
import touchstone.api.app.TestHouse;

/** Backup and restore as an operator types them, on H2. */
final class BackupCommandTest {
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

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private void passphrase(String name, String content) throws Exception {
        Files.writeString(folder.resolve(name), content + "\n");
    }

    private static void assertRefused(Outcome outcome, String because) {
        assertEquals(1, outcome.exit(), outcome.errors());
        assertTrue(outcome.errors().contains(because), outcome.errors());
    }

    @Test
    void aHouseIsTakenDownAndSetUpAgain() throws Exception {
        assertEquals(0, run("", "init", "--data", path("house")).exit());
        assertEquals(
                0,
                run("a long password\n", "admin", "create", "--data", path("house"), "--name", "root")
                        .exit());
        passphrase("right", "correct horse battery staple");
        passphrase("wrong", "incorrect horse battery staple");
        passphrase("short", "horse");

        assertRefused(backup("short"), "at least 12");
        Outcome made = backup("right");
        assertEquals(0, made.exit(), made.errors());
        assertRefused(backup("right"), "exists");

        assertRefused(restore("wrong", "again"), "passphrase is wrong");
        assertFalse(Files.exists(folder.resolve("again")), "nothing is written before everything is verified");
        assertRefused(restore("right", "house"), "not empty");
        Outcome restored = restore("right", "again");
        assertEquals(0, restored.exit(), restored.errors());
        assertEquals(
                -1L, Files.mismatch(folder.resolve("house/touchstone.key"), folder.resolve("again/touchstone.key")));
        Path again = folder.resolve("again");
        try (ApplicationContext context = Server.context(new Server.Options(
                TestHouse.repository(),
                again,
                Settings.Mode.PRODUCTION,
                DatabaseAddress.inFolder(again),
                "127.0.0.1",
                0,
                null))) {
            assertTrue(context.getBean(Accounts.class).find("root").isPresent());
        }
        Outcome gc = run("", "gc", "--data", path("again"));
        assertEquals(0, gc.exit(), gc.errors());
    }

    private Outcome backup(String passphrase) {
        return run("", "backup", "--data", path("house"), "--out", path("file"), "--passphrase-file", path(passphrase));
    }

    private Outcome restore(String passphrase, String into) {
        return run("", "restore", "--data", path(into), "--from", path("file"), "--passphrase-file", path(passphrase));
    }
}
