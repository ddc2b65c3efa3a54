package touchstone.api.operation;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;

/** Whether this server lives, and whether it can do its work. */
@Controller("/health")
@Tag(name = "operator")
final class HealthController {
    private final Readiness readiness;

    HealthController(Readiness readiness) {
        this.readiness = readiness;
    }

    /**
     * @param status UP or DOWN
     * @param wrong parts that do not work: database, uploads, blobs, or a loop by its name; no more is told here than that
     */
    record Health(String status, List<String> wrong) {}

    /** As readiness. */
    @Get
    HttpResponse<Health> health() {
        return readiness();
    }

    /** The process answers: if not, start it anew. Needs neither database nor disk. */
    @Get("/liveness")
    Health liveness() {
        return new Health("UP", List.of());
    }

    /** The database answers, uploads can be written, blobs can be read, the loops turn. 503 = send requests elsewhere. */
    @Get("/readiness")
    HttpResponse<Health> readiness() {
        List<String> wrong = readiness.wrong();
        if (wrong.isEmpty()) return HttpResponse.ok(new Health("UP", wrong));
        return HttpResponse.status(HttpStatus.SERVICE_UNAVAILABLE).body(new Health("DOWN", wrong));
    }
}
