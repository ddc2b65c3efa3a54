package touchstone.api.http;

import io.micronaut.context.annotation.Requires;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;

/**
 * Where TLS is spoken beside plain HTTP, it is spoken for jobs, and nothing else is answered there: what a contestant's files
 * make of a job finds no way to sign in, and no board. A server that speaks TLS alone speaks it with everybody.
 */
@ServerFilter("/**")
@Requires(property = "micronaut.server.dual-protocol", value = "true")
final class JobsPort implements Ordered {
    private static final String OF_JOBS = "/api/runs/";
    private static final String HEALTH = "/health";

    @RequestFilter
    void refuseOthers(HttpRequest<?> request) {
        if (request.isSecure() && !isForJobs(request.getPath()))
            throw Refusal.of(
                    HttpStatus.NOT_FOUND,
                    "jobs-only",
                    "This port is for jobs",
                    "Only jobs are answered here. People and programs use the server's public address.");
    }

    private static boolean isForJobs(String path) {
        return path.startsWith(OF_JOBS) || path.equals(HEALTH) || path.startsWith(HEALTH + "/");
    }

    /** Before whatever may answer by itself or look anything up; after the request has its name. */
    @Override
    public int getOrder() {
        return -200;
    }
}
