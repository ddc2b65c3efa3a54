package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.TestTasks;
import touchstone.fixtures.Strategies;
import touchstone.spec.catalogue.Metric;

/** The command as people call it: a process of its own. */
final class EvaluateCommandTest {

    @TempDir
    private static Path folder;

    private static Path strategy;
    private static JsonNode answer;

    @BeforeAll
    static void evaluateOnce() throws Exception {
        // Everything that could depend on chance or order: drawing, augmentation, observed labels and weights.
        strategy = TestTasks.write(folder.resolve("strategy"), Map.of("strategy.yaml", """
                title: A little of everything
                samples:
                  draw: "sqrt(max_class_count / class_count)"
                  augment:
                    - {gamma: [0.5, 1.5], where: "luma < 0.5"}
                    - {translate: 1}
                    - {one-of: [{cutout: 3}, {contrast: [0.8, 1.2]}], chance: 0.5}
                labels:
                  - {toward: prediction, amount: "0.3 * progress"}
                weights:
                  - value: "if(loss_rank > 0.9, 0.2, 1 + confidence)"
                """));
        Evaluator.Ended ended = evaluate("--seeds", "2");
        assertEquals(0, ended.status(), ended.error());
        answer = ended.json();
    }

    @Test
    void printsOneObjectOfItsPromisedShape() {
        assertEquals(
                new TreeSet<>(
                        List.of("verdict", "on", "metrics", "perSeed", "digests", "seconds", "fingerprint", "notes")),
                names(answer));
        assertEquals("scored", answer.get("verdict").asText());
        assertEquals("test", answer.get("on").asText());
        TreeSet<String> metrics = new TreeSet<>(Metric.words());
        // No class of the task has more than a hundred samples, and it names no groups and corruptions.
        metrics.removeAll(List.of("worst-group", "head-accuracy", "corruption-robustness"));
        assertEquals(metrics, names(answer.get("metrics")));
        assertEquals(
                new TreeSet<>(List.of("task", "strategy", "initialWeights", "finalWeights")),
                names(answer.get("digests")));
        answer.get("digests").forEach(digest -> assertTrue(digest.asText().matches("[0-9a-f]{64}"), digest.asText()));
        assertEquals(new TreeSet<>(List.of("load", "train", "score")), names(answer.get("seconds")));
        answer.get("seconds").forEach(seconds -> assertTrue(seconds.asDouble() > 0));
    }

    @Test
    void metricsAreTheMeanOfTheSeeds() {
        JsonNode seeds = answer.get("perSeed");
        assertEquals(2, seeds.size());
        assertEquals(1, seeds.get(0).get("seed").asInt());
        double first = seeds.get(0).get("metrics").get("accuracy").asDouble();
        double second = seeds.get(1).get("metrics").get("accuracy").asDouble();
        assertEquals((first + second) / 2, answer.get("metrics").get("accuracy").asDouble(), 1e-12);
        assertTrue(first > 0.3, "four classes, found " + first);
        assertNotEquals(seeds.get(0).get("finalWeights"), seeds.get(1).get("finalWeights"));
        assertEquals(seeds.get(0).get("finalWeights"), answer.get("digests").get("finalWeights"));
    }

    @Test
    void digestsAreThoseOfTheTask() {
        assertEquals(
                TestTasks.tiny().digest(), answer.get("digests").get("task").asText());
        assertEquals(
                TestTasks.tiny().initial().digest(),
                answer.get("digests").get("initialWeights").asText());
    }

    @Test
    void twoProcessesGiveTheSameBits() throws Exception {
        JsonNode again = evaluate("--seeds", "1", "--threads", "1").json();
        assertEquals(
                answer.get("digests").get("finalWeights"), again.get("digests").get("finalWeights"));
        assertEquals(answer.get("perSeed").get(0).get("metrics"), again.get("metrics"));
    }

    @Test
    void twoProcessesOfTwoThreadsGiveTheSameBits() throws Exception {
        JsonNode first = evaluate("--seeds", "1", "--threads", "2").json();
        JsonNode second = evaluate("--seeds", "1", "--threads", "2").json();
        assertEquals(
                first.get("digests").get("finalWeights"), second.get("digests").get("finalWeights"));
        assertEquals("2", first.get("fingerprint").get("threads").asText());
    }

    @Test
    void aRejectedStrategyEndsWithTwoAndItsProblems() throws Exception {
        Path zip = Files.write(folder.resolve("broken.zip"), Strategies.zips().get("broken/weight-nan"));
        Evaluator.Ended ended =
                run("--task", TestTasks.tinyFolder().toString(), "--strategy", zip.toString(), "--json");
        assertEquals(2, ended.status(), ended.error());
        assertEquals("rejected", ended.json().get("verdict").asText());
        JsonNode problem = ended.json().get("problems").get(0);
        assertEquals("weights.csv", problem.get("file").asText());
        assertEquals(3, problem.get("line").asInt());
        assertEquals(7, problem.get("column").asInt());
        assertEquals("NaN is not allowed here", problem.get("message").asText());
        assertEquals(
                "write a finite weight of 0 or more", problem.get("instead").asText());
        Evaluator.Ended forPeople = run("--task", TestTasks.tinyFolder().toString(), "--strategy", zip.toString());
        assertEquals(2, forPeople.status());
        assertEquals("", forPeople.out());
        assertTrue(
                forPeople
                        .error()
                        .contains("weights.csv:3:7: NaN is not allowed here — write a finite weight of 0 or more"),
                forPeople.error());
    }

    @Test
    void aPartIsLeftOutOnRequest() throws Exception {
        JsonNode without = evaluate("--seeds", "1", "--without", "weights").json();
        assertEquals("weights", without.get("without").asText());
        assertEquals(
                answer.get("digests").get("strategy"), without.get("digests").get("strategy"));
        assertNotEquals(
                answer.get("digests").get("finalWeights"),
                without.get("digests").get("finalWeights"));
        Evaluator.Ended unknown = evaluate("--without", "everything");
        assertEquals(2, unknown.status());
        assertTrue(unknown.error().contains("'everything'"), unknown.error());
    }

    private static Evaluator.Ended evaluate(String... options) throws Exception {
        List<String> all = new ArrayList<>(
                List.of("--task", TestTasks.tinyFolder().toString(), "--strategy", strategy.toString(), "--json"));
        all.addAll(List.of(options));
        return run(all.toArray(String[]::new));
    }

    private static Evaluator.Ended run(String... options) throws Exception {
        return Evaluator.run(folder, "evaluate", options);
    }

    private static TreeSet<String> names(JsonNode node) {
        TreeSet<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
