package touchstone.api.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import io.swagger.v3.oas.annotations.Hidden;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The web client: its files, and its one page for every address that is none of the server's. */
@Controller
@Hidden
final class ClientPages {
    private static final Pattern PLAIN_PATH =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");
    private static final Pattern WITH_EXTENSION = Pattern.compile(".*\\.[A-Za-z0-9]{1,8}");
    private static final Map<String, MediaType> TYPES = Map.of(
            "html", MediaType.of("text/html;charset=utf-8"),
            "js", MediaType.of("text/javascript;charset=utf-8"),
            "css", MediaType.of("text/css;charset=utf-8"),
            "svg", MediaType.of("image/svg+xml"),
            "png", MediaType.of("image/png"),
            "ico", MediaType.of("image/x-icon"),
            "woff2", MediaType.of("font/woff2"),
            "json", MediaType.of("application/json"),
            "webmanifest", MediaType.of("application/manifest+json"),
            "txt", MediaType.of("text/plain;charset=utf-8"));

    private final Map<String, Ready> files = new ConcurrentHashMap<>();

    private record Ready(byte[] bytes, String tag) {}

    /** Answers where no route does. A route for every path would stand before the routes of the API. */
    @Error(status = HttpStatus.NOT_FOUND, global = true)
    HttpResponse<?> page(HttpRequest<?> request) {
        String path = request.getPath().substring(1);
        boolean reads = request.getMethod() == HttpMethod.GET || request.getMethod() == HttpMethod.HEAD;
        if (!reads || path.equals("api") || path.startsWith("api/")) throw Refusal.notFound();
        String wanted = path.isEmpty() ? "index.html" : path;
        Optional<Ready> file = find(wanted);
        if (file.isPresent()) return answer(request, wanted, file.get());
        boolean ofHistory = !WITH_EXTENSION.matcher(wanted).matches() && wantsPage(request);
        Ready index = (ofHistory ? find("index.html") : Optional.<Ready>empty()).orElseThrow(Refusal::notFound);
        return answer(request, "index.html", index);
    }

    private static boolean wantsPage(HttpRequest<?> request) {
        return request.accept().stream().anyMatch(type -> type.getName().equals(MediaType.TEXT_HTML));
    }

    private static HttpResponse<byte[]> answer(HttpRequest<?> request, String name, Ready file) {
        MediaType type =
                TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), MediaType.APPLICATION_OCTET_STREAM_TYPE);
        // The build names everything under assets/ by its content.
        if (name.startsWith("assets/"))
            return HttpResponse.ok(file.bytes())
                    .contentType(type)
                    .header(HttpHeaders.CACHE_CONTROL, "public, max-age=31536000, immutable");
        return Conditional.answer(request, file.bytes(), file.tag(), type);
    }

    private Optional<Ready> find(String path) {
        if (!PLAIN_PATH.matcher(path).matches()) return Optional.empty();
        Ready known = files.get(path);
        if (known != null) return Optional.of(known);
        Optional<Ready> read = read(path);
        // Only what exists is remembered: guesses must not fill the memory.
        read.ifPresent(file -> files.put(path, file));
        return read;
    }

    private static Optional<Ready> read(String path) {
        try (InputStream stream = ClientPages.class.getClassLoader().getResourceAsStream("public/" + path)) {
            if (stream == null) return Optional.empty();
            byte[] bytes = stream.readAllBytes();
            return Optional.of(new Ready(bytes, Conditional.tag(bytes)));
        } catch (IOException e) {
            throw new IllegalStateException("Could not read the client's file " + path, e);
        }
    }
}
