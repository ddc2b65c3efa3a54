package touchstone.api.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;

/** Answers a {@link Refusal}. */
@Singleton
final class RefusalHandler implements ExceptionHandler<Refusal, HttpResponse<ProblemDocument>> {

    @Override
    public HttpResponse<ProblemDocument> handle(HttpRequest request, Refusal refusal) {
        MutableHttpResponse<ProblemDocument> response = HttpResponse.<ProblemDocument>status(refusal.status())
                .body(refusal.document().of(request))
                .contentType(ProblemDocument.MEDIA_TYPE);
        if (refusal.retryAfter() != null)
            response.header(
                    HttpHeaders.RETRY_AFTER,
                    Long.toString(Math.max(1, refusal.retryAfter().toSeconds())));
        return response;
    }
}
