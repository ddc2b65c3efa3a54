package touchstone.api.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.swagger.v3.oas.annotations.Hidden;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A page to read and try the API: Swagger UI, from this server alone. */
@Controller("/openapi")
@Hidden
final class ApiPage {
    private static final String SWAGGER_UI = "META-INF/resources/webjars/swagger-ui/5.31.0/";

    private static final String HTML = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Touchstone API</title>
            <link rel="stylesheet" href="/openapi/swagger-ui.css">
            </head>
            <body>
            <div id="page"></div>
            <script src="/openapi/swagger-ui-bundle.js"></script>
            <script src="/openapi/page.js"></script>
            </body>
            </html>
            """;

    /** No validator: that would be another site. */
    private static final String SCRIPT = """
            SwaggerUIBundle({
              url: '/openapi.json',
              dom_id: '#page',
              deepLinking: true,
              docExpansion: 'none',
              filter: true,
              validatorUrl: null,
            })
            """;

    private static final Map<String, MediaType> TYPES = Map.of(
            "swagger-ui.css", MediaType.of("text/css;charset=utf-8"),
            "swagger-ui-bundle.js", MediaType.of("text/javascript;charset=utf-8"));

    private final Map<String, byte[]> files = new ConcurrentHashMap<>();

    @Get(produces = MediaType.TEXT_HTML)
    HttpResponse<byte[]> page(HttpRequest<?> request) {
        return Conditional.answer(request, utf8(HTML), MediaType.of("text/html;charset=utf-8"));
    }

    @Get(uri = "/{file}", produces = MediaType.ALL)
    HttpResponse<byte[]> file(HttpRequest<?> request, String file) {
        if (file.equals("page.js"))
            return Conditional.answer(request, utf8(SCRIPT), MediaType.of("text/javascript;charset=utf-8"));
        MediaType type = TYPES.get(file);
        if (type == null) throw Refusal.notFound();
        return Conditional.answer(request, files.computeIfAbsent(file, ApiPage::read), type);
    }

    private static byte[] read(String file) {
        try (InputStream stream = ApiPage.class.getClassLoader().getResourceAsStream(SWAGGER_UI + file)) {
            if (stream == null) throw Refusal.notFound();
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("Could not read " + file, e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
