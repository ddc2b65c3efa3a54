package touchstone.api.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import touchstone.fixtures.Fixtures;

/** A server as the launcher starts it, a process of its own on a PostgreSQL of its own, with the task tiny, to be measured. */
public final class BenchServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Clock ticks a second, as Linux counts processor time. */
    private static final double TICKS = 100;

    private final EmbeddedPostgres postgres;
    private final Process process;
    private final String cookie;
    public final int port;

    public BenchServer(Path data) throws IOException, InterruptedException {
        postgres = EmbeddedPostgres.start();
        String url = postgres.getJdbcUrl("postgres", "postgres");
        List<String> where = List.of("--data", data.toString(), "--database-url", url);
        run("", words(List.of("init"), where));
        run(
                "a long password\na long password\n",
                words(List.of("admin", "create", "--name", "olivia", "--organizer"), where));
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        process = start(words(List.of("serve", "--port", Integer.toString(port)), where));
        awaitListening(process);
        cookie = signIn();
        publish(data.resolve("fixtures"));
    }

    private static List<String> words(List<String> verb, List<String> where) {
        List<String> words = new ArrayList<>(verb);
        words.addAll(where);
        return words;
    }

    private static Process start(List<String> arguments) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // As the launcher does.
        words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx192m", "-XX:+UseSerialGC"));
        words.addAll(List.of("-Dtouchstone.judging.enabled=false"));
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), "touchstone.api.cli.Main"));
        words.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("TOUCHSTONE_HOME", TestHouse.repository().toString());
        return builder.start();
    }

    private static void run(String input, List<String> arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) throw new IllegalStateException(arguments + " failed:\n" + output);
    }

    private static void awaitListening(Process process) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder printed = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            printed.append(line).append('\n');
            if (line.startsWith("Listening on")) {
                Thread.ofPlatform().daemon().start(() -> output.lines().forEach(rest -> {}));
                return;
            }
        }
        throw new IllegalStateException("the server did not start:\n" + printed);
    }

    private String signIn() throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request("/api/session")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"name\":\"olivia\",\"password\":\"a long password\"}")));
        return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
    }

    private void publish(Path fixtures) throws IOException, InterruptedException {
        Files.createDirectories(fixtures);
        Fixtures.writeTiny(fixtures);
        send(request("/api/tasks")
                .header("Cookie", cookie)
                .header("Sec-Fetch-Site", "same-origin")
                .header("Content-Type", "application/zip")
                .POST(BodyPublishers.ofFile(fixtures.resolve("tiny.zip"))));
    }

    /** A token of the organizer, who may see every submission. */
    public String token() throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request("/api/tokens")
                .header("Cookie", cookie)
                .header("Sec-Fetch-Site", "same-origin")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"name\":\"bench\"}")));
        JsonNode token = JSON.readTree(answer.body());
        return token.get("token").asText();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) throw new IOException(answer.statusCode() + " " + answer.body());
        return answer;
    }

    /** Runs a statement on the server's database. */
    public void change(String sql, Object... arguments) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) statement.setObject(i + 1, arguments[i]);
            statement.executeUpdate();
        }
    }

    /** One column of all rows. */
    public List<String> list(String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) found.add(rows.getString(1));
        }
        return found;
    }

    /** Processor time that the server has used, in seconds; null where the system does not tell. */
    public @Nullable Double processorSeconds() throws IOException {
        Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        if (!Files.exists(stat)) return null;
        String line = Files.readString(stat);
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
    }

    public static String loadAverage() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        postgres.close();
    }
}
