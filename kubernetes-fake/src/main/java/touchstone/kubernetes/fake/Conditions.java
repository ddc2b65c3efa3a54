package touchstone.kubernetes.fake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The list {@code status.conditions} of an object. */
final class Conditions {
    private Conditions() {}

    static @Nullable JsonObject find(JsonObject object, String type) {
        for (JsonObject condition : Json.objects(object, "status", "conditions")) {
            if (Json.string(condition, "type").equals(type)) {
                return condition;
            }
        }
        return null;
    }

    static boolean isTrue(JsonObject object, String type) {
        JsonObject condition = find(object, type);
        return condition != null && Json.string(condition, "status").equals("True");
    }

    /** Sets a condition; one that says the same already is left as it is. */
    static void set(
            JsonObject object,
            String type,
            String status,
            @Nullable String reason,
            @Nullable String message,
            Instant now) {
        JsonObject told = Json.make(object, "status");
        if (!(told.get("conditions") instanceof JsonArray)) {
            told.add("conditions", new JsonArray());
        }
        JsonObject condition = find(object, type);
        if (condition == null) {
            condition = Json.of("type", type);
            told.getAsJsonArray("conditions").add(condition);
        }
        if (!Json.string(condition, "status").equals(status)) {
            Json.put(condition, "lastTransitionTime", now);
        }
        if (Json.string(object, "kind").equals("Job")) {
            Json.putIfAbsent(condition, "lastProbeTime", now);
        }
        Json.put(condition, "status", status);
        Json.put(condition, "reason", reason);
        Json.put(condition, "message", message);
    }
}
