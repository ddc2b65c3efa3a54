package touchstone.api.account;

import jakarta.inject.Singleton;
import java.time.InstantSource;
import touchstone.api.http.ClientAddress;
import touchstone.api.http.PublicAddress;
import touchstone.api.http.Refusal;

/**
 * Slows the guessing of passwords, by name and address together: nobody can lock another out by failing in their name.
 * Behind a proxy that is not trusted every address is the proxy's, and a name alone would let them; so there slowing is left
 * to the proxy and to what each look at a password costs.
 */
@Singleton
final class SignInThrottle {
    private final boolean behindProxy;
    private final Failures<Pair> failures;

    SignInThrottle(InstantSource clock, PublicAddress address, ClientAddress clients) {
        this.behindProxy = address.configured() != null && !clients.seesThroughProxies();
        this.failures = new Failures<>(clock);
    }

    private record Pair(String name, String address) {
        static Pair of(String name, String address) {
            return new Pair(Names.folded(name), address);
        }
    }

    void check(String name, String address) {
        if (behindProxy) return;
        failures.waitOf(Pair.of(name, address)).ifPresent(left -> {
            throw Refusal.tooMany(
                    "slow-down",
                    "Slow down",
                    "Too many wrong passwords for this name. Try again in " + (left.toMinutes() + 1) + " minutes.",
                    left);
        });
    }

    void failed(String name, String address) {
        if (!behindProxy) failures.failed(Pair.of(name, address));
    }

    void succeeded(String name, String address) {
        failures.succeeded(Pair.of(name, address));
    }
}
