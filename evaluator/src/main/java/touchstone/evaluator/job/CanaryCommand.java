package touchstone.evaluator.job;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import touchstone.evaluator.device.NumericEngine;
import touchstone.spec.job.CanaryReport;
import touchstone.spec.task.TaskFile;

@Command(
        name = "canary",
        description =
                "Says what this pod can reach: the server, and what it must not; whether its card works, and its cache can"
                        + " be written. A part of 'touchstone k8s check'.")
final class CanaryCommand implements Callable<Integer> {
    private static final String CLUSTERS_OWN_NAME = "kubernetes.default.svc";
    private static final Duration SERVER_TIMEOUT = Duration.ofSeconds(10);
    private static final int CONNECT_MILLIS = 3_000;

    /** A name service that is shut off is asked again and again by the system's resolver. */
    private static final int NAME_SECONDS = 10;

    /** A network may take some seconds to learn of a new pod, in what it lets through and in what it does not. */
    private static final int ROUNDS = 4;

    private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(2);
    private static final int BODY_CHARACTERS_SHOWN = 300;

    @Option(names = "--server", required = true, description = "Address of the server, which must answer.")
    private URI server;

    @Option(
            names = "--ca",
            description = "Authority, PEM, that signs the server's certificate; no other is trusted then.")
    private @Nullable Path authority;

    @Option(
            names = "--forbidden",
            split = ",",
            paramLabel = "HOST:PORT",
            description = "Addresses that must not answer.")
    private List<String> forbidden = List.of();

    @Option(names = "--cuda", description = "Computes on the card too, which must be there.")
    private boolean cuda;

    @Option(
            names = "--cached",
            paramLabel = "DIR",
            description = "Makes a file where tasks are kept for all jobs, and deletes it.")
    private @Nullable Path cached;

    @Option(names = "--report", paramLabel = "FILE", description = "Takes the report too, beside standard output.")
    private @Nullable Path file;

    @Override
    public Integer call() throws Exception {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        Tried card = cuda ? card() : NOT_ASKED;
        Tried cache = cached == null ? NOT_ASKED : cache(cached);
        CanaryReport report = look(card, cache);
        for (int round = 1; round < ROUNDS && !report.well(); round++) {
            Thread.sleep(BETWEEN_ROUNDS);
            report = look(card, cache);
        }
        String text = Json.text(report);
        System.out.println(text);
        if (file != null) Files.writeString(file, text);
        return Exit.DONE;
    }

    private static final Tried NOT_ASKED = new Tried(null, null);

    private record Tried(@Nullable String works, @Nullable String fault) {}

    /** Whatever is wrong with libtorch, driver or card is a finding, and the rest is looked at all the same. */
    private static Tried card() {
        try {
            return new Tried(NumericEngine.start(new TaskFile.Device("cuda", 1)).tryCard(), null);
        } catch (RuntimeException | LinkageError e) {
            return new Tried(null, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private static Tried cache(Path cache) {
        try {
            LocalFiles.tryCache(cache);
            return new Tried(CacheTrouble.free(cache), null);
        } catch (IOException e) {
            return new Tried(null, CacheTrouble.sentence(cache, e));
        }
    }

    private CanaryReport look(Tried card, Tried cache) throws InterruptedException {
        return new CanaryReport(
                server(),
                named(),
                forbidden.stream().filter(CanaryCommand::isReached).toList(),
                card.works(),
                card.fault(),
                cache.works(),
                cache.fault());
    }

    private @Nullable String server() throws InterruptedException {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(SERVER_TIMEOUT);
        try {
            if (authority != null) builder.sslContext(TrustedAuthority.of(authority));
            try (HttpClient http = builder.build()) {
                URI health = URI.create(server.toString().replaceAll("/+$", "") + "/health");
                HttpResponse<String> answer = http.send(
                        HttpRequest.newBuilder(health).timeout(SERVER_TIMEOUT).build(),
                        HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200) return null;
                String body = answer.body();
                return health + " answers " + answer.statusCode() + ": "
                        + body.substring(0, Math.min(BODY_CHARACTERS_SHOWN, body.length()));
            }
        } catch (IOException e) {
            if (JobClient.isDistrust(e)) return JobClient.distrust(server, e);
            return server + " does not answer: " + (e.getMessage() == null ? e : e.getMessage());
        }
    }

    private static @Nullable String named() throws InterruptedException {
        CompletableFuture<@Nullable String> lookup = CompletableFuture.supplyAsync(CanaryCommand::lookUp);
        try {
            return lookup.get(NAME_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return null;
        }
    }

    private static @Nullable String lookUp() {
        try {
            return InetAddress.getByName(CLUSTERS_OWN_NAME).getHostAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** A refusal is no answer: some networks refuse in the name of what they keep from the pod. */
    private static boolean isReached(String address) {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
