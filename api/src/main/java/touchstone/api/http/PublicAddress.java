package touchstone.api.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where browsers find this server.
 *
 * @param configured null = no proxy stands before it, so what the request says about its host is true
 */
public record PublicAddress(@Nullable URI configured) {

    public boolean secure(HttpRequest<?> request) {
        return configured == null ? request.isSecure() : "https".equals(configured.getScheme());
    }

    /** Whether an {@code Origin} header names this server. */
    public boolean isOwnOrigin(String origin, HttpRequest<?> request) {
        return origin.toLowerCase(Locale.ROOT).equals(own(request).toLowerCase(Locale.ROOT));
    }

    /** Such as {@code https://example.org}. */
    public String own(HttpRequest<?> request) {
        if (configured != null) return configured.getScheme() + "://" + configured.getAuthority();
        return (request.isSecure() ? "https" : "http") + "://"
                + request.getHeaders().get(HttpHeaders.HOST);
    }
}
