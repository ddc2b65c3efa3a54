package touchstone.api.runner.kubernetes;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.ApiException;
import java.util.Optional;

/** The sentence in Kubernetes's answer to a call that failed. */
final class StatusText {
    private StatusText() {}

    /** @param reason one of Kubernetes's words, such as {@code AlreadyExists} */
    static boolean says(ApiException e, String reason) {
        return e.getResponseBody() != null
                && field(e.getResponseBody(), "reason").filter(reason::equals).isPresent();
    }

    /** @param body a {@code Status} object; anything else, such as a proxy's page, has no sentence */
    static Optional<String> message(String body) {
        return field(body, "message");
    }

    private static Optional<String> field(String body, String name) {
        try {
            JsonElement parsed = JsonParser.parseString(body);
            if (!parsed.isJsonObject()) return Optional.empty();
            return Optional.ofNullable(parsed.getAsJsonObject().get(name))
                    .filter(JsonElement::isJsonPrimitive)
                    .map(JsonElement::getAsString);
        } catch (JsonParseException e) {
            return Optional.empty();
        }
    }
}
