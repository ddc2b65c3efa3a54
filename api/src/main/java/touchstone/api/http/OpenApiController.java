package touchstone.api.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.swagger.v3.oas.annotations.Hidden;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The description of all of this. */
@Controller("/openapi.json")
@Hidden
final class OpenApiController {
    private static final String RESOURCE = "META-INF/swagger/touchstone.json";

    private volatile byte @Nullable [] document;

    @Get
    HttpResponse<byte[]> get(HttpRequest<?> request) throws IOException {
        byte[] ready = document;
        if (ready == null) document = ready = read();
        return Conditional.answer(request, ready, MediaType.APPLICATION_JSON_TYPE);
    }

    private static byte[] read() throws IOException {
        try (InputStream stream = OpenApiController.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            if (stream == null) throw Refusal.notFound();
            return ApiDocument.of(stream.readAllBytes());
        }
    }
}
