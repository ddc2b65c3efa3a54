package touchstone.api.http;

import io.micronaut.http.HttpStatus;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import touchstone.spec.text.Problem;

/** A request that is answered with a problem document. {@code docs/http-errors.md} lists every code. */
public final class Refusal extends RuntimeException {
    private final HttpStatus status;
    private final String code;
    private final String title;
    private final List<Problem> problems;
    private final @Nullable Duration retryAfter;

    private Refusal(
            HttpStatus status,
            String code,
            String title,
            String detail,
            List<Problem> problems,
            @Nullable Duration retryAfter) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.title = title;
        this.problems = List.copyOf(problems);
        this.retryAfter = retryAfter;
    }

    public static Refusal of(HttpStatus status, String code, String title, String detail) {
        return new Refusal(status, code, title, detail, List.of(), null);
    }

    /** Absent and forbidden are one answer, so that nobody learns what exists. */
    public static Refusal notFound() {
        return of(
                HttpStatus.NOT_FOUND,
                "not-found",
                "Not found",
                "There is nothing here, or nothing that you may see. Check the address, or sign in.");
    }

    public static Refusal signIn() {
        return of(
                HttpStatus.UNAUTHORIZED,
                "sign-in",
                "Sign in first",
                "This needs an account: sign in, or send the header \"Authorization: Bearer <token>\".");
    }

    public static Refusal badRequest(String code, String detail) {
        return of(HttpStatus.BAD_REQUEST, code, "The request cannot be read", detail);
    }

    public static Refusal conflict(String code, String title, String detail) {
        return of(HttpStatus.CONFLICT, code, title, detail);
    }

    /** What a person wrote is wrong, at the places that {@code problems} name. */
    public static Refusal problems(String code, String title, List<Problem> problems) {
        String detail = problems.isEmpty() ? title + "." : problems.getFirst().toString();
        if (problems.size() > 1) detail += " (and " + (problems.size() - 1) + " more)";
        return new Refusal(HttpStatus.UNPROCESSABLE_ENTITY, code, title, detail, problems, null);
    }

    public static Refusal tooLarge(long bytesMax) {
        return of(
                HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                "too-large",
                "Too large",
                "The body may have at most " + bytesMax / 1_000_000 + " MB here. Send less.");
    }

    /** Ours for now: the same request may succeed later. */
    public static Refusal busy(String detail, Duration retryAfter) {
        return new Refusal(HttpStatus.SERVICE_UNAVAILABLE, "busy", "Busy", detail, List.of(), retryAfter);
    }

    public static Refusal tooMany(String code, String title, String detail, @Nullable Duration retryAfter) {
        return new Refusal(HttpStatus.TOO_MANY_REQUESTS, code, title, detail, List.of(), retryAfter);
    }

    public HttpStatus status() {
        return status;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    ProblemDocument document() {
        return ProblemDocument.of(status, code, title, String.valueOf(getMessage()), problems);
    }
}
