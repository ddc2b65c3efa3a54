package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.fixtures.Fixtures;

/** A whole run of a real server, from its start to a SIGTERM in the middle of an upload, and all that it logged. */
final class StopTest {
    private static final String PASSWORD = "correct horse battery";
    private static final String WRONG = "incorrect horse battery";
    private static final String STRANGE_TOKEN = "ts_" + "q".repeat(43);
    private static final Pattern ANY_TOKEN = Pattern.compile("ts_[A-Za-z0-9_-]{20,}");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    @Test
    void anUploadEndsTheServerStopsAndNoSecretWasLogged() throws Exception {
        Path data = folder.resolve("data");
        Fixtures.writeTiny(folder.resolve("fixtures"));
        RealServer.run(data, null, "", "init");
        RealServer.run(data, null, PASSWORD + "\n", "admin", "create", "--name", "olivia", "--organizer");
        try (RealServer server = new RealServer(data, null)) {
            server.environment.put("TOUCHSTONE_LOG", "json");
            server.start();
            Script.signIn(server.address(), "olivia", PASSWORD)
                    .sendZip("/api/tasks", folder.resolve("fixtures/tiny.zip"));
            Script alice = Script.signUp(server.address(), "alice", PASSWORD);
            Path strategy = folder.resolve("fixtures/strategies/baseline.zip");

            submitByScript(server, alice, strategy);
            stumble(server);
            try (Upload upload = new Upload(server, alice, Files.readAllBytes(strategy))) {
                upload.sendHalf();
                server.begToStop();
                awaitNoNewConnections(server);
                String answer = upload.sendRest();

                assertTrue(answer.startsWith("HTTP/1.1 200"), answer + "\n" + server.printed());
                assertTrue(answer.contains("\"problems\":[]"), answer);
            }
            assertTrue(server.awaitEnd(Duration.ofSeconds(40)), server.printed());

            String printed = server.printed();
            for (String secret : List.of(PASSWORD, WRONG, alice.token(), STRANGE_TOKEN))
                assertFalse(printed.contains(secret), printed);
            assertFalse(ANY_TOKEN.matcher(printed).find(), printed);
            List<JsonNode> lines = printed.lines()
                    .filter(line -> line.startsWith("{"))
                    .map(StopTest::parse)
                    .toList();
            assertTrue(
                    lines.stream()
                            .anyMatch(line ->
                                    line.path("formattedMessage").asText().contains("is settled: SCORED")),
                    printed);
            assertTrue(lines.stream().allMatch(line -> line.path("level").isTextual()), printed);
        }
    }

    /** As a contestant's script does, from the upload to the score. */
    private void submitByScript(RealServer server, Script alice, Path strategy) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "touchstone.api.cli.Main",
                        "submit",
                        "--task",
                        "tiny",
                        "--wait",
                        strategy.toString())
                .redirectErrorStream(true);
        builder.environment().put("TOUCHSTONE_SERVER", server.address());
        builder.environment().put("TOUCHSTONE_TOKEN", alice.token());
        Process script = builder.start();
        String told = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(script.waitFor(3, TimeUnit.MINUTES));
        assertEquals(0, script.exitValue(), told + server.printed());
        assertTrue(told.contains("Scored: accuracy 0."), told);
        assertFalse(told.contains(alice.token()), told);
    }

    /** What goes wrong is what is logged. */
    private static void stumble(RealServer server) throws Exception {
        assertEquals(
                401,
                post(server, "/api/session", "{\"name\":\"alice\",\"password\":\"" + WRONG + "\"}", "")
                        .statusCode());
        assertEquals(
                400,
                post(server, "/api/session", "{\"name\":\"alice\",\"password\":\"" + WRONG, "")
                        .statusCode());
        assertEquals(
                400,
                post(server, "/api/accounts", "{\"password\":{\"" + WRONG + "\":1}}", "")
                        .statusCode());
        assertEquals(
                401,
                post(server, "/api/tokens", "{}", "Bearer " + STRANGE_TOKEN).statusCode());
        assertEquals(404, post(server, "/api/" + "nothing", "{}", "").statusCode());
    }

    private static HttpResponse<String> post(RealServer server, String path, String body, String authorization)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.address() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) request.header("Authorization", authorization);
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void awaitNoNewConnections(RealServer server) throws IOException {
        URI address = URI.create(server.address());
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < end) {
            try (Socket socket = new Socket(address.getHost(), address.getPort())) {
                assertTrue(socket.isConnected());
            } catch (ConnectException closed) {
                return;
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        throw new AssertionError("it still takes connections\n" + server.printed());
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    /** A check whose body comes in two parts. */
    private static final class Upload implements AutoCloseable {
        private final Socket socket;
        private final byte[] body;

        Upload(RealServer server, Script who, byte[] body) throws IOException {
            URI address = URI.create(server.address());
            this.body = body;
            socket = new Socket(address.getHost(), address.getPort());
            socket.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
            write(("POST /api/tasks/tiny/strategies/check HTTP/1.1\r\nHost: x\r\nContent-Type: application/zip\r\n"
                            + "Authorization: Bearer " + who.token() + "\r\nConnection: close\r\nContent-Length: "
                            + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }

        private void write(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        }

        void sendHalf() throws IOException {
            write(Arrays.copyOf(body, body.length / 2));
        }

        String sendRest() throws IOException {
            write(Arrays.copyOfRange(body, body.length / 2, body.length));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
