package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.data.Digests;
import touchstone.spec.job.JobOrder;

/** The seeds of a final are secret until they are revealed, and organizers read what its jobs print. */
final class SecretSeedTest {
    private static final long SEED = 7_318_244_905_117_263L;

    @TempDir
    private Path folder;

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aJobTellsItsSeedNowhere() throws Exception {
        Path task = TestTasks.folder().resolve("tiny.zip");
        Path strategy = TestTasks.strategy("tiny-true-labels");
        byte[] order = Json.MAPPER.writeValueAsBytes(new JobOrder(
                "session",
                JobOrder.Purpose.TRAIN,
                SEED,
                1,
                1,
                300,
                List.of(input("task", task), input("strategy", strategy)),
                null));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (path.endsWith("/start")) answer(exchange, order);
            else if (path.endsWith("/inputs/task")) answer(exchange, Files.readAllBytes(task));
            else if (path.endsWith("/inputs/strategy")) answer(exchange, Files.readAllBytes(strategy));
            else {
                byte[] body = exchange.getRequestBody().readAllBytes();
                heard.add(path.substring(path.lastIndexOf('/') + 1) + " "
                        + new String(body, StandardCharsets.ISO_8859_1));
                exchange.sendResponseHeaders(204, -1);
                exchange.close();
            }
        });
        server.start();
        Path token = Files.writeString(folder.resolve("token"), "the-token\n");

        Evaluator.Ended ended = Evaluator.run(
                folder,
                "train",
                "--server",
                "http://127.0.0.1:" + server.getAddress().getPort(),
                "--run",
                "some-run",
                "--attempt",
                "1",
                "--token-file",
                token.toString());

        assertEquals(Exit.DONE, ended.status(), ended.error());
        assertTrue(heard.stream().anyMatch(message -> message.startsWith("curve")), "a curve was sent");
        assertTrue(heard.getLast().startsWith("result") && heard.getLast().contains("trained"), heard.getLast());
        for (String told : List.of(ended.out(), ended.error(), String.join("\n", heard)))
            assertFalse(told.contains(Long.toString(SEED)), told);
    }

    private static JobOrder.Input input(String name, Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        return new JobOrder.Input(name, Digests.of(bytes), bytes.length);
    }

    private static void answer(HttpExchange exchange, byte[] body) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
