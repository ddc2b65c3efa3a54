package touchstone.api.account;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import touchstone.api.http.ClientAddress;
import touchstone.api.http.HttpConfig;
import touchstone.api.http.Refusal;

/**
 * Bounds how often one client does what costs much, or what could be guessed. Counted on each server by itself; times are of
 * its monotonic clock. Whoever is signed in is counted by account, everybody else by address.
 */
@ServerFilter("/api/**")
final class RateLimits implements Ordered {
    private static final String TASK = "/api/tasks/[^/]+";

    private static final List<Limit> LIMITS = List.of(
            // A class of students behind one address signs up in the same minute.
            new Limit("sign-up", Pattern.compile("/api/accounts"), 100, Duration.ofHours(1)),
            new Limit("sign-in", Pattern.compile("/api/session"), 60, Duration.ofMinutes(1)),
            new Limit(
                    "archives",
                    Pattern.compile("/api/tasks|" + TASK + "/(strategies/check|submissions)"),
                    60,
                    Duration.ofMinutes(1)),
            new Limit(
                    "codes", Pattern.compile(TASK + "/team/join|/api/invitations/accept"), 10, Duration.ofMinutes(1)));

    /** Clients remembered; the one that was quiet longest is forgotten first. */
    private static final int CLIENTS_MAX = 20_000;

    private final boolean enabled;
    private final ClientAddress addresses;
    private final Map<Client, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Client, Bucket> eldest) {
            return size() > CLIENTS_MAX;
        }
    };

    RateLimits(HttpConfig config, ClientAddress addresses) {
        this.enabled = config.rateLimits();
        this.addresses = addresses;
    }

    /** @param times at once, and again in each {@code period} */
    private record Limit(String name, Pattern path, int times, Duration period) {
        Bucket bucket() {
            return Bucket.builder()
                    .addLimit(limit -> limit.capacity(times).refillGreedy(times, period))
                    .withNanosecondPrecision()
                    .build();
        }
    }

    private record Client(String limit, String who) {}

    @RequestFilter
    void count(HttpRequest<?> request) {
        if (!enabled || request.getMethod() != HttpMethod.POST) return;
        String path = path(request);
        for (Limit limit : LIMITS) if (limit.path().matcher(path).matches()) count(request, limit);
    }

    /** As routes are found by it: they look past a slash at the end. */
    private static String path(HttpRequest<?> request) {
        String path = request.getPath();
        int end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') end--;
        return path.substring(0, end);
    }

    private void count(HttpRequest<?> request, Limit limit) {
        String who = request.getAttribute(Authentication.CALLER, Caller.class)
                .map(caller -> caller.account().toString())
                .orElseGet(() -> addresses.of(request));
        ConsumptionProbe probe = bucket(new Client(limit.name(), who), limit).tryConsumeAndReturnRemaining(1);
        if (probe.isConsumed()) return;
        Duration wait = Duration.ofNanos(probe.getNanosToWaitForRefill());
        throw Refusal.tooMany(
                "slow-down",
                "Slow down",
                "This may be done " + limit.times() + " times in "
                        + limit.period().toMinutes() + " minutes. Try again in " + (wait.toSeconds() + 1) + " seconds.",
                wait.plusSeconds(1));
    }

    private Bucket bucket(Client client, Limit limit) {
        synchronized (buckets) {
            return buckets.computeIfAbsent(client, unknown -> limit.bucket());
        }
    }

    /** After it is known who calls. */
    @Override
    public int getOrder() {
        return 10;
    }
}
