package touchstone.api.account;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Refusal;

/** Argon2id, two at once: each takes 19 MB and a tenth of a second of one core. */
@Singleton
final class Passwords {
    /** OWASP's parameters for Argon2id: 19 MiB, 2 passes, 1 lane. */
    private static final Argon2Function ARGON2 = Argon2Function.getInstance(19 * 1024, 2, 1, 32, Argon2.ID);

    private static final int AT_ONCE = 2;
    private static final Duration WAIT_MAX = Duration.ofSeconds(10);

    private final Semaphore places = new Semaphore(AT_ONCE, true);

    /** What a name without an account is compared with, so that it costs as much as one with. */
    private final String nobodys = hash("nobody's password");

    String hash(String password) {
        return inTurn(
                () -> Password.hash(password).addRandomSalt(16).with(ARGON2).getResult());
    }

    boolean matches(String password, @Nullable String hash) {
        String compared = hash == null ? nobodys : hash;
        boolean same =
                inTurn(() -> Password.check(password, compared).with(Argon2Function.getInstanceFromHash(compared)));
        return same && hash != null;
    }

    private <T> T inTurn(Supplier<T> work) {
        try {
            if (!places.tryAcquire(WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS))
                throw Refusal.busy("Too many people are signing in. Try again in a moment.", Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.busy("The server is stopping.", Duration.ofSeconds(30));
        }
        try {
            return work.get();
        } finally {
            places.release();
        }
    }
}
