package touchstone.api.operation;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.swagger.v3.oas.annotations.Hidden;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import touchstone.api.http.PublicAddress;
import touchstone.api.http.Refusal;

/** Metrics, for a scraper. The database need not answer for it to be let in. */
@Controller("/prometheus")
@Hidden
final class MetricsController {
    private static final String BEARER = "Bearer ";
    private static final List<String> OF_PROXIES = List.of("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP");

    private final PrometheusMeterRegistry registry;
    private final HouseMetrics house;
    private final MetricsConfig config;
    private final PublicAddress address;

    MetricsController(
            PrometheusMeterRegistry registry, HouseMetrics house, MetricsConfig config, PublicAddress address) {
        this.registry = registry;
        this.house = house;
        this.config = config;
        this.address = address;
    }

    @Get(produces = MediaType.TEXT_PLAIN)
    String scrape(HttpRequest<?> request) {
        refuseStrangers(request);
        house.refresh();
        return registry.scrape();
    }

    private void refuseStrangers(HttpRequest<?> request) {
        String token = config.token();
        if (token != null && !token.isBlank()) {
            String sent = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
            if (sent == null || !same(sent, BEARER + token.strip()))
                throw Refusal.of(
                        HttpStatus.UNAUTHORIZED,
                        "metrics-token",
                        "Not for everybody",
                        "Send the header \"Authorization: Bearer <token>\" with the token of TOUCHSTONE_METRICS_TOKEN that"
                                + " this server was started with.");
        } else if (!isOfThisMachine(request)) throw Refusal.notFound();
    }

    private static boolean same(String sent, String wanted) {
        return MessageDigest.isEqual(sent.getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8));
    }

    /** What comes through a proxy comes from the proxy's machine, which may be this one. */
    private boolean isOfThisMachine(HttpRequest<?> request) {
        InetAddress remote = request.getRemoteAddress().getAddress();
        return remote != null
                && remote.isLoopbackAddress()
                && address.configured() == null
                && OF_PROXIES.stream().noneMatch(request.getHeaders()::contains);
    }
}
