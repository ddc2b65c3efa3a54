package touchstone.api.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import touchstone.api.storage.Database;
import touchstone.api.storage.DatabaseFault;
import touchstone.api.storage.Digests;

/**
 * The header {@code Idempotency-Key}: a request that is sent twice makes one thing, and is told the same place twice.
 */
@Singleton
public final class Idempotency {
    /** Longer than any client repeats. */
    private static final Duration REMEMBERED = Duration.ofDays(7);

    private static final int KEY_MAX = 200;

    private final Database database;
    private final InstantSource clock;

    Idempotency(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A request with a key; {@code digest} is over method, path and body. */
    public record Key(UUID account, String key, String digest) {}

    public Optional<Key> keyOf(HttpRequest<?> request, UUID account, String bodyDigest) {
        String key = request.getHeaders().get("Idempotency-Key");
        if (key == null) return Optional.empty();
        if (key.isBlank() || key.length() > KEY_MAX)
            throw Refusal.badRequest(
                    "idempotency-key", "The header Idempotency-Key needs 1 to " + KEY_MAX + " characters.");
        String digest = Digests.of(request.getMethodName() + " " + request.getPath() + "\n" + bodyDigest);
        return Optional.of(new Key(account, key, digest));
    }

    /** Where the thing is that this key made before. */
    public Optional<URI> madeBefore(Key key) {
        record Known(String digest, String location) {}
        Optional<Known> known = database.find(
                "select request_digest, location from idempotency where account = ? and request_key = ?",
                row -> new Known(row.text("request_digest"), row.text("location")),
                key.account(),
                key.key());
        known.filter(made -> !made.digest().equals(key.digest())).ifPresent(other -> {
            throw Refusal.of(
                    HttpStatus.UNPROCESSABLE_ENTITY,
                    "idempotency-key",
                    "This key was used before",
                    "The Idempotency-Key was sent with another request before. Take a new one.");
        });
        return known.map(made -> URI.create(made.location()));
    }

    /** Must run in the transaction that makes the thing; of two at once one is undone and done again. */
    public void made(Key key, HttpStatus status, URI location) {
        try {
            database.change(
                    """
                    insert into idempotency (account, request_key, request_digest, status, location, at)
                    values (?, ?, ?, ?, ?, ?)
                    """,
                    key.account(),
                    key.key(),
                    key.digest(),
                    status.getCode(),
                    location.toString(),
                    clock.instant());
        } catch (DatabaseFault.Duplicate e) {
            throw Refusal.conflict(
                    "idempotency-key",
                    "At this moment",
                    "A request with this Idempotency-Key is under way. Ask again in a moment.");
        }
    }

    public int collect() {
        return database.change(
                "delete from idempotency where at < ?", clock.instant().minus(REMEMBERED));
    }
}
