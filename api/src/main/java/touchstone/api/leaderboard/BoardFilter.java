package touchstone.api.leaderboard;

import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Conditional;

/**
 * Answers a public board from {@link BoardFront} to whoever is not signed in, on the event loop, before anybody looks for an
 * account. Everything else goes on to {@link LeaderboardController}.
 */
@ServerFilter("/api/tasks/*/leaderboard")
final class BoardFilter implements Ordered {
    private static final String BEFORE = "/api/tasks/";
    private static final String AFTER = "/leaderboard";

    private final BoardFront front;

    BoardFilter(BoardFront front) {
        this.front = front;
    }

    @RequestFilter
    @Nullable
    HttpResponse<?> answer(HttpRequest<?> request) {
        if (request.getMethod() != HttpMethod.GET || isSomebodys(request)) return null;
        if (request.getUri().getRawQuery() != null) return null;
        String path = request.getPath();
        if (path.length() <= BEFORE.length() + AFTER.length() || !path.endsWith(AFTER)) return null;
        return front.find(path.substring(BEFORE.length(), path.length() - AFTER.length()))
                .map(bytes -> answer(request, bytes))
                .orElse(null);
    }

    private static boolean isSomebodys(HttpRequest<?> request) {
        return request.getHeaders().contains(HttpHeaders.AUTHORIZATION)
                || request.getHeaders().contains(HttpHeaders.COOKIE);
    }

    private static HttpResponse<byte[]> answer(HttpRequest<?> request, BoardFront.Bytes bytes) {
        String accepted = request.getHeaders().get(HttpHeaders.ACCEPT_ENCODING);
        boolean zipped = accepted != null && accepted.contains("gzip") && !accepted.contains("gzip;q=0");
        MutableHttpResponse<byte[]> response = Conditional.answer(
                request,
                zipped ? bytes.gzip() : bytes.plain(),
                zipped && !Conditional.holds(request, bytes.tag()) ? bytes.gzipTag() : bytes.tag(),
                MediaType.APPLICATION_JSON_TYPE);
        if (zipped && response.status().getCode() == 200) response.header(HttpHeaders.CONTENT_ENCODING, "gzip");
        return response.header(HttpHeaders.VARY, "Accept-Encoding, Authorization, Cookie");
    }

    /** After the headers that every answer carries, before authentication. */
    @Override
    public int getOrder() {
        return -10;
    }
}
