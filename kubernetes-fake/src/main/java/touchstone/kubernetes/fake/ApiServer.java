package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The HTTP side: who asks, may they, does a fault meet them, what do they get. */
final class ApiServer implements AutoCloseable {
    static {
        // Else an answer on a kept connection waits 40 ms for the acknowledgement of its head.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final Resources resources;
    private final Watches watches;
    private final Rights rights;
    private final Faults faults;
    private final Traffic traffic;
    private final NewerServer newer;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;
    private final int port;

    ApiServer(Resources resources, Watches watches, Rights rights, Faults faults, Traffic traffic, NewerServer newer) {
        this.resources = resources;
        this.watches = watches;
        this.rights = rights;
        this.faults = faults;
        this.traffic = traffic;
        this.newer = newer;
        this.server = open(0);
        this.port = server.getAddress().getPort();
    }

    private HttpServer open(int wanted) {
        try {
            HttpServer opened = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 128);
            opened.setExecutor(threads);
            opened.createContext("/", this::answer);
            opened.start();
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    /** Connections are cut, and refused from now on. */
    synchronized void away() {
        server.stop(0);
        watches.end(true);
    }

    synchronized void back() {
        server = open(port);
    }

    @Override
    public synchronized void close() {
        away();
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) {
        try (exchange) {
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            String other = exchange.getRequestHeaders().getFirst("Impersonate-User");
            String path = exchange.getRequestURI().getPath();
            try {
                authorization = rights.actingFor(authorization, other);
                byte[] body = exchange.getRequestBody().readAllBytes();
                if (!general(exchange, path, authorization, body)) {
                    api(exchange, Call.of(exchange), authorization, body);
                }
            } catch (Failure e) {
                send(exchange, "other", e.code(), e.status());
            }
        } catch (IOException e) {
            // Who asked has gone.
        }
    }

    private void api(HttpExchange exchange, Call call, @Nullable String authorization, byte[] body) throws IOException {
        String what = call.verb() + " " + call.fullResource();
        traffic.call(what, body.length);
        try {
            Fault fault =
                    faults.meet(call, new String(body, StandardCharsets.UTF_8)).orElse(null);
            switch (fault) {
                case null -> {}
                case Fault.Answer refusal -> {
                    if (refusal.retryAfter() != null) {
                        exchange.getResponseHeaders()
                                .set(
                                        "Retry-After",
                                        Long.toString(refusal.retryAfter().toSeconds()));
                    }
                    throw Failure.of(refusal.code(), refusal.reason(), refusal.message(), refusal.retryAfter());
                }
                case Fault.Slow slow -> sleep(slow);
                case Fault.Cut cut -> {
                    return;
                }
                case Fault.AnswerLost lost -> {}
            }
            rights.authenticate(authorization);
            rights.authorize(authorization, call);
            if (call.verb().equals("watch")) {
                watch(exchange, call, what);
                return;
            }
            if (call.subresource().equals("log")) {
                log(exchange, call, what);
                return;
            }
            Resources.Answer answer = resources.answer(
                    call,
                    new String(body, StandardCharsets.UTF_8),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")));
            if (!(fault instanceof Fault.AnswerLost)) {
                send(exchange, what, answer.code(), answer.body());
            }
        } catch (Failure e) {
            send(exchange, what, e.code(), e.status());
        }
    }

    /** What is no resource: the version, health, and what one may do. */
    private boolean general(HttpExchange exchange, String path, @Nullable String authorization, byte[] body)
            throws IOException {
        JsonObject answer;
        int code = 200;
        switch (path) {
            case "/version", "/version/" -> answer = version();
            case "/healthz", "/livez", "/readyz" -> {
                exchange.sendResponseHeaders(200, 2);
                exchange.getResponseBody().write("ok".getBytes(StandardCharsets.UTF_8));
                return true;
            }
            case "/apis/authentication.k8s.io/v1/selfsubjectreviews" -> {
                answer = rights.review(authorization, Json.parse(new String(body, StandardCharsets.UTF_8)));
                code = 201;
            }
            case "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" -> {
                answer = rights.accessReview(authorization, Json.parse(new String(body, StandardCharsets.UTF_8)));
                code = 201;
            }
            case "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews" -> {
                answer = rights.rulesReview(authorization, Json.parse(new String(body, StandardCharsets.UTF_8)));
                code = 201;
            }
            default -> {
                return false;
            }
        }
        traffic.call("other", body.length);
        if (authorization != null) {
            rights.authenticate(authorization);
        }
        send(exchange, "other", code, answer);
        return true;
    }

    private static JsonObject version() {
        return Json.of(
                "major",
                "1",
                "minor",
                "36",
                "gitVersion",
                "v1.36.2",
                "gitCommit",
                "0000000000000000000000000000000000000000",
                "gitTreeState",
                "clean",
                "buildDate",
                "2026-01-01T00:00:00Z",
                "goVersion",
                "go1.26",
                "compiler",
                "gc",
                "platform",
                "linux/amd64");
    }

    private void watch(HttpExchange exchange, Call call, String what) throws IOException {
        Kind kind = resources.kind(call);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        Watches.wanted(kind, call);
        var out = new Counting(exchange.getResponseBody(), bytes -> traffic.sent(what, bytes));
        exchange.setStreams(null, out);
        exchange.sendResponseHeaders(200, 0);
        try {
            watches.serve(kind, call, out);
        } catch (Watches.CutException e) {
            out.cut();
        }
    }

    private void log(HttpExchange exchange, Call call, String what) throws IOException {
        PodLog log = resources.log(call);
        exchange.getResponseHeaders().set("Content-Type", "text/plain");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = new Counting(exchange.getResponseBody(), bytes -> traffic.sent(what, bytes));
        log.copy(call, out);
        out.close();
    }

    private void send(HttpExchange exchange, String what, int code, JsonObject answer) throws IOException {
        byte[] bytes = Json.bytes(newer.answer(answer));
        traffic.sent(what, bytes.length);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static void sleep(Fault.Slow slow) {
        try {
            Thread.sleep(slow.by());
        } catch (InterruptedException e) {
            throw Failure.of(503, "ServiceUnavailable", "the server is closing");
        }
    }
}
