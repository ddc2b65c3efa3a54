package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import touchstone.evaluator.data.Digests;
import touchstone.spec.job.JobOrder;

/** What a job does with a cache, as a server and an operator see it. */
final class FetchCommandTest {
    /** Longer than all tests: it ends the process. */
    private static final int DEADLINE_SECONDS = 86_400;

    private static final byte[] TASK = "a task".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private final AtomicInteger sent = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        JobOrder.Input task = new JobOrder.Input("task", Digests.of(TASK), TASK.length);
        byte[] order = Json.text(
                        new JobOrder("s", JobOrder.Purpose.FETCH, 1, 1, 60, DEADLINE_SECONDS, List.of(task), null))
                .getBytes(StandardCharsets.UTF_8);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/runs/some-run/attempts/1/", exchange -> {
            boolean starts = exchange.getRequestURI().getPath().endsWith("/start");
            if (!starts) sent.incrementAndGet();
            byte[] answer = starts ? order : TASK;
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aTaskIsFetchedOnce() throws Exception {
        Path cache = Files.createDirectory(folder.resolve("cache"));
        assertEquals("", fetch(cache));
        assertEquals("", fetch(cache));
        assertArrayEquals(TASK, Files.readAllBytes(cache.resolve(Digests.of(TASK))));
        assertEquals(1, sent.get());
    }

    @Test
    void aCacheThatCannotBeUsedIsToldAndTheJobGoesOn() throws Exception {
        String told = fetch(Files.writeString(folder.resolve("cache"), "no folder"));
        assertTrue(told.startsWith("the cache " + folder.resolve("cache") + " does not take 'task' (0.0 MiB): "), told);
        assertTrue(told.contains("The job goes on without it"), told);
        assertEquals(1, sent.get());
    }

    /** What the command prints for an operator; it ends well. */
    private String fetch(Path cache) throws IOException {
        String token = Files.writeString(folder.resolve("token"), "a-token").toString();
        String address = "http://127.0.0.1:" + server.getAddress().getPort();
        PrintStream before = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            int status = new CommandLine(new FetchCommand())
                    .execute(
                            "--server",
                            address,
                            "--run",
                            "some-run",
                            "--attempt",
                            "1",
                            "--token-file",
                            token,
                            "--cached",
                            cache.toString());
            assertEquals(Exit.DONE, status);
        } finally {
            System.setErr(before);
        }
        return told.toString(StandardCharsets.UTF_8);
    }
}
