package touchstone.kubernetes.fake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers a call on a resource from the store. */
final class Resources {
    record Answer(int code, JsonObject body) {}

    private final Store store;
    private final Writes writes;
    private final Kubelet kubelet;

    Resources(Store store, Writes writes, Kubelet kubelet) {
        this.store = store;
        this.writes = writes;
        this.kubelet = kubelet;
    }

    Kind kind(Call call) {
        Kind kind = Kind.of(call.group(), call.resource()).orElseThrow(Failure::noSuchPath);
        boolean isPart = call.subresource().isEmpty()
                || call.subresource().equals("status") && kind.hasStatus()
                || call.subresource().equals("log") && kind == Kind.POD;
        if (!isPart) {
            throw Failure.noSuchPath();
        }
        return kind;
    }

    Answer answer(Call call, String body, String contentType) {
        Kind kind = kind(call);
        String namespace = kind.namespaced() ? call.namespace() : "";
        String name = call.name();
        return switch (call.verb()) {
            case "get" -> new Answer(200, store.get(kind, namespace, name));
            case "list" -> new Answer(200, list(kind, call));
            case "create" -> new Answer(201, writes.create(kind, namespace, sent(kind, call, body), call.dryRun()));
            case "update" ->
                new Answer(
                        200,
                        writes.replace(
                                kind, namespace, name, call.subresource(), sent(kind, call, body), call.dryRun()));
            case "patch" ->
                new Answer(
                        200,
                        writes.patch(
                                kind,
                                namespace,
                                name,
                                call.subresource(),
                                contentType.replaceFirst(";.*", "").strip(),
                                body,
                                call.dryRun()));
            case "delete" ->
                new Answer(200, writes.delete(kind, namespace, name, options(kind, call, body), call.dryRun()));
            default -> new Answer(200, deleteAll(kind, call, body));
        };
    }

    PodLog log(Call call) {
        kind(call);
        return Logs.of(kubelet, store.get(Kind.POD, call.namespace(), call.name()), call.option("container"));
    }

    private static JsonObject sent(Kind kind, Call call, String body) {
        JsonObject object = Json.parse(body);
        if (call.option("fieldValidation").equals("Strict")) {
            kind.refuseUnknownFields(object);
        }
        return object;
    }

    /** Those of the body; of the address only where there is no body. A Job that is deleted without a policy leaves its pods. */
    private static JsonObject options(Kind kind, Call call, String body) {
        JsonObject options = new JsonObject();
        if (body.isBlank()) {
            call.query().forEach((name, value) -> {
                if (!value.isEmpty()) {
                    options.addProperty(name, value);
                }
            });
        } else {
            Json.parse(body).asMap().forEach(options::add);
        }
        if (kind == Kind.JOB) {
            Json.putIfAbsent(options, "propagationPolicy", "Orphan");
        }
        return options;
    }

    private JsonObject deleteAll(Kind kind, Call call, String body) {
        var gone = new ArrayList<JsonObject>();
        Predicate<JsonObject> wanted = Watches.wanted(kind, call);
        for (JsonObject object : store.list(kind, call.namespace())) {
            if (wanted.test(object)) {
                writes.delete(
                        kind, Json.namespace(object), Json.name(object), options(kind, call, body), call.dryRun());
                gone.add(object);
            }
        }
        return listOf(kind, store.version(), gone, null, 0);
    }

    private JsonObject list(Kind kind, Call call) {
        Predicate<JsonObject> wanted = Watches.wanted(kind, call);
        long limit = call.number("limit", 0);
        String token = call.option("continue");
        long version;
        Collection<JsonObject> rest;
        synchronized (store) {
            if (token.isEmpty()) {
                version = store.version();
                rest = store.list(kind, call.namespace());
            } else {
                String[] parts = decoded(token);
                version = Long.parseLong(parts[0]);
                if (version < store.compacted(kind)) {
                    throw Failure.expired(
                            "The provided continue parameter is too old to display a consistent list result. You can start a "
                                    + "new list without the continue parameter, or use the continue token in this response to "
                                    + "retrieve the remainder of the results.");
                }
                rest = store.listAfter(kind, call.namespace(), parts[1]);
            }
        }
        List<JsonObject> matching = rest.stream().filter(wanted).toList();
        if (limit <= 0 || matching.size() <= limit) {
            return listOf(kind, version, matching, null, 0);
        }
        List<JsonObject> page = matching.subList(0, (int) limit);
        String next = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((version + " " + Store.key(page.getLast())).getBytes(StandardCharsets.UTF_8));
        boolean isWhole = call.option("labelSelector").isEmpty()
                && call.option("fieldSelector").isEmpty();
        return listOf(kind, version, page, next, isWhole ? matching.size() - limit : 0);
    }

    private static String[] decoded(String token) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8).split(" ", 2);
            Long.parseLong(parts[0]);
            return parts;
        } catch (IllegalArgumentException e) {
            throw Failure.badRequest("continue key is not valid: " + e.getMessage());
        }
    }

    private static JsonObject listOf(
            Kind kind, long version, List<JsonObject> objects, @Nullable String next, long remaining) {
        var items = new JsonArray();
        objects.forEach(items::add);
        return Json.of(
                "kind",
                kind.kind() + "List",
                "apiVersion",
                kind.apiVersion(),
                "metadata",
                Json.of(
                        "resourceVersion",
                        Long.toString(version),
                        "continue",
                        next,
                        "remainingItemCount",
                        remaining > 0 ? remaining : null),
                "items",
                items);
    }
}
