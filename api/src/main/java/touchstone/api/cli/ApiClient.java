package touchstone.api.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Digests;
import touchstone.spec.text.Problem;

/**
 * Talks to a server as a script does: with a token, and with patience. What fails for a moment is sent again; whatever makes
 * something carries an Idempotency-Key, so that it is made once however often it is sent. What ends in an error ends the
 * command, with the server's own sentence.
 */
final class ApiClient {
    private static final int TRIES_MAX = 6;
    private static final Duration CONNECT_MAX = Duration.ofSeconds(20);

    /** A large upload on a slow line, and its check. */
    private static final Duration ANSWER_MAX = Duration.ofMinutes(15);

    /** A wait longer than this is for the script to decide on. */
    private static final Duration PAUSE_MAX = Duration.ofSeconds(30);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI server;
    private final @Nullable String token;
    private final Pause pause;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_MAX)
            .build();

    /** Waits between two tries. */
    interface Pause {
        void of(Duration time);
    }

    /** @param token null = as the public */
    ApiClient(URI server, @Nullable String token, Pause pause) {
        this.server = server;
        this.token = token;
        this.pause = pause;
    }

    /** An answer with a status below 400. */
    record Answer(int status, @Nullable String tag, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new Ended(Exit.FAULT, "The server answered with what is no JSON. Is this a Touchstone server?");
            }
        }
    }

    /** A part of an address, such as a task's name. */
    static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    void pause(Duration time) {
        pause.of(time);
    }

    /** @param path without a slash at its start, here and below */
    Answer get(String path) {
        return send(request(path).GET());
    }

    /** Empty when it is still what {@code tag} names. */
    Optional<Answer> getChanged(String path, @Nullable String tag) {
        HttpRequest.Builder request = request(path).GET();
        if (tag != null) request.header("If-None-Match", tag);
        return Optional.of(send(request)).filter(answer -> answer.status() != 304);
    }

    Answer postZip(String path, Path file) {
        try {
            return make(request(path).header("Content-Type", "application/zip"), BodyPublishers.ofFile(file));
        } catch (IOException e) {
            throw new Ended(Exit.USAGE, "There is no file " + file + ".");
        }
    }

    Answer postJson(String path, JsonNode body) {
        return make(request(path).header("Content-Type", "application/json"), BodyPublishers.ofString(body.toString()));
    }

    private Answer make(HttpRequest.Builder request, BodyPublisher body) {
        request.header("Idempotency-Key", UUID.randomUUID().toString());
        return send(request.POST(body));
    }

    /** Sent twice it is the same, so it needs no key. */
    Answer putJson(String path, JsonNode body) {
        return send(
                request(path).header("Content-Type", "application/json").PUT(BodyPublishers.ofString(body.toString())));
    }

    Answer delete(String path) {
        return send(request(path).DELETE());
    }

    /**
     * Writes what lies there to a file, whole or not at all. An ETag that is a SHA-256 is compared with what came.
     *
     * @return bytes
     */
    long download(String path, Path file) {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a folder");
        if (Files.isDirectory(file) || !Files.isDirectory(folder))
            throw new Ended(
                    Exit.USAGE,
                    Files.isDirectory(file)
                            ? file + " is a folder; name a file in it."
                            : "There is no folder " + folder + "; make it first.");
        for (int tries = 1; ; tries++) {
            try {
                HttpResponse<InputStream> response =
                        exchange(request(path).GET().build(), HttpResponse.BodyHandlers.ofInputStream());
                try (InputStream body = response.body()) {
                    if (response.statusCode() == 200) return write(response, body, folder, file);
                    byte[] refusal = body.readAllBytes();
                    Ended refused = ended(response.statusCode(), refusal);
                    Optional<Duration> pauseFor = pauseAfter(response, refusal, tries);
                    if (pauseFor.isEmpty()) throw refused;
                    wait(tries, refused, pauseFor.get());
                }
            } catch (FileSystemException e) {
                throw new Ended(Exit.FAULT, "Cannot write " + file + ": " + reason(e));
            } catch (IOException e) {
                wait(tries, "The server " + server + " cannot be reached: " + reason(e), retryPause(tries));
            }
        }
    }

    private static long write(HttpResponse<?> response, InputStream body, Path folder, Path file) throws IOException {
        Path part = Files.createTempFile(folder, file.getFileName().toString(), ".part");
        try {
            String digest = copy(body, part);
            String tag = response.headers().firstValue("ETag").orElse("").replace("\"", "");
            if (Digests.isDigest(tag) && !tag.equals(digest))
                throw new IOException("what came is not what the server sent");
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        return Files.size(file);
    }

    private static String copy(InputStream from, Path to) throws IOException {
        Digests.Running digest = new Digests.Running();
        byte[] buffer = new byte[64 * 1024];
        try (OutputStream out = Files.newOutputStream(to)) {
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                digest.update(buffer, read);
                out.write(buffer, 0, read);
            }
        }
        return digest.hex();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path))
                .timeout(ANSWER_MAX)
                .header("Accept", "application/json, */*;q=0.5");
        if (token != null) request.header("Authorization", "Bearer " + token);
        return request;
    }

    private Answer send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        for (int tries = 1; ; tries++) {
            try {
                HttpResponse<byte[]> response = exchange(request, HttpResponse.BodyHandlers.ofByteArray());
                if (response.statusCode() < 400)
                    return new Answer(
                            response.statusCode(),
                            response.headers().firstValue("ETag").orElse(null),
                            response.body());
                Ended refused = ended(response.statusCode(), response.body());
                Optional<Duration> pauseFor = pauseAfter(response, response.body(), tries);
                if (pauseFor.isEmpty()) throw refused;
                wait(tries, refused, pauseFor.get());
            } catch (IOException e) {
                wait(tries, "The server " + server + " cannot be reached: " + reason(e), retryPause(tries));
            }
        }
    }

    /** Empty = trying again soon is of no use. */
    private static Optional<Duration> pauseAfter(HttpResponse<?> response, byte[] body, int tries) {
        Optional<Duration> told = response.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
        boolean underWay = response.statusCode() == 409 && code(body).equals("idempotency-key");
        boolean mayPass = underWay || response.statusCode() == 429 || response.statusCode() >= 502;
        if (!mayPass || (response.statusCode() == 429 && told.isEmpty())) return Optional.empty();
        return Optional.of(told.orElse(retryPause(tries))).filter(time -> time.compareTo(PAUSE_MAX) <= 0);
    }

    private static Duration retryPause(int tries) {
        return Duration.ofSeconds(1L << Math.min(tries - 1, 4));
    }

    private void wait(int tries, String sentence, Duration time) {
        wait(tries, new Ended(Exit.FAULT, sentence), time);
    }

    private void wait(int tries, Ended otherwise, Duration time) {
        if (tries >= TRIES_MAX) throw otherwise;
        pause.of(time);
    }

    private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) throws IOException {
        try {
            return http.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Ended(Exit.FAULT, "The command was interrupted.");
        }
    }

    private Ended ended(int status, byte[] body) {
        return new Ended(Exit.of(status), said(status, body));
    }

    private String said(int status, byte[] body) {
        if (status == 401 && token == null)
            return "This needs a token: set TOUCHSTONE_TOKEN, or write --token-file FILE. The page \"API tokens\""
                    + " of the server makes one.";
        if (status == 404)
            return "There is nothing here, or nothing that you may see. Check the name"
                    + (token == null ? "; what is not public needs a token." : " and the token.");
        return sentence(status, body);
    }

    /** The problem's own words; each of several mistakes on a line of its own. */
    private static String sentence(int status, byte[] body) {
        try {
            JsonNode document = JSON.readTree(body);
            List<String> lines = new ArrayList<>();
            for (JsonNode problem : document.path("problems")) lines.add(problem(problem));
            if (lines.size() > 1) return String.join("\n", lines);
            String detail = document.path("detail").asText();
            return detail.isEmpty() ? "The server answered " + status + "." : detail;
        } catch (IOException e) {
            return "The server answered " + status + ".";
        }
    }

    /** A mistake in an archive, as compilers print it. */
    static String problem(JsonNode problem) {
        try {
            return JSON.treeToValue(problem, Problem.class).toString();
        } catch (JsonProcessingException e) {
            return problem.path("message").asText();
        }
    }

    /** As JSON writes a text. */
    static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }

    private static String code(byte[] body) {
        try {
            return JSON.readTree(body).path("code").asText();
        } catch (IOException e) {
            return "";
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
