package touchstone.api.account;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.storage.Digests;

/** Opaque tokens of browsers (sessions) and scripts. The database knows only their digests. */
@Singleton
public final class Tokens {
    static final Duration SESSION_LASTS = Duration.ofDays(30);
    static final Duration TOKEN_LASTS = Duration.ofDays(365);

    /** Enough for every script of a person; more is a script that forgets. */
    private static final int TOKENS_MAX = 50;

    private static final int SECRET_BYTES = 32;

    private final Database database;
    private final InstantSource clock;
    private final SecureRandom random;

    Tokens(Database database, InstantSource clock, SecureRandom random) {
        this.database = database;
        this.clock = clock;
        this.random = random;
    }

    /** @param token the secret itself: told once, when it is made, and null in lists */
    public record Token(
            UUID id,
            String name,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String token,

            Instant created,
            Instant expires) {}

    /** Starts a session and tells its cookie's content. */
    String startSession(UUID account) {
        return issue(account, "session", "browser", SESSION_LASTS).secret();
    }

    public Token create(UUID account, String name, Duration lasts) {
        return create(account, name, lasts, made -> {});
    }

    /** @param with runs in the same transaction, for a request's idempotency key */
    Token create(UUID account, String name, Duration lasts, Consumer<Token> with) {
        return database.transaction(() -> {
            database.get("select id from account where id = ? for update", row -> row.uuid("id"), account);
            if (list(account).size() >= TOKENS_MAX)
                throw Refusal.conflict(
                        "too-many-tokens",
                        "Too many tokens",
                        "An account has at most " + TOKENS_MAX + " tokens. Delete one first.");
            Token made = issue(account, "api", name, lasts).token();
            with.accept(made);
            return made;
        });
    }

    private record Issued(String secret, Token token) {}

    private Issued issue(UUID account, String kind, String name, Duration lasts) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        // The prefix lets people and scanners see what this is when it turns up where it should not.
        String secret = "ts_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Instant now = clock.instant();
        Token token = new Token(UUID.randomUUID(), name, secret, now, now.plus(lasts));
        database.change("""
                insert into token (digest, id, account, kind, name, scope, created, expires)
                values (?, ?, ?, ?, ?, 'all', ?, ?)
                """, Digests.of(secret), token.id(), account, kind, name, now, token.expires());
        return new Issued(secret, token);
    }

    /** Whose token this is, when it is good and of that kind. */
    Optional<Caller> callerOf(String secret, String kind) {
        String digest = Digests.of(secret);
        return database.find(
                """
                select account.id, account.name, account.house_role, account.may_create_tasks
                from token join account on account.id = token.account
                where token.digest = ? and token.kind = ? and token.revoked is null and token.expires > ?
                  and account.state = 'active'
                """,
                row -> new Caller(
                        row.uuid("id"),
                        row.text("name"),
                        row.word("house_role", Role.class),
                        row.flag("may_create_tasks"),
                        digest),
                digest,
                kind,
                clock.instant());
    }

    List<Token> list(UUID account) {
        return database.list(
                """
                select id, name, created, expires from token
                where account = ? and kind = 'api' and revoked is null and expires > ?
                order by created desc, id
                """,
                row -> new Token(
                        row.uuid("id"), row.text("name"), null, row.instant("created"), row.instant("expires")),
                account,
                clock.instant());
    }

    boolean revoke(UUID account, UUID id) {
        return database.change(
                        "update token set revoked = ? where id = ? and account = ? and kind = 'api' and revoked is null",
                        clock.instant(),
                        id,
                        account)
                == 1;
    }

    void endSession(String secret) {
        database.change(
                "update token set revoked = ? where digest = ? and kind = 'session' and revoked is null",
                clock.instant(),
                Digests.of(secret));
    }

    /** Forgets what has been of no use for a while. */
    public int collect() {
        Instant old = clock.instant().minus(SESSION_LASTS);
        return database.change("delete from token where expires < ? or revoked < ?", old, old);
    }
}
