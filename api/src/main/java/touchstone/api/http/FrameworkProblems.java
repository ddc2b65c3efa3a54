package touchstone.api.http;

import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.stream.Collectors;

/** Turns what the framework refuses by itself (no route, wrong method, unreadable body, a bug) into problem documents. */
@Singleton
@Replaces(ErrorResponseProcessor.class)
final class FrameworkProblems implements ErrorResponseProcessor<ProblemDocument> {

    @Override
    public MutableHttpResponse<ProblemDocument> processResponse(ErrorContext context, MutableHttpResponse<?> base) {

        HttpStatus status = HttpStatus.valueOf(base.code());
        return base.body(documentOf(status, context).of(context.getRequest())).contentType(ProblemDocument.MEDIA_TYPE);
    }

    private static ProblemDocument documentOf(HttpStatus status, ErrorContext context) {
        return switch (status) {
            case NOT_FOUND -> Refusal.notFound().document();
            case UNAUTHORIZED -> Refusal.signIn().document();
            case METHOD_NOT_ALLOWED ->
                of(status, "method", "Not this way", "This address does not know that method; see /openapi.json.");
            case UNSUPPORTED_MEDIA_TYPE ->
                of(
                        status,
                        "content-type",
                        "Wrong kind of body",
                        "Send archives as Content-Type: application/zip and everything else as application/json.");
            case REQUEST_ENTITY_TOO_LARGE -> of(status, "too-large", "Too large", "The body is too large. Send less.");
            case NOT_ACCEPTABLE ->
                of(status, "accept", "Nothing of that kind", "This address answers with application/json.");
            default -> status.getCode() >= 500 ? ours(status) : theirs(status, context);
        };
    }

    private static ProblemDocument theirs(HttpStatus status, ErrorContext context) {
        String detail =
                // The first line: a JSON parser goes on with where in its memory it stood.
                context.getErrors().stream()
                        .map(error -> error.getMessage().lines().findFirst().orElse(""))
                        .collect(Collectors.joining("; "));
        return of(status, "bad-request", "The request cannot be read", detail.isEmpty() ? status.getReason() : detail);
    }

    private static ProblemDocument ours(HttpStatus status) {
        return of(
                status,
                "fault",
                "A fault of ours",
                "Something went wrong on the server; it is in the server's log. Nothing was charged.");
    }

    private static ProblemDocument of(HttpStatus status, String code, String title, String detail) {
        return ProblemDocument.of(status, code, title, detail, List.of());
    }
}
