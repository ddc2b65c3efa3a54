package touchstone.api.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.storage.StorageFault;

/** Answers when disk or blob store refuse: ours for now, and nothing has been changed. */
@Singleton
final class StorageFaultHandler implements ExceptionHandler<StorageFault, HttpResponse<ProblemDocument>> {
    private static final Logger log = LoggerFactory.getLogger(StorageFaultHandler.class);

    private static final Duration TRY_AGAIN = Duration.ofSeconds(30);

    @Override
    public HttpResponse<ProblemDocument> handle(HttpRequest request, StorageFault fault) {
        log.error("{} {} was not done", request.getMethodName(), request.getPath(), fault);
        ProblemDocument document = document(fault).of(request);
        MutableHttpResponse<ProblemDocument> response = HttpResponse.<ProblemDocument>status(
                        HttpStatus.valueOf(document.status()))
                .body(document)
                .contentType(ProblemDocument.MEDIA_TYPE);
        return response.header(HttpHeaders.RETRY_AFTER, Long.toString(TRY_AGAIN.toSeconds()));
    }

    private static ProblemDocument document(StorageFault fault) {
        if (fault instanceof StorageFault.Full)
            return ProblemDocument.of(
                    HttpStatus.INSUFFICIENT_STORAGE,
                    "storage-full",
                    "No room is left",
                    "The server's disk is full. Nothing was kept and nothing was charged. Send it again later; if it stays"
                            + " so, tell the one who runs this server.",
                    List.of());
        return ProblemDocument.of(
                HttpStatus.SERVICE_UNAVAILABLE,
                "storage",
                "The file store does not answer",
                "The server could not reach its file store. Nothing was kept and nothing was charged. Send it again in a"
                        + " minute.",
                List.of());
    }
}
