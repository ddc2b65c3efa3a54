package touchstone.api.http;

import com.fasterxml.jackson.core.JacksonException;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.core.convert.exceptions.ConversionErrorException;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import io.micronaut.web.router.exceptions.UnsatisfiedBodyRouteException;
import io.micronaut.web.router.exceptions.UnsatisfiedRouteException;
import jakarta.inject.Singleton;
import java.util.List;

/** Turns what the framework refuses by itself (no route, wrong method, unreadable body, a bug) into problem documents. */
@Singleton
@Replaces(ErrorResponseProcessor.class)
final class FrameworkProblems implements ErrorResponseProcessor<ProblemDocument> {
    private static final String UNREADABLE = "Something in the address, the headers or the body cannot be read.";

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
        return of(
                status,
                "bad-request",
                "The request cannot be read",
                context.getRootCause().map(FrameworkProblems::detail).orElse(UNREADABLE));
    }

    /** Never what the framework says: that names our classes. */
    private static String detail(Throwable cause) {
        for (Throwable one = cause; one != null; one = one.getCause())
            if (one instanceof JacksonException mistake) return BodyMistake.sentence(mistake);
        return switch (cause) {
            case UnsatisfiedBodyRouteException missing -> "The JSON body is missing.";
            case UnsatisfiedRouteException missing ->
                BodyMistake.quoted(missing.getArgument().getName()) + " is missing, see /openapi.json.";
            case ConversionErrorException wrong ->
                BodyMistake.quoted(wrong.getArgument().getName()) + " is "
                        + wrong.getConversionError()
                                .getOriginalValue()
                                .map(value -> BodyMistake.quoted(value.toString()))
                                .orElse("of the wrong kind")
                        + ", which cannot be read; see /openapi.json.";
            default -> UNREADABLE;
        };
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
