package touchstone.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One command of a job, as the server hears it: start, inputs, beats, weights, result. The weights come from the strategy and the
 * seed alone, and the score from the weights alone, as in earnest.
 */
final class PlayedJob {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int DONE = 0;
    private static final int STOPPED = 3;
    private static final int UNREACHABLE = 4;

    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);
    private static final long PAUSE_MILLIS_MAX = 10_000;

    private static final int WEIGHTS_BYTES = 4_096;

    /** Hidden samples of the task tiny in each fold. */
    private static final int FOLD = 40;

    private static final List<String> CLASSES = List.of("i", "ii", "iii", "iv");

    private final HttpClient http;
    private final String attempt;
    private final String token;
    private final Map<String, String> environment;
    private final String session = UUID.randomUUID().toString();

    PlayedJob(HttpClient http, String attempt, String token, Map<String, String> environment) {
        this.http = http;
        this.attempt = attempt;
        this.token = token;
        this.environment = environment;
    }

    /** The server wants this job no more, or has been away for too long. */
    private static final class Ended extends Exception {
        private static final long serialVersionUID = 1;

        private final int code;

        Ended(int code) {
            super("ended with " + code, null, false, false);
            this.code = code;
        }
    }

    /** @return how the process would have ended */
    int work(Duration length) throws IOException, InterruptedException {
        try {
            JsonNode order = JSON.readTree(send(
                    request("start").header("Content-Type", "application/json").POST(BodyPublishers.ofString("{}"))));
            if (order.path("purpose").asText().equals("TRAIN")) train(order, length);
            else score(order, length);
            return DONE;
        } catch (Ended e) {
            return e.code;
        }
    }

    private void train(JsonNode order, Duration length) throws IOException, InterruptedException, Ended {
        String strategy = fetch(order, "strategy");
        compute(order, length);
        byte[] weights = new byte[WEIGHTS_BYTES];
        random(strategy + " " + order.path("seed").asLong()).nextBytes(weights);
        String digest = digest(weights);
        send(request("weights")
                .header("Content-Type", "application/octet-stream")
                .header("Touchstone-Digest", digest)
                .PUT(BodyPublishers.ofByteArray(weights)));
        Random random = random(digest);
        put(
                "result",
                Map.of(
                        "kind",
                        "trained",
                        "weights",
                        digest,
                        "initialWeights",
                        digest(new byte[0]),
                        "validation",
                        validation(random.nextInt(5, 11)),
                        "seconds",
                        Map.of("load", 0.1, "train", length.toMillis() / 1000.0),
                        "fingerprint",
                        fingerprint(),
                        "notes",
                        List.of()));
    }

    private static Map<String, Object> validation(int rightOfTen) {
        int[][] confusion = new int[CLASSES.size()][CLASSES.size()];
        for (int i = 0; i < CLASSES.size(); i++) {
            confusion[i][i] = rightOfTen;
            confusion[i][(i + 1) % CLASSES.size()] = 10 - rightOfTen;
        }
        return Map.of(
                "metrics",
                metrics(rightOfTen / 10.0),
                "classes",
                CLASSES.stream()
                        .map(name -> Map.of("name", name, "samples", 10, "recall", rightOfTen / 10.0))
                        .toList(),
                "confusion",
                confusion,
                "slices",
                List.of());
    }

    private void score(JsonNode order, Duration length) throws IOException, InterruptedException, Ended {
        String weights = fetch(order, "weights");
        compute(order, length);
        Random random = random(weights);
        BitSet shown = right(random);
        BitSet kept = right(random);
        put(
                "result",
                Map.of(
                        "kind",
                        "scored",
                        "weights",
                        weights,
                        "metrics",
                        Map.of(
                                "public",
                                metrics(shown.cardinality() / (double) FOLD),
                                "private",
                                metrics(kept.cardinality() / (double) FOLD)),
                        "samples",
                        Map.of("public", FOLD, "private", FOLD),
                        "correct",
                        Map.of("public", text(shown), "private", text(kept)),
                        "slices",
                        Map.of(),
                        "seconds",
                        Map.of("load", 0.1, "score", length.toMillis() / 1000.0),
                        "fingerprint",
                        fingerprint()));
    }

    private static BitSet right(Random random) {
        BitSet right = new BitSet(FOLD);
        for (int i = 0; i < FOLD; i++) right.set(i, random.nextInt(4) > 0);
        return right;
    }

    private static String text(BitSet bits) {
        return Base64.getEncoder().encodeToString(bits.toByteArray());
    }

    private static Map<String, Double> metrics(double accuracy) {
        return Map.of(
                "accuracy",
                accuracy,
                "balanced-accuracy",
                accuracy,
                "macro-f1",
                accuracy,
                "worst-class",
                accuracy,
                "log-loss",
                2 - accuracy);
    }

    private Map<String, String> fingerprint() {
        return Map.of(
                "node",
                environment.getOrDefault("TOUCHSTONE_NODE", ""),
                "image",
                environment.getOrDefault("TOUCHSTONE_IMAGE", ""));
    }

    /** Lets time pass, and beats. */
    private void compute(JsonNode order, Duration length) throws IOException, InterruptedException, Ended {
        long beat = Math.max(1, order.path("beatSeconds").asLong()) * 1_000;
        long end = System.nanoTime() + length.toNanos();
        for (long count = 1; ; count++) {
            long left = (end - System.nanoTime()) / 1_000_000;
            beat(count, left);
            if (left <= 0) return;
            Thread.sleep(Math.min(beat, left));
        }
    }

    private void beat(long count, long leftMillis) throws IOException, InterruptedException, Ended {
        Map<String, Object> message =
                Map.of("count", count, "epoch", 0, "epochs", 1, "secondsLeft", Math.max(0, leftMillis) / 1000.0);
        try {
            stopIfTold(http.send(signed(json("beat", message)).build(), HttpResponse.BodyHandlers.discarding()));
        } catch (IOException e) {
            // Worth nothing when late.
        }
    }

    /** @return the digest that the order names, which the bytes have */
    private String fetch(JsonNode order, String name) throws IOException, InterruptedException, Ended {
        for (JsonNode input : order.path("inputs")) {
            if (!input.path("name").asText().equals(name)) continue;
            String digest = input.path("digest").asText();
            String found = digest(send(request("inputs/" + name).GET()));
            if (found.equals(digest)) return digest;
            throw new IOException("'" + name + "' has digest " + found + ", the order says " + digest);
        }
        throw new IOException("the order names no input '" + name + "'");
    }

    private void put(String path, Object message) throws IOException, InterruptedException, Ended {
        send(json(path, message));
    }

    private HttpRequest.Builder json(String path, Object message) throws IOException {
        return request(path)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(message)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(attempt + "/" + path)).timeout(ANSWER_MAX);
    }

    private HttpRequest.Builder signed(HttpRequest.Builder request) {
        return request.setHeader("Authorization", "Bearer " + token).setHeader("Touchstone-Session", session);
    }

    /** As the evaluator: repeats what did not get through. */
    private byte[] send(HttpRequest.Builder builder) throws InterruptedException, Ended {
        HttpRequest request = signed(builder).build();
        long end = System.nanoTime() + PATIENCE.toNanos();
        long pause = 100;
        while (System.nanoTime() < end) {
            @Nullable HttpResponse<byte[]> answer = null;
            try {
                answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            } catch (IOException e) {
                // The server is away just now.
            }
            if (answer != null) {
                stopIfTold(answer);
                if (answer.statusCode() < 300) return answer.body();
                if (answer.statusCode() < 500 && answer.statusCode() != 429) throw new Ended(UNREACHABLE);
            }
            Thread.sleep(pause);
            pause = Math.min(PAUSE_MILLIS_MAX, pause * 2);
        }
        throw new Ended(UNREACHABLE);
    }

    private static void stopIfTold(HttpResponse<?> answer) throws Ended {
        if (answer.statusCode() == 409 || answer.statusCode() == 401) throw new Ended(STOPPED);
    }

    private static Random random(String text) {
        return new Random(
                ByteBuffer.wrap(sha256(text.getBytes(StandardCharsets.UTF_8))).getLong());
    }

    private static String digest(byte[] bytes) {
        return HexFormat.of().formatHex(sha256(bytes));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
    }
}
