package touchstone.api.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;

/** The operator's commands against a real server; what the server does behind them has tests of its own. */
final class OperatorCommandsTest {
    @TempDir
    private Path folder;

    private final TestHouse house = TestHouse.on(DatabaseKind.H2);

    private ScriptCommandsTest.Outcome as(Person person, String... words) throws Exception {
        Path token = folder.resolve(person.name());
        if (!Files.exists(token)) {
            Files.createFile(token, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(token, person.token() + "\n");
        }
        List<String> all = new ArrayList<>(List.of("operator"));
        all.addAll(List.of(words));
        all.addAll(List.of("--server", house.address().toString(), "--token-file", token.toString()));
        return ScriptCommandsTest.run(all.toArray(String[]::new));
    }

    @Test
    void everyListIsShownAndItsJsonIsTheServersOwn() throws Exception {
        Person ada = house.administrator("ada");
        TinyTask.organizer(DatabaseKind.H2);
        UUID instance = UUID.randomUUID();
        house.database().change("""
                insert into instance (id, host, boot_id, pid, pid_ticks, started, seen)
                select cast(? as uuid), 'judge-7', 'boot', 1, 1, created, current_timestamp from account where id = ?
                """, instance, ada.account());

        for (String list : List.of("queue", "runs", "attempts", "failures", "time", "audit", "instances")) {
            ScriptCommandsTest.Outcome shown = as(ada, list);
            assertEquals(Exit.DONE, shown.exit(), list + shown.errors());
            ScriptCommandsTest.Outcome json = as(ada, list, "--json");
            assertTrue(json.json().path("items").isArray(), json.output());
        }
        assertEquals(Exit.DONE, as(ada, "drain", instance.toString()).exit());
        String shown = as(ada, "instances").output();
        assertTrue(
                shown.lines().anyMatch(line -> line.startsWith(instance.toString()) && line.endsWith("drained")),
                shown);
        JsonNode undrained = as(ada, "undrain", instance.toString(), "--json").json();
        assertTrue(undrained.path("drained").isNull(), undrained::toString);
        assertTrue(as(ada, "audit", "--object", instance.toString(), "--act", "instance.")
                .output()
                .contains("instance.drain"));
    }

    @Test
    void limitsAreSetAndTakenBack() throws Exception {
        Person ada = house.administrator("ada");
        TinyTask.organizer(DatabaseKind.H2);

        assertTrue(as(ada, "limit", "--task", "tiny", "3").output().contains("tiny  3"));
        assertTrue(as(ada, "limit").output().contains("tiny  3"));
        assertTrue(!as(ada, "limit", "--task", "tiny", "none").output().contains("tiny"));
        assertEquals(Exit.USAGE, as(ada, "limit", "many").exit());
    }

    @Test
    void whatIsNotThereOrNotAllowedEndsWithFour() throws Exception {
        Person alice = house.person("alice");
        TinyTask.organizer(DatabaseKind.H2);
        String nothing = UUID.randomUUID().toString();

        assertEquals(Exit.FORBIDDEN, as(alice, "queue").exit());
        for (String verb : List.of("log", "kill", "requeue"))
            assertEquals(Exit.FORBIDDEN, as(alice, verb, nothing).exit(), verb);
        assertEquals(Exit.USAGE, as(alice, "kill").exit());
    }
}
