package touchstone.kubernetes.fake;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads and writes objects as trees. An object that stands in the {@link Store} is never changed, only replaced. */
final class Json {
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private Json() {}

    static JsonObject parse(String text) {
        try {
            if (JsonParser.parseString(text) instanceof JsonObject object) {
                return object;
            }
            throw Failure.badRequest("the body is no JSON object");
        } catch (JsonSyntaxException e) {
            throw Failure.badRequest("the object provided is unrecognized: " + e.getMessage());
        }
    }

    static byte[] bytes(JsonElement element) {
        return GSON.toJson(element).getBytes(StandardCharsets.UTF_8);
    }

    static String text(JsonElement element) {
        return GSON.toJson(element);
    }

    /** An object of names and values in turn; a value that is null is left out. */
    static JsonObject of(@Nullable Object... namesAndValues) {
        var object = new JsonObject();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            put(object, String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }

    static void put(JsonObject object, String name, @Nullable Object value) {
        switch (value) {
            case null -> object.remove(name);
            case JsonElement element -> object.add(name, element);
            case Number number -> object.addProperty(name, number);
            case Boolean flag -> object.addProperty(name, flag);
            case Instant instant ->
                object.addProperty(name, instant.truncatedTo(ChronoUnit.SECONDS).toString());
            default -> object.addProperty(name, value.toString());
        }
    }

    static void putIfAbsent(JsonObject object, String name, Object value) {
        if (!has(object, name)) {
            put(object, name, value);
        }
    }

    static JsonArray array(JsonElement... elements) {
        var array = new JsonArray();
        for (JsonElement element : elements) {
            array.add(element);
        }
        return array;
    }

    static @Nullable JsonElement at(JsonObject object, String... path) {
        JsonElement here = object;
        for (String step : path) {
            if (!(here instanceof JsonObject parent)) {
                return null;
            }
            here = parent.get(step);
        }
        return here == null || here.isJsonNull() ? null : here;
    }

    static boolean has(JsonObject object, String... path) {
        return at(object, path) != null;
    }

    /** The text at the path, empty where there is none. */
    static String string(JsonObject object, String... path) {
        JsonElement element = at(object, path);
        return element != null && element.isJsonPrimitive() ? element.getAsString() : "";
    }

    static boolean flag(JsonObject object, String... path) {
        return string(object, path).equals("true");
    }

    static long number(JsonObject object, long otherwise, String... path) {
        String text = string(object, path);
        return text.isEmpty() ? otherwise : (long) Double.parseDouble(text);
    }

    static @Nullable Instant instant(JsonObject object, String... path) {
        String text = string(object, path);
        return text.isEmpty() ? null : Instant.parse(text);
    }

    /** The object at the path, an empty one (that is not in the tree) where there is none. */
    static JsonObject object(JsonObject object, String... path) {
        return at(object, path) instanceof JsonObject found ? found : new JsonObject();
    }

    /** The object in that field, made where there is none. */
    static JsonObject make(JsonObject object, String... path) {
        JsonObject here = object;
        for (String step : path) {
            if (!(here.get(step) instanceof JsonObject)) {
                here.add(step, new JsonObject());
            }
            here = here.getAsJsonObject(step);
        }
        return here;
    }

    /** The objects of the list at the path, none where there is no list. */
    static List<JsonObject> objects(JsonObject object, String... path) {
        var found = new ArrayList<JsonObject>();
        if (at(object, path) instanceof JsonArray array) {
            for (JsonElement element : array) {
                if (element instanceof JsonObject one) {
                    found.add(one);
                }
            }
        }
        return found;
    }

    static List<String> strings(JsonObject object, String... path) {
        var found = new ArrayList<String>();
        if (at(object, path) instanceof JsonArray array) {
            array.forEach(element -> found.add(element.getAsString()));
        }
        return found;
    }

    static Map<String, String> map(JsonObject object, String... path) {
        var map = new TreeMap<String, String>();
        object(object, path)
                .entrySet()
                .forEach(entry -> map.put(
                        entry.getKey(),
                        entry.getValue().isJsonNull() ? "" : entry.getValue().getAsString()));
        return map;
    }

    static JsonObject meta(JsonObject object) {
        return object(object, "metadata");
    }

    static String name(JsonObject object) {
        return string(object, "metadata", "name");
    }

    static String namespace(JsonObject object) {
        return string(object, "metadata", "namespace");
    }

    static String uid(JsonObject object) {
        return string(object, "metadata", "uid");
    }

    static boolean deleting(JsonObject object) {
        return has(object, "metadata", "deletionTimestamp");
    }
}
