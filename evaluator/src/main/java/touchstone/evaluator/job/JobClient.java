package touchstone.evaluator.job;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.data.Digests;
import touchstone.spec.job.JobOrder;

/** The job's side of the conversation with the server; repeats what did not get through. Thread-safe after {@link #start}. */
final class JobClient implements AutoCloseable {

    /** A server that is away for longer has lost this job; it will be tried again. */
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    /** From the first byte that is sent to the head of the answer, for what is small. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);

    /** A slower line, with what the server does with a body before it answers, is a broken one. */
    private static final int BYTES_A_SECOND_MIN = 500_000;

    /** Between two pieces of an answer's body; a job that waits holds a card. */
    private static final Duration STALL = Duration.ofSeconds(60);

    private static final long PAUSE_MILLIS_MAX = 10_000;

    private final HttpClient http;
    private final String attempt;
    private final String token;
    private final LocalFiles local;
    private final Duration stall;

    /** Of this process: a start whose answer was lost is repeated under the same, another process has another. */
    private volatile String session = UUID.randomUUID().toString();

    /**
     * @param attempt address of the attempt, without a slash at its end
     * @param authority what signs the server's certificate, PEM; null = any that Java trusts
     * @param local files that need not be fetched
     */
    JobClient(String attempt, String token, @Nullable Path authority, LocalFiles local) throws IOException {
        this(attempt, token, authority, local, STALL);
    }

    /** @param stall an answer of which no byte comes for so long is asked for again */
    JobClient(String attempt, String token, @Nullable Path authority, LocalFiles local, Duration stall)
            throws IOException {
        this.attempt = attempt;
        this.token = token;
        this.local = local;
        this.stall = stall;
        // Not HTTP/2: all tries would share one connection, also when that is what is broken.
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(10));
        if (authority != null) builder.sslContext(TrustedAuthority.of(authority));
        this.http = builder.build();
    }

    /** The server wants this job no more. */
    static final class Stopped extends Exception {
        private static final long serialVersionUID = 1;

        Stopped(String message) {
            super(message);
        }
    }

    /** The server could not be reached for longer than patience lasts. */
    static final class Unreachable extends Exception {
        private static final long serialVersionUID = 1;

        Unreachable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    JobOrder start() throws Stopped, Unreachable, IOException {
        HttpRequest.Builder request =
                request("start").header("Content-Type", "application/json").POST(BodyPublishers.ofString("{}"));
        byte[] body = send(request, HttpResponse.BodyHandlers.ofByteArray());
        JobOrder order = Json.MAPPER.readValue(body, JobOrder.class);
        session = order.session();
        return order;
    }

    LocalFiles local() {
        return local;
    }

    /** Fetches an input, unless it lies here already, and verifies its digest. */
    Path fetch(JobOrder order, String name, Path folder) throws Stopped, Unreachable, IOException {
        JobOrder.Input input = input(order, name);
        Optional<Path> here = local.find(input.digest());
        if (here.isPresent()) return here.get();
        Path file = folder.resolve(name);
        // Anew each time: a refusal's text may have been longer than the file.
        send(
                request("inputs/" + name).GET(),
                HttpResponse.BodyHandlers.ofFile(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING));
        String found = Digests.of(file);
        if (!found.equals(input.digest())) {
            throw new IOException("'" + name + "' has digest " + found + ", the order says " + input.digest());
        }
        return file;
    }

    /** Leaves an input that was fetched for the next command. */
    void handOver(JobOrder order, String name, Path file) throws IOException {
        local.handOver(file, input(order, name).digest());
    }

    private static JobOrder.Input input(JobOrder order, String name) throws IOException {
        return order.inputs().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException("the order names no input '" + name + "'"));
    }

    void putJson(String name, Object message) throws Stopped, Unreachable {
        send(
                request(name)
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString(Json.text(message))),
                HttpResponse.BodyHandlers.discarding());
    }

    void putBytes(String name, byte[] bytes, String digest) throws Stopped, Unreachable {
        send(
                request(name)
                        .timeout(patienceFor(bytes.length))
                        .header("Content-Type", "application/octet-stream")
                        .header("Touchstone-Digest", digest)
                        .PUT(BodyPublishers.ofByteArray(bytes)),
                HttpResponse.BodyHandlers.discarding());
    }

    /** A line that is slow is not broken: sent again, a body would only be cut off again, with all that was trained. */
    static Duration patienceFor(int bytes) {
        return REQUEST_TIMEOUT.plusSeconds(bytes / BYTES_A_SECOND_MIN);
    }

    /** One try of at most that time, for what is worth nothing when late. False = it did not get through. */
    boolean tryPutJson(String name, Object message, Duration most) throws Stopped {
        HttpRequest request = signed(request(name)
                        .timeout(most)
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString(Json.text(message))))
                .build();
        try {
            HttpResponse<Void> response =
                    http.send(request, UnstalledBody.handler(HttpResponse.BodyHandlers.discarding(), most));
            stopIfTold(response);
            return response.statusCode() < 300;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(attempt + "/" + path)).timeout(REQUEST_TIMEOUT);
    }

    private HttpRequest.Builder signed(HttpRequest.Builder request) {
        request.setHeader("Authorization", "Bearer " + token);
        request.setHeader("Touchstone-Session", session);
        return request;
    }

    private <T> T send(HttpRequest.Builder builder, HttpResponse.BodyHandler<T> handler) throws Stopped, Unreachable {
        HttpRequest request = signed(builder).build();
        long until = System.nanoTime() + PATIENCE.toNanos();
        long pause = 100;
        while (true) {
            @Nullable Exception failure = null;
            String reason;
            try {
                HttpResponse<T> response = http.send(request, UnstalledBody.handler(handler, stall));
                stopIfTold(response);
                if (response.statusCode() < 300) return response.body();
                reason = request.uri().getPath() + " was answered with " + response.statusCode();
                if (response.statusCode() < 500 && response.statusCode() != 429) throw new Unreachable(reason, null);
            } catch (IOException e) {
                failure = e;
                reason = request.uri().getPath() + " did not get through";
                if (isDistrust(e)) throw new Unreachable(distrust(request.uri(), e), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Unreachable("interrupted", e);
            }
            if (System.nanoTime() > until) throw new Unreachable(reason, failure);
            pause(pause + ThreadLocalRandom.current().nextLong(pause));
            pause = Math.min(PAUSE_MILLIS_MAX, pause * 2);
        }
    }

    /** Patience does not mend a certificate, and a job that waits holds a card. */
    static boolean isDistrust(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) return true;
        }
        return false;
    }

    static String distrust(URI address, IOException failure) {
        return "the certificate of " + address.getAuthority() + " is not trusted: " + failure.getMessage()
                + "; look whether --ca is the authority that signed it, and whether it is for this name and still valid";
    }

    private static void pause(long millis) throws Unreachable {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted", e);
        }
    }

    private static void stopIfTold(HttpResponse<?> response) throws Stopped {
        if (response.statusCode() == 409 || response.statusCode() == 401) {
            throw new Stopped(response.uri().getPath() + " was answered with " + response.statusCode());
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
