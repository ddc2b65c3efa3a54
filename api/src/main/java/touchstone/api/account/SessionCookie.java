package touchstone.api.account;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.http.cookie.SameSite;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import touchstone.api.http.PublicAddress;

/** The browser's cookie. On https its name binds it to this host; on loopback http browsers would drop such a one. */
@Singleton
final class SessionCookie {
    private static final String PLAIN = "touchstone";
    private static final String SECURE = "__Host-touchstone";

    private final PublicAddress address;

    SessionCookie(PublicAddress address) {
        this.address = address;
    }

    Optional<String> read(HttpRequest<?> request) {
        return request.getCookies().findCookie(name(request)).map(Cookie::getValue);
    }

    Cookie set(HttpRequest<?> request, String secret) {
        return cookie(request, secret).maxAge(Tokens.SESSION_LASTS.toSeconds());
    }

    Cookie clear(HttpRequest<?> request) {
        return cookie(request, "").maxAge(Duration.ZERO.toSeconds());
    }

    private Cookie cookie(HttpRequest<?> request, String value) {
        return Cookie.of(name(request), value)
                .httpOnly(true)
                .secure(address.secure(request))
                .sameSite(SameSite.Lax)
                .path("/");
    }

    private String name(HttpRequest<?> request) {
        return address.secure(request) ? SECURE : PLAIN;
    }
}
