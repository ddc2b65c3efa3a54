package touchstone.api.account;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import touchstone.api.http.ClientAddress;
import touchstone.api.http.Idempotency;
import touchstone.api.http.Ids;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Digests;

/** Signing up, in and out, and the tokens of scripts. */
@Controller("/api")
@Tag(name = "accounts")
final class AccountController {
    private static final int DAYS_MAX = 3650;
    private static final int TOKEN_NAME_MAX = 80;

    private final Accounts accounts;
    private final Tokens tokens;
    private final SessionCookie cookie;
    private final SignInThrottle throttle;
    private final ClientAddress addresses;
    private final Idempotency idempotency;

    AccountController(
            Accounts accounts,
            Tokens tokens,
            SessionCookie cookie,
            SignInThrottle throttle,
            ClientAddress addresses,
            Idempotency idempotency) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.cookie = cookie;
        this.throttle = throttle;
        this.addresses = addresses;
        this.idempotency = idempotency;
    }

    record SignUp(String name, String password, @Nullable String email) {}

    record SignIn(String name, String password) {}

    record Session(@Nullable Account account) {}

    /** @param days how long it is good; null = a year */
    record NewToken(String name, @Nullable Integer days) {}

    /** Makes an account and signs it in. */
    @Post("/accounts")
    HttpResponse<Account> signUp(HttpRequest<?> request, @Body SignUp wanted) {
        Account account = accounts.create(
                given("name", wanted.name()),
                given("password", wanted.password()),
                wanted.email(),
                Role.CONTESTANT,
                false);
        return HttpResponse.created(account).cookie(cookie.set(request, tokens.startSession(account.id())));
    }

    /** Signs in. The session of before, if there was one, ends. */
    @Post("/session")
    HttpResponse<Account> signIn(HttpRequest<?> request, @Body SignIn wanted) {
        String name = given("name", wanted.name());
        String address = addresses.of(request);
        throttle.check(name, address);
        Account account = accounts.authenticate(name, given("password", wanted.password()))
                .orElseThrow(() -> {
                    throttle.failed(name, address);
                    return Refusal.of(
                            HttpStatus.UNAUTHORIZED,
                            "wrong-password",
                            "Not signed in",
                            "There is no account with this name and password.");
                });
        throttle.succeeded(name, address);
        cookie.read(request).ifPresent(tokens::endSession);
        return HttpResponse.ok(account).cookie(cookie.set(request, tokens.startSession(account.id())));
    }

    /** Who is signed in; null when nobody is. */
    @Get("/session")
    Session session(Visitor visitor) {
        return new Session(visitor.caller().map(AccountController::accountOf).orElse(null));
    }

    /** Signs out. */
    @Delete("/session")
    HttpResponse<?> signOut(HttpRequest<?> request) {
        cookie.read(request).ifPresent(tokens::endSession);
        return HttpResponse.noContent().cookie(cookie.clear(request));
    }

    /**
     * Makes a token for scripts. Its secret is told this once: the same {@code Idempotency-Key} again is told which token it
     * made, to be deleted if its secret was lost on the way.
     */
    @Post("/tokens")
    HttpResponse<Tokens.Token> createToken(HttpRequest<?> request, Caller caller, @Body NewToken wanted) {
        String name = given("name", wanted.name()).strip();
        if (name.isEmpty() || name.length() > TOKEN_NAME_MAX)
            throw Refusal.badRequest("name", "Give the token a name of 1 to " + TOKEN_NAME_MAX + " characters.");
        int days = wanted.days() == null ? (int) Tokens.TOKEN_LASTS.toDays() : wanted.days();
        if (days < 1 || days > DAYS_MAX)
            throw Refusal.badRequest("days", "\"days\" is " + days + "; write 1 to " + DAYS_MAX + ".");
        Optional<Idempotency.Key> key = idempotency.keyOf(request, caller.account(), Digests.of(days + " " + name));
        Optional<URI> before = key.flatMap(idempotency::madeBefore);
        if (before.isPresent()) return HttpResponse.ok(made(caller, before.get()));
        Tokens.Token token = tokens.create(
                caller.account(),
                name,
                Duration.ofDays(days),
                made -> key.ifPresent(known -> idempotency.made(known, HttpStatus.CREATED, location(made))));
        return HttpResponse.created(token, location(token));
    }

    private static URI location(Tokens.Token token) {
        return URI.create("/api/tokens/" + token.id());
    }

    private Tokens.Token made(Caller caller, URI location) {
        return tokens.list(caller.account()).stream()
                .filter(token -> location(token).equals(location))
                .findFirst()
                .orElseThrow(Refusal::notFound);
    }

    /** Own tokens, newest first, without their secrets. */
    @Get("/tokens")
    Page<Tokens.Token> tokens(Caller caller) {
        return new Page<>(tokens.list(caller.account()), null);
    }

    /** Ends a token at once. */
    @Delete("/tokens/{id}")
    HttpResponse<?> deleteToken(Caller caller, @PathVariable String id) {
        if (!tokens.revoke(caller.account(), Ids.parse(id))) throw Refusal.notFound();
        return HttpResponse.noContent();
    }

    private static Account accountOf(Caller caller) {
        return new Account(caller.account(), caller.name(), caller.role(), caller.mayCreateTasks());
    }

    private static String given(String field, @Nullable String value) {
        if (value == null) throw Refusal.badRequest("bad-request", "\"" + field + "\" is missing in the JSON body.");
        return value;
    }
}
