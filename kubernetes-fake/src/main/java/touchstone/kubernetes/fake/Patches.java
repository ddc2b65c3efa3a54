package touchstone.kubernetes.fake;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The three kinds of patch: JSON (RFC 6902), merge (RFC 7396) and strategic merge, where lists have keys. */
final class Patches {
    private static final Map<String, String> MERGE_KEYS = Map.ofEntries(
            Map.entry("conditions", "type"),
            Map.entry("containers", "name"),
            Map.entry("initContainers", "name"),
            Map.entry("env", "name"),
            Map.entry("volumes", "name"),
            Map.entry("volumeMounts", "mountPath"),
            Map.entry("imagePullSecrets", "name"),
            Map.entry("hostAliases", "ip"),
            Map.entry("ownerReferences", "uid"),
            Map.entry("taints", "key"));

    private Patches() {}

    static JsonObject apply(String contentType, JsonObject object, String body) {
        JsonElement patch;
        try {
            patch = JsonParser.parseString(body);
        } catch (JsonSyntaxException e) {
            throw Failure.badRequest("error decoding patch: " + e.getMessage());
        }
        JsonElement patched =
                switch (contentType) {
                    case "application/json-patch+json" -> json(object, patch);
                    case "application/merge-patch+json" -> merge(object, patch);
                    case "application/strategic-merge-patch+json" -> strategic(object, patch, "");
                    default ->
                        throw Failure.of(
                                415,
                                "UnsupportedMediaType",
                                "the body of the request was in an unknown format - accepted media types include: "
                                        + "application/json-patch+json, application/merge-patch+json, "
                                        + "application/strategic-merge-patch+json");
                };
        if (patched instanceof JsonObject result) {
            return result;
        }
        throw Failure.badRequest("the patch leaves no object");
    }

    private static JsonElement merge(@Nullable JsonElement target, JsonElement patch) {
        if (!(patch instanceof JsonObject changes)) {
            return patch;
        }
        JsonObject result = target instanceof JsonObject object ? object : new JsonObject();
        for (Map.Entry<String, JsonElement> change : changes.entrySet()) {
            if (change.getValue().isJsonNull()) {
                result.remove(change.getKey());
            } else {
                result.add(change.getKey(), merge(result.get(change.getKey()), change.getValue()));
            }
        }
        return result;
    }

    private static JsonElement strategic(@Nullable JsonElement target, JsonElement patch, String field) {
        if (patch instanceof JsonArray list) {
            return strategicList(target instanceof JsonArray old ? old : new JsonArray(), list, field);
        }
        if (!(patch instanceof JsonObject changes)) {
            return patch;
        }
        JsonObject result = target instanceof JsonObject object ? object : new JsonObject();
        for (Map.Entry<String, JsonElement> change : changes.entrySet()) {
            String name = change.getKey();
            if (change.getValue().isJsonNull()) {
                result.remove(name);
            } else if (!name.startsWith("$")) {
                result.add(name, strategic(result.get(name), change.getValue(), name));
            }
        }
        return result;
    }

    private static JsonElement strategicList(JsonArray old, JsonArray changes, String field) {
        if (field.equals("finalizers")) {
            changes.forEach(finalizer -> {
                if (!old.contains(finalizer)) {
                    old.add(finalizer);
                }
            });
            return old;
        }
        String key = MERGE_KEYS.get(field);
        if (key == null) {
            return changes;
        }
        for (JsonElement element : changes) {
            JsonObject change = element.getAsJsonObject();
            int place = indexOf(old, key, Json.string(change, key));
            if (Json.string(change, "$patch").equals("delete")) {
                if (place >= 0) {
                    old.remove(place);
                }
            } else if (place >= 0) {
                old.set(place, strategic(old.get(place), change, ""));
            } else {
                old.add(change);
            }
        }
        return old;
    }

    private static int indexOf(JsonArray list, String key, String value) {
        for (int i = 0; i < list.size(); i++) {
            if (Json.string(list.get(i).getAsJsonObject(), key).equals(value)) {
                return i;
            }
        }
        return -1;
    }

    private static JsonElement json(JsonObject object, JsonElement patch) {
        if (!(patch instanceof JsonArray operations)) {
            throw Failure.badRequest("error decoding patch: a JSON patch is a list of operations");
        }
        for (JsonElement element : operations) {
            operate(object, element.getAsJsonObject());
        }
        return object;
    }

    private static void operate(JsonObject object, JsonObject operation) {
        String pointer = Json.string(operation, "path");
        String[] steps = pointer.substring(Math.min(1, pointer.length())).split("/");
        JsonElement parent = object;
        for (int i = 0; i < steps.length - 1; i++) {
            parent = child(parent, unescaped(steps[i]));
            if (parent == null) {
                throw missing(pointer);
            }
        }
        String last = unescaped(steps[steps.length - 1]);
        JsonElement value = operation.get("value");
        switch (Json.string(operation, "op")) {
            case "test" -> {
                JsonElement found = child(parent, last);
                if (found == null || !found.equals(value)) {
                    throw Failure.of(422, "Invalid", "the server rejected our request due to an error in our request");
                }
            }
            case "remove" -> {
                if (child(parent, last) == null) {
                    throw missing(pointer);
                }
                if (parent instanceof JsonArray list) {
                    list.remove(Integer.parseInt(last));
                } else {
                    parent.getAsJsonObject().remove(last);
                }
            }
            case "replace" -> {
                if (child(parent, last) == null) {
                    throw missing(pointer);
                }
                set(parent, last, value, false);
            }
            case "add" -> set(parent, last, value, true);
            default -> throw Failure.badRequest("this operation is not served: " + Json.string(operation, "op"));
        }
    }

    private static void set(JsonElement parent, String name, JsonElement value, boolean insert) {
        if (!(parent instanceof JsonArray list)) {
            parent.getAsJsonObject().add(name, value);
            return;
        }
        if (name.equals("-")) {
            list.add(value);
        } else if (insert) {
            list.asList().add(Integer.parseInt(name), value);
        } else {
            list.set(Integer.parseInt(name), value);
        }
    }

    private static @Nullable JsonElement child(JsonElement parent, String name) {
        if (parent instanceof JsonArray list) {
            return name.matches("\\d+") && Integer.parseInt(name) < list.size()
                    ? list.get(Integer.parseInt(name))
                    : null;
        }
        return parent instanceof JsonObject object ? object.get(name) : null;
    }

    private static String unescaped(String step) {
        return step.replace("~1", "/").replace("~0", "~");
    }

    private static Failure missing(String pointer) {
        return Failure.of(
                422,
                "Invalid",
                "the server rejected our request due to an error in our request: no value at " + pointer);
    }
}
