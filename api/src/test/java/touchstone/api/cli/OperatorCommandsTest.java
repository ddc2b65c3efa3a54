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
    void oneSubmissionGoesFirstAndBackIntoItsTurn() throws Exception {
        Person ada = house.administrator("ada");
        TinyTask.organizer(DatabaseKind.H2);
        Person bob = house.person("bob");
        String earlier = submission(house.person("alice"));
        String later = submission(bob);
        assertEquals(Exit.REFUSED, as(ada, "first", later).exit(), "it is not in the queue yet");
        waits(earlier);
        waits(later);

        ScriptCommandsTest.Outcome first = as(ada, "first", later);

        assertEquals(Exit.DONE, first.exit(), first.errors());
        assertEquals("It is the next.\n", first.output());
        assertEquals(List.of(later, earlier), queued(ada, earlier, later));
        assertEquals("{}\n", as(ada, "first", "--undo", later, "--json").output());
        assertEquals(List.of(earlier, later), queued(ada, earlier, later));
        assertTrue(as(ada, "queue", "--task", "tiny").output().contains(later), "the queue tells what to put first");
        assertTrue(as(ada, "audit", "--object", later).output().contains("put before all others"));

        assertEquals(Exit.FORBIDDEN, as(bob, "first", later).exit(), "not for the one who sent it");
        assertEquals(
                Exit.FORBIDDEN, as(ada, "first", UUID.randomUUID().toString()).exit());
        house.database()
                .change(
                        "update run set state = 'done' where judging in"
                                + " (select id from judging where submission = ?)",
                        UUID.fromString(later));
        ScriptCommandsTest.Outcome late = as(ada, "first", later);
        assertEquals(Exit.REFUSED, late.exit());
        assertTrue(late.errors().contains("No run of this submission waits"), late.errors());
    }

    @Test
    void aJobIsReadAndEndedAndWhatIsHeldIsPutBack() throws Exception {
        Person ada = house.administrator("ada");
        TinyTask.organizer(DatabaseKind.H2);
        String submission = submission(house.person("alice"));
        waits(submission);
        UUID run = runs(submission);
        house.database()
                .change("update judging set state = 'running' where submission = ?", UUID.fromString(submission));
        house.database().change("update run set state = 'running', attempts = 1 where id = ?", run);
        UUID instance = UUID.randomUUID();
        house.database().change("""
                insert into instance (id, host, boot_id, pid, pid_ticks, started, seen)
                select cast(? as uuid), 'judge-8', 'boot', 1, 1, created, created from account where id = ?
                """, instance, ada.account());
        house.database().change("""
                insert into attempt (run, n, kind, open_key, state, runner, instance, phase, beat, epoch, epochs, started, log)
                select id, 1, 'full', id, 'running', 'local', cast(? as uuid), 'train', 1, 0, 0,
                       not_before, 'what it printed'
                from run where id = ?
                """, instance, run);

        house.database()
                .change(
                        "update attempt set fingerprint = ? where run = ?",
                        "{\"gpu\":\"NVIDIA H100\",\"driver\":\"570.1\",\"image\":\"evaluator:1\",\"imageDigest\":\"evaluator@sha256:1\",\"threads\":\"1\"}",
                        run);
        String attempts = as(ada, "attempts", "--run", run.toString()).output();
        assertTrue(attempts.contains("gpu NVIDIA H100, driver 570.1, image evaluator@sha256:1"), attempts);
        JsonNode attempt =
                as(ada, "attempts", "--run", run.toString(), "--json").json();
        assertEquals(
                "1",
                attempt.path("items")
                        .path(0)
                        .path("fingerprint")
                        .path("threads")
                        .asText(),
                attempt::toString);

        assertEquals("what it printed\n", as(ada, "log", run.toString()).output());
        assertEquals(
                "Ended; the run is in the queue again.\n",
                as(ada, "kill", run.toString()).output());
        assertEquals(Exit.REFUSED, as(ada, "requeue", run.toString()).exit(), "it is not held");
        house.database()
                .change("update judging set state = 'waiting-on-us' where submission = ?", UUID.fromString(submission));
        house.database().change("update run set state = 'held' where id = ?", run);
        String held = as(ada, "runs", "--state", "held").output();
        assertTrue(held.contains(run.toString()) && held.contains(submission), held);
        assertEquals(
                "The run is in the queue again.\n",
                as(ada, "requeue", run.toString()).output());
    }

    private UUID runs(String submission) {
        return house.database()
                .get(
                        "select run.id from run join judging on judging.id = run.judging where judging.submission = ?",
                        row -> row.uuid("id"),
                        UUID.fromString(submission));
    }

    @Test
    void aSubmissionIsCancelledWithAReason() throws Exception {
        Person ada = house.administrator("ada");
        TinyTask.organizer(DatabaseKind.H2);
        String held = submission(house.person("alice"));
        assertEquals(Exit.USAGE, as(ada, "cancel", held).exit(), "everybody reads why");

        ScriptCommandsTest.Outcome done = as(ada, "cancel", held, "--reason", "It never fits into memory.");

        assertEquals("It is cancelled.\n", done.output(), done.errors());
        assertTrue(as(ada, "audit", "--object", held).output().contains("It never fits into memory."));
    }

    private static String submission(Person person) {
        return person.postZip(
                        TinyTask.PATH + "/submissions",
                        TinyTask.strategy(UUID.randomUUID().toString()))
                .json()
                .path("id")
                .asText();
    }

    /** Puts it into the queue, as judging would. */
    private void waits(String submission) {
        UUID judging = UUID.randomUUID();
        house.database().change("""
                insert into judging (id, submission, task, version, judging_set, variant, state, valid, created)
                select cast(? as uuid), s.id, s.task, s.version, b.id, '', 'waiting', true, s.accepted
                from submission s join judging_set b on b.task = s.task and b.kind = 'board' where s.id = ?
                """, judging, UUID.fromString(submission));
        house.database().change("""
                insert into run (id, judging, seed_index, seed, state, attempts, failures, not_before, priority)
                select cast(? as uuid), id, 1, 1, 'waiting', 0, 0, created, 0 from judging where id = ?
                """, UUID.randomUUID(), judging);
    }

    /** Those of these submissions that wait, as the queue lists them. */
    private List<String> queued(Person person, String... submissions) throws Exception {
        List<String> found = new ArrayList<>();
        JsonNode page = as(person, "queue", "--json").json();
        while (true) {
            for (JsonNode item : page.path("items")) {
                String submission = item.path("submission").asText();
                if (List.of(submissions).contains(submission)) found.add(submission);
            }
            if (!page.path("next").isTextual()) return found;
            page = as(person, "queue", "--json", "--after", page.path("next").asText())
                    .json();
        }
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
