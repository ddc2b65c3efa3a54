package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.fixtures.Fixtures;

/** Judging once more, with a real server and the real evaluator below it. */
final class JudgingSetEndToEndTest {
    private static final String PASSWORD = "correct horse battery";
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    /** Between two looks at a process that cannot tell when it is ready. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    @TempDir
    private Path folder;

    /** Its only part is its weights: without them it is the baseline, whose score was made by the same seed. */
    @Test
    void withoutItsOnlyPartAStrategyScoresAsTheBaseline() throws Exception {
        try (RealServer server = started()) {
            Script olivia = Script.signIn(server.address(), "olivia", PASSWORD);
            olivia.sendZip("/api/tasks", folder.resolve("fixtures/tiny.zip"));
            Script alice = Script.signUp(server.address(), "alice", PASSWORD);
            String weighted = submit(alice, oneSided());
            double whole = score(alice, weighted);
            double baseline = score(alice, submit(alice, folder.resolve("fixtures/strategies/baseline.zip")));
            JsonNode board = alice.get("/api/tasks/tiny/leaderboard");

            String set = "/api/judging-sets/"
                    + olivia.post("/api/tasks/tiny/judging-sets", """
                            {"kind": "ablation", "reason": "What are the weights worth?", "choose": {"submissions": ["%s"]}}
                            """.formatted(weighted))
                            .path("id")
                            .asText();
            JsonNode ablation =
                    await(olivia, set, told -> told.path("ablation").isObject()).path("ablation");

            JsonNode one = ablation.at("/submissions/items/0");
            assertEquals(whole, one.at("/score/value").asDouble(), 1e-12, ablation::toString);
            assertEquals(1, one.path("parts").size(), ablation::toString);
            JsonNode left = one.at("/parts/0");
            assertEquals("without-weights", left.path("variant").asText());
            assertEquals(baseline, left.path("score").asDouble(), 1e-12, ablation::toString);
            assertPaired(
                    left.path("difference"),
                    whole - baseline,
                    ablation.path("samples").asInt());
            assertEquals(board, alice.get("/api/tasks/tiny/leaderboard"), "no board knows of it");
            assertThrows(IOException.class, () -> alice.get(set));
        }
    }

    /** The two roads to a score under the new version, with the weights that there are and with new ones, end at the same. */
    @Test
    void onAMendedHiddenTestItIsScoredAgainWithoutTrainingAsIfItWereTrainedAgain() throws Exception {
        try (RealServer server = started()) {
            Script olivia = Script.signIn(server.address(), "olivia", PASSWORD);
            olivia.sendZip("/api/tasks", folder.resolve("fixtures/tiny.zip"));
            Script alice = Script.signUp(server.address(), "alice", PASSWORD);
            String submission = submit(alice, folder.resolve("fixtures/strategies/baseline.zip"));
            double before = score(alice, submission);
            JsonNode curve = alice.get("/api/submissions/" + submission).path("curve");
            assertEquals(
                    2,
                    olivia.sendZip("/api/tasks", withOtherHiddenLabels())
                            .path("version")
                            .asInt());

            rejudge(olivia);
            double scoredAgain = score(alice, submission);
            rejudge(olivia);

            assertNotEquals(before, scoredAgain);
            assertEquals(scoredAgain, score(alice, submission));
            assertFalse(curve.isEmpty());
            assertEquals(curve, alice.get("/api/submissions/" + submission).path("curve"));
            JsonNode runs = olivia.get("/api/operator/runs?task=tiny").path("items");
            assertEquals(runs.at("/2/run"), runs.at("/1/trainedIn"), runs::toString);
            assertTrue(runs.at("/0/trainedIn").isNull(), runs::toString);
            assertEquals(
                    List.of("full", "score", "full"),
                    olivia.get("/api/operator/attempts?task=tiny").path("items").findValuesAsText("kind"));
        }
    }

    private static void rejudge(Script olivia) throws IOException, InterruptedException {
        String set = "/api/judging-sets/"
                + olivia.post("/api/tasks/tiny/judging-sets", """
                        {"kind": "rejudge", "version": 2, "reason": "A label of the hidden test was wrong.", "choose": {}}
                        """).path("id").asText();
        await(olivia, set, told -> told.path("state").asText().equals("previewed"));
        olivia.post(set + "/apply", "");
    }

    /** Each sample of the hidden test is of the class after its own. */
    private Path withOtherHiddenLabels() throws IOException {
        Path file = folder.resolve("mended.zip");
        try (ZipFile from = new ZipFile(folder.resolve("fixtures/tiny.zip").toFile());
                ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(file))) {
            for (ZipEntry entry : Collections.list(from.entries())) {
                byte[] content = from.getInputStream(entry).readAllBytes();
                if (entry.getName().equals("hidden/test-labels.idx")) turn(content);
                to.putNextEntry(new ZipEntry(entry.getName()));
                to.write(content);
            }
        }
        return file;
    }

    private static void turn(byte[] labels) {
        int head = 8;
        int classes = 0;
        for (int i = head; i < labels.length; i++) classes = Math.max(classes, labels[i] + 1);
        for (int i = head; i < labels.length; i++) labels[i] = (byte) ((labels[i] + 1) % classes);
    }

    /** With an organizer olivia, and the files of the task tiny beside its data. */
    private RealServer started() throws IOException, InterruptedException {
        Path data = folder.resolve("data");
        Fixtures.writeTiny(folder.resolve("fixtures"));
        RealServer.run(data, null, "", "init");
        RealServer.run(data, null, PASSWORD + "\n", "admin", "create", "--name", "olivia", "--organizer");
        RealServer server = new RealServer(data, null);
        server.start();
        return server;
    }

    /** Each sample differs by -1, 0 or 1: that bounds their variance. */
    private static void assertPaired(JsonNode difference, double value, int samples) {
        assertTrue(value != 0, "else this proves nothing");
        assertEquals(value, difference.path("value").asDouble(), 1e-12);
        assertEquals(1, difference.path("seeds").asInt());
        double halfWidth = difference.path("halfWidth").asDouble();
        double least = 1.64 * Math.sqrt((Math.abs(value) - value * value) / (samples - 1));
        double most = 1.64 * Math.sqrt((1 - value * value) / (samples - 1));
        assertTrue(halfWidth >= least - 1e-9 && halfWidth < most, difference + " of " + samples);
    }

    /** Nearly all weight on one class: far from the baseline. */
    private Path oneSided() throws IOException {
        Path file = folder.resolve("one-sided.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("strategy.yaml"));
            zip.write("""
                    strategy: 1
                    title: One class and no other
                    weights:
                      - value: "if(label == 'i', 1, 0.001)"
                    """.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private static String submit(Script alice, Path zip) throws IOException, InterruptedException {
        return alice.sendZip("/api/tasks/tiny/submissions", zip).path("id").asText();
    }

    private static double score(Script alice, String submission) throws IOException, InterruptedException {
        JsonNode settled = await(alice, "/api/submissions/" + submission, view -> view.path("state")
                .asText()
                .equals("settled"));
        assertEquals("scored", settled.path("verdict").asText(), settled::toString);
        return settled.path("score").path("value").asDouble();
    }

    private static JsonNode await(Script person, String path, Predicate<JsonNode> condition)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        JsonNode view = person.get(path);
        while (!condition.test(view)) {
            if (System.nanoTime() > end) throw new AssertionError("still " + view);
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            view = person.get(path);
        }
        return view;
    }
}
