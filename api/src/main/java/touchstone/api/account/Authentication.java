package touchstone.api.account;

import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.PublicAddress;
import touchstone.api.http.Refusal;

/**
 * Finds out who calls, and refuses what another site makes a browser do. Jobs have tokens of their own and are left to
 * the part that made those.
 */
@ServerFilter("/api/**")
final class Authentication implements Ordered {
    static final String CALLER = "touchstone.caller";
    private static final String BEARER = "Bearer ";
    private static final String OF_JOBS = "/api/runs/";

    private final Tokens tokens;
    private final SessionCookie cookie;
    private final PublicAddress address;

    Authentication(Tokens tokens, SessionCookie cookie, PublicAddress address) {
        this.tokens = tokens;
        this.cookie = cookie;
        this.address = address;
    }

    @RequestFilter
    @ExecuteOn(TaskExecutors.BLOCKING)
    void authenticate(HttpRequest<?> request) {
        if (request.getPath().startsWith(OF_JOBS)) return;
        String authorization = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            request.setAttribute(CALLER, bearer(authorization));
            return;
        }
        Optional<String> session = cookie.read(request);
        if (changes(request.getMethod())) refuseOtherSites(request, session.isPresent());
        session.flatMap(secret -> tokens.callerOf(secret, "session"))
                .ifPresent(caller -> request.setAttribute(CALLER, caller));
    }

    private Caller bearer(String authorization) {
        if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) throw Refusal.signIn();
        return tokens.callerOf(authorization.substring(BEARER.length()).strip(), "api")
                .orElseThrow(() -> Refusal.of(
                        HttpStatus.UNAUTHORIZED,
                        "sign-in",
                        "Sign in first",
                        "This token is unknown, expired or deleted. Make a new one."));
    }

    private static boolean changes(HttpMethod method) {
        return method != HttpMethod.GET && method != HttpMethod.HEAD && method != HttpMethod.OPTIONS;
    }

    /** A request that carries the cookie must prove by a header that only browsers set that it comes from our own pages. */
    private void refuseOtherSites(HttpRequest<?> request, boolean withCookie) {
        String site = request.getHeaders().get("Sec-Fetch-Site");
        String origin = request.getHeaders().get(HttpHeaders.ORIGIN);
        if (isOwn(request, site, origin)) return;
        if (!withCookie && site == null && origin == null) return;
        throw Refusal.of(
                HttpStatus.FORBIDDEN,
                "other-site",
                "From another site",
                "A browser must send this from this server's own pages. In a script, use a token instead of the cookie.");
    }

    private boolean isOwn(HttpRequest<?> request, @Nullable String site, @Nullable String origin) {
        if (site != null) return site.equals("same-origin");
        return origin != null && address.isOwnOrigin(origin, request);
    }

    @Override
    public int getOrder() {
        return 0;
    }
}
