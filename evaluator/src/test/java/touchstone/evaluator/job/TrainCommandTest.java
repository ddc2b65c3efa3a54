package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.data.Digests;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.evaluator.training.Training;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobResult;
import touchstone.spec.strategy.Strategy.Part;
import touchstone.spec.task.TaskFile;

/** A whole training as a server orders it, up to its result. */
final class TrainCommandTest {
    /** Longer than all tests: it ends the process. */
    private static final int DEADLINE_SECONDS = 86_400;

    @TempDir
    private Path folder;

    /** What the server has, by name. */
    private final Map<String, byte[]> inputs = new HashMap<>();

    @Test
    void leavesOutWhatTheOrderLeavesOut() throws Exception {
        Path strategy = folder.resolve("strategy.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(strategy))) {
            zip.putNextEntry(new ZipEntry("strategy.yaml"));
            zip.write("strategy: 1\nweights:\n  - value: \"luma + 0.25\"\n".getBytes(StandardCharsets.UTF_8));
        }

        String whole = trained(strategy, null);
        String without = trained(strategy, Part.WEIGHTS);

        assertEquals(weights(strategy), whole);
        assertEquals(weights(TestTasks.strategy("baseline")), without, "it has weights and nothing else");
        assertNotEquals(whole, without);
    }

    @Test
    void leavesTheTaskAndTheWeightsForTheNextCommand() throws Exception {
        Path task = TestTasks.folder().resolve("tiny.zip");
        Path handover = Files.createDirectory(folder.resolve("handover"));
        inputs.put("task", Files.readAllBytes(task));
        String weights = trained(TestTasks.strategy("baseline"), null, "--handover", handover.toString());
        LocalFiles next = new LocalFiles(null, handover);
        assertTrue(next.find(weights).isPresent());
        assertTrue(next.find(Digests.of(task)).isPresent());
    }

    private static String weights(Path strategy) {
        NumericEngine engine = NumericEngine.start(new TaskFile.Device("cpu", 1));
        TrainingSet set = TestTasks.set(TestTasks.tiny(), strategy);
        Training.Outcome outcome = new Training(TestTasks.tiny(), set, 1, engine).run(new Training.Listener() {
            @Override
            public void step(int epoch, int step, int steps) {}

            @Override
            public void epoch(CurvePoint point) {}
        });
        return assertInstanceOf(Training.Outcome.Trained.class, outcome)
                .weights()
                .digest();
    }

    /** The digest of the final weights, as the job tells it. */
    private String trained(Path strategy, @Nullable Part without, String... more) throws Exception {
        Path task = TestTasks.folder().resolve("tiny.zip");
        JobOrder order = new JobOrder(
                "a-session",
                JobOrder.Purpose.TRAIN,
                1,
                1,
                60,
                DEADLINE_SECONDS,
                List.of(input("task", task), input("strategy", strategy)),
                without);
        Map<String, byte[]> put = new ConcurrentHashMap<>();
        HttpServer server = serve(Json.MAPPER.writeValueAsBytes(order), put);
        try {
            List<String> words = new ArrayList<>(List.of(
                    "--server",
                    "http://127.0.0.1:" + server.getAddress().getPort(),
                    "--run",
                    "some-run",
                    "--attempt",
                    "1",
                    "--token-file",
                    Files.writeString(folder.resolve("token"), "a-token").toString(),
                    "--cached",
                    folder.toString()));
            words.addAll(List.of(more));
            int status = new CommandLine(new TrainCommand()).execute(words.toArray(String[]::new));
            assertEquals(Exit.DONE, status);
        } finally {
            server.stop(0);
        }
        JobResult result = Json.MAPPER.readValue(put.get("result"), JobResult.class);
        String weights = assertInstanceOf(JobResult.Trained.class, result).weights();
        assertEquals(weights, Digests.of(put.get("weights")));
        return weights;
    }

    /** The job finds it in the folder of what lies there already, unless the server has it. */
    private JobOrder.Input input(String name, Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String digest = Digests.of(bytes);
        if (!inputs.containsKey(name)) Files.write(folder.resolve(digest), bytes);
        return new JobOrder.Input(name, digest, bytes.length);
    }

    /** Answers the start with the order, and keeps what is put by its name. */
    private HttpServer serve(byte[] order, Map<String, byte[]> put) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/runs/some-run/attempts/1/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            String name = path.substring(path.lastIndexOf('/') + 1);
            if (exchange.getRequestMethod().equals("PUT")) put.put(name, body);
            byte[] answer =
                    name.equals("start") ? order : inputs.getOrDefault(name, "{}".getBytes(StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }
}
