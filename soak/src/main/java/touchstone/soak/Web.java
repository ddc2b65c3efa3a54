package touchstone.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client as the documentation asks for: it repeats what did not get through, elsewhere and later, under the same key. */
final class Web {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(90);
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final long PAUSE_MILLIS_MAX = 3_000;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final ObjectMapper json = new ObjectMapper();
    private final List<ServerProcess> servers;
    private final Findings findings;
    private final AtomicInteger next = new AtomicInteger();
    final AtomicInteger broken = new AtomicInteger();
    final AtomicInteger askedToWait = new AtomicInteger();

    Web(List<ServerProcess> servers, Findings findings) {
        this.servers = servers;
        this.findings = findings;
    }

    /** An answer below 500, from whichever server gave it. */
    record Answer(int status, byte[] body, @Nullable String cookie) {}

    Answer repeat(Function<String, HttpRequest.Builder> request) throws IOException, InterruptedException {
        return repeat(next.getAndIncrement(), request);
    }

    /** @param first the server that is asked first; @param request for a server's address */
    Answer repeat(int first, Function<String, HttpRequest.Builder> request) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        long pause = 50;
        for (int tries = 0; ; tries++) {
            ServerProcess server = servers.get((first + tries) % servers.size());
            try {
                HttpResponse<byte[]> answer = once(request.apply(server.address()));
                if (!wantsAnother(answer))
                    return new Answer(
                            answer.statusCode(),
                            answer.body(),
                            answer.headers().firstValue("Set-Cookie").orElse(null));
            } catch (IOException e) {
                broken.incrementAndGet();
            }
            if (System.nanoTime() > end) throw new IOException("no answer in " + PATIENCE.toMinutes() + " minutes");
            Thread.sleep(pause + ThreadLocalRandom.current().nextLong(pause));
            pause = Math.min(PAUSE_MILLIS_MAX, pause * 2);
        }
    }

    HttpResponse<byte[]> once(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(ANSWER_MAX).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** 409 under a key means that the same request is still under way, as it is when a client repeated too early. */
    private boolean wantsAnother(HttpResponse<byte[]> answer) throws IOException {
        int status = answer.statusCode();
        boolean wait = status == 503
                || status == 429
                || status == 409 && code(answer.body()).equals("idempotency-key");
        if (wait) askedToWait.incrementAndGet();
        if (status == 503 && answer.headers().firstValue("Retry-After").isEmpty())
            findings.add("503 without Retry-After at " + answer.uri().getPath());
        if (status >= 500 && status != 503)
            findings.add(status + " at " + answer.request().method() + " "
                    + answer.uri().getPath() + ": " + new String(answer.body(), StandardCharsets.UTF_8));
        return wait || status >= 500;
    }

    private String code(byte[] body) throws IOException {
        return json.readTree(body).path("code").asText();
    }

    JsonNode read(Answer answer) throws IOException {
        JsonNode body = json.readTree(answer.body());
        if (answer.status() >= 300) throw new IOException("answered with " + answer.status() + ": " + body);
        return body;
    }

    static HttpRequest.Builder to(String address, String path) {
        return HttpRequest.newBuilder(URI.create(address + path));
    }
}
