package touchstone.api.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.util.Arrays;
import java.util.function.Supplier;
import touchstone.api.storage.Digests;

/** Answers that a client may hold already: an ETag, and 304 when nothing changed. */
public final class Conditional {
    private Conditional() {}

    public static MutableHttpResponse<byte[]> answer(HttpRequest<?> request, byte[] body, MediaType type) {
        return answer(request, body, tag(body), type);
    }

    /** @param tag from {@link #tag}, computed once for ready bytes */
    public static MutableHttpResponse<byte[]> answer(HttpRequest<?> request, byte[] body, String tag, MediaType type) {
        return answer(request, () -> body, tag, type);
    }

    /** @param body made only for somebody who does not hold what {@code tag} names */
    public static MutableHttpResponse<byte[]> answer(
            HttpRequest<?> request, Supplier<byte[]> body, String tag, MediaType type) {
        MutableHttpResponse<byte[]> response = holds(request, tag)
                ? HttpResponse.notModified()
                : HttpResponse.ok(body.get()).contentType(type);
        return response.header(HttpHeaders.ETAG, tag).header(HttpHeaders.CACHE_CONTROL, "no-cache");
    }

    public static String tag(byte[] body) {
        return '"' + Digests.of(body).substring(0, 24) + '"';
    }

    /** Whether the client says that it has what {@code tag} names. */
    public static boolean holds(HttpRequest<?> request, String tag) {
        String held = request.getHeaders().get(HttpHeaders.IF_NONE_MATCH);
        return held != null && Arrays.stream(held.split(",")).map(String::strip).anyMatch(one -> matches(one, tag));
    }

    private static boolean matches(String one, String tag) {
        return one.equals("*") || one.equals(tag) || one.equals("W/" + tag);
    }
}
