package touchstone.api.operation;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Values in addresses. */
final class ApiText {
    private ApiText() {}

    static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
