package touchstone.api.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import touchstone.api.storage.UnstorableText;

/** Answers a text that no database keeps: it came with the request. */
@Singleton
final class UnstorableTextHandler implements ExceptionHandler<UnstorableText, HttpResponse<ProblemDocument>> {
    private final RefusalHandler refusals;

    UnstorableTextHandler(RefusalHandler refusals) {
        this.refusals = refusals;
    }

    @Override
    public HttpResponse<ProblemDocument> handle(HttpRequest request, UnstorableText text) {
        return refusals.handle(
                request,
                Refusal.badRequest(
                        "bad-request",
                        "The address or the body holds a character that no text may hold (NUL, or half of a surrogate"
                                + " pair). Leave it out."));
    }
}
