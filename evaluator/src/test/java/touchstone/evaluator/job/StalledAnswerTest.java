package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.data.Digests;
import touchstone.spec.job.Beat;
import touchstone.spec.job.JobOrder;

/** A server, or what lies before it, that begins an answer and never ends it. */
final class StalledAnswerTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration AT_ONCE = Duration.ofSeconds(30);
    private static final byte[] TASK = new byte[300_000];

    @TempDir
    private Path folder;

    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private JobClient client;

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(TASK);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        String address = "http://127.0.0.1:" + server.getAddress().getPort();
        client = new JobClient(address, "a-token", null, LocalFiles.NONE, SHORT);
    }

    @AfterEach
    void stop() {
        over.countDown();
        client.close();
        server.stop(0);
        threads.shutdownNow();
    }

    /** The first is answered by half; the others wholly. */
    private void answer(HttpExchange exchange) throws IOException {
        boolean first = requests.incrementAndGet() == 1;
        exchange.getRequestBody().readAllBytes();
        byte[] body = exchange.getRequestURI().getPath().endsWith("/start")
                ? Json.text(order()).getBytes(StandardCharsets.UTF_8)
                : TASK;
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body, 0, first ? body.length / 2 : body.length);
        exchange.getResponseBody().flush();
        if (first) awaitTheEnd();
        exchange.close();
    }

    private void awaitTheEnd() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static JobOrder order() {
        JobOrder.Input task = new JobOrder.Input("task", Digests.of(TASK), TASK.length);
        return new JobOrder("a-session", JobOrder.Purpose.FETCH, 1, 1, 60, 60, List.of(task), null);
    }

    @Test
    void anInputThatStopsComingIsFetchedAgain() throws IOException {
        Path file = assertTimeoutPreemptively(AT_ONCE, () -> client.fetch(order(), "task", folder));
        assertArrayEquals(TASK, Files.readAllBytes(file));
        assertTrue(requests.get() >= 2);
    }

    @Test
    void anOrderThatStopsComingIsAskedForAgain() {
        assertEquals(
                "a-session", assertTimeoutPreemptively(AT_ONCE, client::start).session());
    }

    @Test
    void aBeatWhoseAnswerStopsComingDoesNotHoldTheNextUp() {
        assertFalse(assertTimeoutPreemptively(AT_ONCE, () -> client.tryPutJson("beat", new Beat(1, 0, 1, -1), SHORT)));
        assertTrue(assertTimeoutPreemptively(AT_ONCE, () -> client.tryPutJson("beat", new Beat(2, 0, 1, -1), AT_ONCE)));
    }

    @Test
    void weightsHaveTheTimeThatASlowLineNeeds() {
        assertEquals(Duration.ofSeconds(60), JobClient.patienceFor(30_000));
        assertEquals(Duration.ofSeconds(60 + 400), JobClient.patienceFor(200_000_000));
    }

    @Test
    void aBodyMayTakeAsLongAsItNeedsWhileItComes() {
        AtomicLong now = new AtomicLong();
        AtomicBoolean cancelled = new AtomicBoolean();
        UnstalledBody<byte[]> body =
                new UnstalledBody<>(HttpResponse.BodySubscribers.ofByteArray(), Duration.ofSeconds(60), now::get);
        CompletableFuture<byte[]> whole = body.getBody().toCompletableFuture();
        body.onSubscribe(subscription(cancelled));
        for (int piece = 0; piece < 10; piece++) {
            pass(now, 59);
            body.look();
            body.onNext(List.of(ByteBuffer.wrap(new byte[10])));
        }
        pass(now, 59);
        body.look();
        assertFalse(whole.isDone() || cancelled.get());

        pass(now, 1);
        body.look();

        assertTrue(cancelled.get(), "the connection is given up");
        CompletionException stalled = assertThrows(CompletionException.class, whole::join);
        assertEquals(
                "no byte of the answer came for 60 s",
                assertInstanceOf(HttpTimeoutException.class, stalled.getCause()).getMessage());
        body.onNext(List.of(ByteBuffer.wrap(new byte[10])));
        body.onComplete();
    }

    @Test
    void aWholeBodyIsNotLookedAtAnyMore() {
        AtomicLong now = new AtomicLong();
        AtomicBoolean cancelled = new AtomicBoolean();
        UnstalledBody<byte[]> body =
                new UnstalledBody<>(HttpResponse.BodySubscribers.ofByteArray(), Duration.ofSeconds(60), now::get);
        body.onSubscribe(subscription(cancelled));
        body.onNext(List.of(ByteBuffer.wrap(new byte[10])));
        body.onComplete();
        pass(now, 3600);
        body.look();
        assertEquals(10, body.getBody().toCompletableFuture().join().length);
        assertFalse(cancelled.get());
    }

    private static void pass(AtomicLong now, int seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    private static Flow.Subscription subscription(AtomicBoolean cancelled) {
        return new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {
                cancelled.set(true);
            }
        };
    }
}
