package touchstone.api.runner.kubernetes;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.Optional;

/** The sentence in Kubernetes's answer to a call that failed. */
final class StatusText {
    private StatusText() {}

    /** @param body a {@code Status} object; anything else, such as a proxy's page, has no sentence */
    static Optional<String> message(String body) {
        try {
            JsonElement parsed = JsonParser.parseString(body);
            if (!parsed.isJsonObject()) return Optional.empty();
            return Optional.ofNullable(parsed.getAsJsonObject().get("message"))
                    .filter(JsonElement::isJsonPrimitive)
                    .map(JsonElement::getAsString);
        } catch (JsonParseException e) {
            return Optional.empty();
        }
    }
}
