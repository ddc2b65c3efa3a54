package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.util.List;

/** A version of the API server that no client knows yet: each part of what it answers has one field more. */
final class NewerServer {
    static final String FIELD = "fieldOfAVersionToCome";

    private static final List<String> PARTS = List.of("metadata", "spec", "status", "template");
    private static final List<String> LISTS =
            List.of("items", "conditions", "initContainerStatuses", "containerStatuses", "containers", "volumes");

    private volatile boolean newer;

    void begin() {
        newer = true;
    }

    JsonObject answer(JsonObject object) {
        return newer ? withField(object.deepCopy()) : object;
    }

    private static JsonObject withField(JsonObject object) {
        for (String part : PARTS) {
            if (object.get(part) instanceof JsonObject inner) {
                withField(inner);
            }
        }
        LISTS.forEach(list -> Json.objects(object, list).forEach(NewerServer::withField));
        object.addProperty(FIELD, true);
        return object;
    }
}
