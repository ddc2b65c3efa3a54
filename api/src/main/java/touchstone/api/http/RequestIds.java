package touchstone.api.http;

import io.micronaut.context.propagation.slf4j.MdcPropagationContext;
import io.micronaut.core.order.Ordered;
import io.micronaut.core.propagation.MutablePropagatedContext;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Names each request, so that a problem that a person was shown can be found in the log: there it is {@code request}. */
@ServerFilter("/**")
final class RequestIds implements Ordered {
    private static final String ATTRIBUTE = "touchstone.request";
    private static final String HEADER = "Touchstone-Request";

    @RequestFilter
    void name(HttpRequest<?> request, MutablePropagatedContext context) {
        String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        request.setAttribute(ATTRIBUTE, id);
        context.add(new MdcPropagationContext(Map.of("request", id)));
    }

    @ResponseFilter
    void tell(HttpRequest<?> request, MutableHttpResponse<?> response) {
        of(request).ifPresent(id -> response.header(HEADER, id));
    }

    static Optional<String> of(HttpRequest<?> request) {
        return request.getAttribute(ATTRIBUTE, String.class);
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
