package touchstone.api.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A server that answers what a test says, in its order, and writes down what it was asked. */
final class PlayedServer implements AutoCloseable {
    private static final int HANG_UP = 0;

    final List<String> asked = new ArrayList<>();
    final List<String> keys = new ArrayList<>();
    final List<String> tags = new ArrayList<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final HttpServer server;

    private record Answer(int status, String body, List<String> headers) {}

    PlayedServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    synchronized void answer(int status, String body, String... headers) {
        answers.add(new Answer(status, body, List.of(headers)));
    }

    /** Ends the connection without an answer. */
    synchronized void hangUp() {
        answer(HANG_UP, "");
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        keys.add(header(exchange, "Idempotency-Key"));
        tags.add(header(exchange, "If-None-Match"));
        Answer answer = answers.remove();
        if (answer.status() == HANG_UP) throw new IOException("hung up");
        for (int i = 0; i < answer.headers().size(); i += 2)
            exchange.getResponseHeaders()
                    .add(answer.headers().get(i), answer.headers().get(i + 1));
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
