package touchstone.api.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.storage.DatabaseFault;

/** Asks to come back when the database is away or everybody wants the same row: the request is in order, the moment is not. */
@Singleton
final class PassingFaultHandler implements ExceptionHandler<DatabaseFault.Passing, HttpResponse<ProblemDocument>> {
    private static final Logger log = LoggerFactory.getLogger(PassingFaultHandler.class);

    private final RefusalHandler refusals;

    PassingFaultHandler(RefusalHandler refusals) {
        this.refusals = refusals;
    }

    @Override
    public HttpResponse<ProblemDocument> handle(HttpRequest request, DatabaseFault.Passing fault) {
        log.warn("{} {} is asked to come back: {}", request.getMethod(), request.getPath(), fault.getMessage());
        return refusals.handle(
                request,
                switch (fault) {
                    case DatabaseFault.Away away ->
                        Refusal.busy(
                                "The server cannot reach its database just now. Send the same again in a moment, with"
                                        + " the same Idempotency-Key if it had one.",
                                Duration.ofSeconds(5));
                    case DatabaseFault.Conflict conflict ->
                        Refusal.busy(
                                "Others were changing the same at this moment. Send the same again.",
                                Duration.ofSeconds(1));
                });
    }
}
