package touchstone.api.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.netty.handler.codec.compression.DecompressionException;
import jakarta.inject.Singleton;

/** Answers a body that is not packed as its header says: its sender's to mend. */
@Singleton
final class UnpackFaultHandler implements ExceptionHandler<DecompressionException, HttpResponse<ProblemDocument>> {
    private final RefusalHandler refusals;

    UnpackFaultHandler(RefusalHandler refusals) {
        this.refusals = refusals;
    }

    @Override
    public HttpResponse<ProblemDocument> handle(HttpRequest request, DecompressionException fault) {
        return refusals.handle(
                request,
                Refusal.badRequest(
                        "bad-request", "The body cannot be unpacked. Leave Content-Encoding out, or pack as it says."));
    }
}
