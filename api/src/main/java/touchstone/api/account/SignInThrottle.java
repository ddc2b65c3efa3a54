package touchstone.api.account;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import touchstone.api.http.PublicAddress;
import touchstone.api.http.Refusal;

/**
 * Slows the guessing of passwords, by name and address together: nobody can lock another out by failing in their name.
 * Behind a proxy every address is the proxy's, and a name alone would let them; so there slowing is left to the proxy and to
 * what each look at a password costs.
 */
@Singleton
final class SignInThrottle {
    private static final int FAILURES_MAX = 10;
    private static final Duration WINDOW = Duration.ofMinutes(5);

    /** Pairs remembered; the oldest is forgotten first. */
    private static final int PAIRS_MAX = 10_000;

    private final boolean behindProxy;
    private final InstantSource clock;
    private final Map<Pair, Failures> failures = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Pair, Failures> eldest) {
            return size() > PAIRS_MAX;
        }
    };

    SignInThrottle(InstantSource clock, PublicAddress address) {
        this.behindProxy = address.configured() != null;
        this.clock = clock;
    }

    private record Pair(String name, String address) {}

    private record Failures(int count, Instant since) {}

    synchronized void check(String name, String address) {
        if (behindProxy) return;
        Failures known = failures.get(new Pair(Names.folded(name), address));
        if (known == null || known.count() < FAILURES_MAX) return;
        Duration left = Duration.between(clock.instant(), known.since().plus(WINDOW));
        if (left.isNegative()) return;
        throw Refusal.tooMany(
                "slow-down",
                "Slow down",
                "Too many wrong passwords for this name. Try again in " + (left.toMinutes() + 1) + " minutes.",
                left);
    }

    synchronized void failed(String name, String address) {
        if (behindProxy) return;
        Instant now = clock.instant();
        failures.merge(
                new Pair(Names.folded(name), address),
                new Failures(1, now),
                (old, one) ->
                        old.since().plus(WINDOW).isBefore(now) ? one : new Failures(old.count() + 1, old.since()));
    }

    synchronized void succeeded(String name, String address) {
        failures.remove(new Pair(Names.folded(name), address));
    }
}
