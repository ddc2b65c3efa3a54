package touchstone.api.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import touchstone.spec.text.Problem;

/**
 * RFC 9457. {@code code} is stable, for programs; {@code detail} is for people.
 *
 * @param instance the request, as the server's log names it
 * @param problems what is wrong in an uploaded archive, by place; left out when there are none
 */
public record ProblemDocument(
        String type,
        String title,
        int status,
        String detail,
        String code,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String instance,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Problem> problems) {

    /** {@code application/problem+json}. */
    public static final MediaType MEDIA_TYPE = MediaType.of("application/problem+json");

    static ProblemDocument of(HttpStatus status, String code, String title, String detail, List<Problem> problems) {
        return new ProblemDocument(
                "urn:touchstone:problem:" + code, title, status.getCode(), detail, code, null, problems);
    }

    /** Names the request that it answers, as the server's log does. */
    ProblemDocument of(HttpRequest<?> request) {
        String instance =
                RequestIds.of(request).map(id -> "urn:touchstone:request:" + id).orElse(null);
        return new ProblemDocument(type, title, status, detail, code, instance, problems);
    }
}
