package touchstone.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * One team: submits its strategies one after the other, a few at a time, and watches each until it is settled. Repeats under
 * the same Idempotency-Key whatever did not get through.
 */
final class Contestant {
    private static final int UNSETTLED_MAX = 2;
    private static final long LOOK_AGAIN_MILLIS = 700;
    private static final String SUBMISSIONS = "/api/tasks/tiny/submissions";

    private final String name;
    private final Web web;
    private final Progress progress;
    private final BlockingQueue<UploadTrap> traps;
    private final String token;

    private Contestant(String name, Web web, Progress progress, BlockingQueue<UploadTrap> traps, String token) {
        this.name = name;
        this.web = web;
        this.progress = progress;
        this.traps = traps;
        this.token = token;
    }

    static Contestant signUp(String name, String password, Web web, Progress progress, BlockingQueue<UploadTrap> traps)
            throws IOException, InterruptedException {
        return new Contestant(name, web, progress, traps, token(web, "/api/accounts", name, password));
    }

    /** A token for scripts, of an account that is made or signed in to at {@code path}. */
    static String token(Web web, String path, String name, String password) throws IOException, InterruptedException {
        String body = "{\"name\":\"" + name + "\",\"password\":\"" + password + "\"}";
        Web.Answer session = web.repeat(address ->
                Web.to(address, path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
        String cookie = session.cookie();
        if (cookie == null) throw new IOException(name + " got no session: " + web.read(session));
        Web.Answer token = web.repeat(address -> Web.to(address, "/api/tokens")
                .header("Content-Type", "application/json")
                .header("Cookie", cookie.split(";")[0])
                .header("Sec-Fetch-Site", "same-origin")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString("{\"name\":\"soak\"}")));
        return web.read(token).path("token").asText();
    }

    String name() {
        return name;
    }

    /** Returns when all are settled; the submissions in the order of the strategies. */
    List<String> play(List<byte[]> strategies) throws IOException, InterruptedException {
        List<String> made = new ArrayList<>();
        List<String> unsettled = new ArrayList<>();
        for (byte[] strategy : strategies) {
            String submission = submit(strategy);
            progress.accepted(submission);
            made.add(submission);
            unsettled.add(submission);
            while (unsettled.size() >= UNSETTLED_MAX) watch(unsettled);
        }
        while (!unsettled.isEmpty()) watch(unsettled);
        return made;
    }

    private void watch(List<String> unsettled) throws IOException, InterruptedException {
        Thread.sleep(LOOK_AGAIN_MILLIS);
        for (String submission : List.copyOf(unsettled)) {
            String state = get("/api/submissions/" + submission).path("state").asText();
            if (state.equals("waiting-on-us")) progress.held(submission);
            if (!state.equals("settled")) continue;
            unsettled.remove(submission);
            progress.settled(submission);
        }
    }

    /** What is left of the team's quota, as the task's page tells. */
    JsonNode quota() throws IOException, InterruptedException {
        return get("/api/tasks/tiny").path("you").path("quota");
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return web.read(web.repeat(address -> Web.to(address, path).header("Authorization", "Bearer " + token)));
    }

    private String submit(byte[] strategy) throws IOException, InterruptedException {
        String key = UUID.randomUUID().toString();
        UploadTrap trap = traps.poll();
        if (trap != null) trap.close(strategy, key, this);
        Web.Answer answer = web.repeat(address -> upload(address, strategy, key));
        return web.read(answer).path("id").asText();
    }

    private HttpRequest.Builder upload(String address, byte[] strategy, String key) {
        HttpRequest.Builder request = Web.to(address, SUBMISSIONS).POST(BodyPublishers.ofByteArray(strategy));
        headers(key).forEach(request::header);
        return request;
    }

    private Map<String, String> headers(String key) {
        return Map.of("Authorization", "Bearer " + token, "Content-Type", "application/zip", "Idempotency-Key", key);
    }

    /** Sends headers and the first {@code bytes} of the body, and leaves the connection open until it is closed. */
    @Nullable
    Socket beginUpload(int port, byte[] strategy, int bytes, String key) {
        try {
            Socket socket = new Socket("127.0.0.1", port);
            StringBuilder head = new StringBuilder("POST " + SUBMISSIONS + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                    + "\r\nContent-Length: " + strategy.length + "\r\n");
            headers(key)
                    .forEach((name, value) ->
                            head.append(name).append(": ").append(value).append("\r\n"));
            OutputStream out = socket.getOutputStream();
            out.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            out.write(strategy, 0, bytes);
            out.flush();
            return socket;
        } catch (IOException e) {
            return null; // The server is away just now; the kill comes all the same.
        }
    }
}
