package touchstone.api.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.app.TinyTask;

/** The commands of scripts, against a real server, and against one that misbehaves. */
final class ScriptCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private TestHouse house = TestHouse.on(DatabaseKind.H2);

    @BeforeEach
    void publish() {
        TinyTask.organizer(DatabaseKind.H2);
    }

    record Outcome(int exit, String output, String errors) {
        JsonNode json() throws Exception {
            return JSON.readTree(output);
        }
    }

    static Outcome run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        try {
            int exit = Main.run(arguments);
            return new Outcome(exit, output.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private Outcome as(Person person, String... words) throws Exception {
        Path token = folder.resolve(person.name());
        if (!Files.exists(token)) {
            Files.createFile(token, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(token, person.token() + "\n");
        }
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--server", house.address().toString(), "--token-file", token.toString()));
        return run(all.toArray(String[]::new));
    }

    private Path strategy(String title) throws Exception {
        Path made = Files.createDirectories(folder.resolve("a strategy"));
        Files.writeString(made.resolve("strategy.yaml"), "strategy: 1\ntitle: " + title + "\n");
        Files.writeString(made.resolve(".swp"), "an editor's");
        return made;
    }

    @Test
    void aTaskIsSentAsADraft() throws Exception {
        Person olivia = house.organizer("olivia");
        String name = "sent-" + olivia.name().substring(7);
        Path zip = folder.resolve("task.zip");
        Files.write(zip, TinyTask.renamed(house, name, "Sent by script"));

        Outcome sent = as(olivia, "task", "publish", "--draft", zip.toString());

        assertEquals(Exit.DONE, sent.exit(), sent.errors());
        assertTrue(sent.output().startsWith("Version 1 of \"" + name + "\" waits as a draft."), sent.output());
        assertTrue(sent.errors().contains("Warning: The hidden test has 80 samples"), sent.errors());
        assertEquals(
                Exit.FORBIDDEN,
                as(house.person("charlie"), "task", "publish", zip.toString()).exit());
    }

    @Test
    void aFolderIsSubmittedOnceAndItsStateIsTold() throws Exception {
        Person alice = house.person("alice");
        Person charlie = house.person("charlie");

        Outcome sent = as(
                alice,
                "submit",
                "--task",
                "tiny",
                "--json",
                strategy("By script").toString());
        Outcome again = as(
                alice,
                "submit",
                "--task",
                "tiny",
                "--json",
                strategy("By script").toString());

        assertEquals(Exit.DONE, sent.exit(), sent.errors());
        String id = sent.json().path("id").asText();
        assertEquals("By script", sent.json().path("title").asText());
        assertEquals(id, again.json().path("id").asText());
        assertEquals("", sent.errors());
        assertTrue(again.errors().contains("submitted this very strategy before"), again.errors());
        Outcome status = as(alice, "status", id);
        assertEquals(Exit.DONE, status.exit());
        assertTrue(status.output().startsWith("Waiting"), status.output());
        Outcome list = as(alice, "status", "--task", "tiny");
        assertTrue(list.output().contains(id) && list.output().contains("By script"), list.output());
        Outcome others = as(charlie, "status", id);
        assertEquals(Exit.FORBIDDEN, others.exit());
        assertEquals("", others.output());
        assertTrue(others.errors().startsWith("There is nothing here"), others.errors());
        assertEquals(
                Exit.FORBIDDEN,
                as(alice, "submit", "--task", "none", strategy("x").toString()).exit());
    }

    @Test
    void whatIsWrongIsToldByPlaceAndEndsWithOne() throws Exception {
        Path zip = folder.resolve("wrong.zip");
        Files.write(
                zip, TinyTask.zip(java.util.Map.of("strategy.yaml", "strategy: 1\ntitle: x\nsample: {}\nlabel: []\n")));

        Outcome outcome = as(house.person("bob"), "submit", "--task", "tiny", zip.toString());

        assertEquals(Exit.REFUSED, outcome.exit());
        assertEquals(
                2,
                outcome.errors()
                        .lines()
                        .filter(line -> line.startsWith("strategy.yaml:"))
                        .count(),
                outcome.errors());
    }

    @Test
    void theBoardAndTheDataNeedNoTokenWhereTheTaskIsPublic() throws Exception {
        String address = house.address().toString();

        Outcome board = run("board", "--task", "tiny", "--server", address);
        Outcome csv = run("board", "--task", "tiny", "--csv", "--server", address + "/");
        Path file = folder.resolve("tiny.zip");
        Outcome data = run("download", "--task", "tiny", "--json", "--out", file.toString(), "--server", address);

        assertTrue(board.output().contains("accuracy on the public fold"), board.output() + board.errors());
        assertTrue(csv.output().startsWith("rank,"), csv.output());
        boolean isEmpty = csv.output().lines().count() == 1;
        assertEquals(isEmpty, board.output().contains("Nobody has a score yet."), board.output());
        assertEquals(Files.size(file), data.json().path("bytes").asLong());
        assertArrayEquals(house.nobody().get(TinyTask.PATH + "/data").bytes(), Files.readAllBytes(file));
        Outcome refused = run(
                "submit", "--task", "tiny", "--server", address, strategy("y").toString());
        assertEquals(Exit.FORBIDDEN, refused.exit());
        assertTrue(refused.errors().contains("TOUCHSTONE_TOKEN"), refused.errors());
        try (var left = Files.list(folder)) {
            assertTrue(left.noneMatch(one -> one.toString().endsWith(".part")));
        }
    }

    @Test
    void aTokenThatOthersCanReadAndAServerThatIsNoneAreUsage() throws Exception {
        Path open = folder.resolve("open");
        Files.writeString(open, "ts_secret");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));

        Outcome readable = run("status", "x", "--server", "http://127.0.0.1:1", "--token-file", open.toString());
        Outcome nowhere = run("status", "x", "--server", "contest.example");

        assertEquals(Exit.USAGE, readable.exit());
        assertTrue(readable.errors().contains("chmod 600") && !readable.errors().contains("ts_secret"));
        assertEquals(Exit.USAGE, nowhere.exit());
        assertTrue(nowhere.errors().contains("https://contest.example"), nowhere.errors());
    }

    @Test
    void whatFailsForAMomentIsSentAgainWithTheSameKey() throws Exception {
        try (PlayedServer played = new PlayedServer()) {
            played.answer(503, "{\"detail\":\"Busy.\"}", "Retry-After", "7");
            played.hangUp();
            played.answer(201, "{\"id\":\"s\"}");
            List<Duration> pauses = new ArrayList<>();
            ApiClient client = new ApiClient(played.address(), "ts_x", pauses::add);

            JsonNode made =
                    client.postJson("api/things", JSON.createObjectNode()).json();

            assertEquals("s", made.path("id").asText());
            assertEquals(3, played.asked.size());
            assertEquals(1, played.keys.stream().distinct().count());
            assertFalse(UUID.fromString(played.keys.getFirst()).toString().isEmpty());
            assertEquals(Duration.ofSeconds(7), pauses.getFirst());
        }
    }

    @Test
    void anExitCodeSaysWhoseFaultItIs() throws Exception {
        try (PlayedServer played = new PlayedServer()) {
            ApiClient client = new ApiClient(played.address(), null, time -> {});
            played.answer(429, "{\"detail\":\"Tomorrow.\"}", "Retry-After", "40000");
            assertEquals(Exit.LATER, exit(client));
            assertEquals(1, played.asked.size());
            played.answer(409, "{\"detail\":\"Closed.\",\"code\":\"not-open\"}");
            assertEquals(Exit.REFUSED, exit(client));
            played.answer(500, "not JSON");
            assertEquals(Exit.FAULT, exit(client));
            for (int i = 0; i < 6; i++) played.answer(503, "{}");
            assertEquals(Exit.FAULT, exit(client));
            assertEquals(9, played.asked.size());
        }
        ApiClient nowhere = new ApiClient(java.net.URI.create("http://127.0.0.1:1/"), null, time -> {});
        assertEquals(Exit.FAULT, exit(nowhere));
    }

    private static int exit(ApiClient client) {
        return assertThrows(Ended.class, () -> client.get("api/tasks")).exit();
    }

    @Test
    void waitingTellsWhatChangesAndEndsWithTheVerdict() throws Exception {
        try (PlayedServer played = new PlayedServer()) {
            played.answer(200, "{\"state\":\"waiting\",\"place\":2}", "ETag", "\"1\"");
            played.answer(304, "");
            played.answer(
                    200,
                    "{\"state\":\"running\",\"progress\":{\"phase\":\"train\",\"epoch\":3,\"epochs\":12,\"secondsLeft\":8.2}}",
                    "ETag",
                    "\"2\"");
            played.hangUp();
            played.answer(
                    200,
                    "{\"state\":\"settled\",\"verdict\":\"scored\",\"score\":{\"metric\":\"accuracy\",\"value\":0.5,\"halfWidth\":0.02}}");
            ByteArrayOutputStream told = new ByteArrayOutputStream();

            JsonNode end = Watch.toTheEnd(
                    new ApiClient(played.address(), null, time -> {}), "api/submissions/s", new PrintStream(told));

            assertEquals(
                    List.of("Waiting, number 2 in the queue.", "Training, epoch 3 of 12. About 8 s left."),
                    told.toString().lines().toList());
            assertEquals("Scored: accuracy 0.5000 ± 0.0200.", SubmissionText.of(end));
            assertEquals(Exit.DONE, SubmissionText.exit(end));
            assertEquals(List.of("", "\"1\"", "\"1\"", "\"2\"", "\"2\""), played.tags);
        }
    }

    @Test
    void everyEndOfASubmissionHasItsExitCode() throws Exception {
        JsonNode rejected = JSON.readTree("""
                {"state": "settled", "verdict": "rejected",
                 "problems": [{"file": "a.csv", "line": 2, "column": 1, "message": "no such id", "instead": null}]}
                """);
        assertEquals("Rejected.\n  a.csv:2:1: no such id", SubmissionText.of(rejected));
        assertEquals(Exit.REFUSED, SubmissionText.exit(rejected));
        assertEquals("Starting.", SubmissionText.of(JSON.readTree("""
                        {"state": "running", "progress": {"phase": "train", "epoch": 0, "epochs": 0}}
                        """)));
        JsonNode held = JSON.readTree("{\"state\": \"waiting-on-us\", \"fault\": \"It is ours.\"}");
        assertTrue(SubmissionText.isOver(held));
        assertEquals(Exit.FAULT, SubmissionText.exit(held));
        assertEquals(Exit.REFUSED, SubmissionText.exit(JSON.readTree("{\"state\": \"cancelled\"}")));
    }

    @Test
    void aDownloadIsTriedAgainAndABadPlaceForItIsToldAtOnce() throws Exception {
        try (PlayedServer played = new PlayedServer()) {
            played.answer(503, "{\"detail\":\"Busy.\"}", "Retry-After", "7");
            played.answer(200, "the data");
            List<Duration> pauses = new ArrayList<>();
            ApiClient client = new ApiClient(played.address(), null, pauses::add);
            Path file = folder.resolve("data.zip");

            assertEquals(8, client.download("api/tasks/tiny/data", file));

            assertEquals("the data", Files.readString(file));
            assertEquals(List.of(Duration.ofSeconds(7)), pauses);
            Path nowhere = folder.resolve("none/data.zip");
            Ended none = assertThrows(Ended.class, () -> client.download("api/tasks/tiny/data", nowhere));
            assertEquals(Exit.USAGE, none.exit());
            assertTrue(none.getMessage().contains("There is no folder"), none.getMessage());
            assertEquals(
                    Exit.USAGE,
                    assertThrows(Ended.class, () -> client.download("api/tasks/tiny/data", folder))
                            .exit());
            assertEquals(2, played.asked.size());
        }
    }

    @Test
    void whatWaitsIsToldWhenItShouldStart() throws Exception {
        String waiting = "{\"state\": \"waiting\", \"place\": 4, \"startsIn\": %s}";
        assertEquals("Waiting, number 4 in the queue.", SubmissionText.of(JSON.readTree(waiting.formatted("null"))));
        assertEquals(
                "Waiting, number 4 in the queue. It should start within 50 s.",
                SubmissionText.of(JSON.readTree(waiting.formatted("{\"fromSeconds\": 0, \"toSeconds\": 50}"))));
        assertEquals(
                "Waiting, number 4 in the queue. It should start in 4 min to 1 h 10 min.",
                SubmissionText.of(JSON.readTree(waiting.formatted("{\"fromSeconds\": 240, \"toSeconds\": 4200}"))));
        assertEquals(
                "Waiting, number 4 in the queue. It starts now.",
                SubmissionText.of(JSON.readTree(waiting.formatted("{\"fromSeconds\": 0, \"toSeconds\": 0}"))));
        assertEquals("Waiting. The contest is paused.", SubmissionText.of(JSON.readTree("""
                        {"state": "waiting", "place": null, "startsIn": null, "fault": "The contest is paused."}
                        """)));
    }
}
