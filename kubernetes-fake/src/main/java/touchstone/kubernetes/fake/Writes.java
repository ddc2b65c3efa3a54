package touchstone.kubernetes.fake;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Creates, changes and deletes objects by the rules of an API server: what it sets itself, what it refuses. */
final class Writes {
    private static final String SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final List<String> SERVER_SET =
            List.of("uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds");

    private final Store store;
    private final Timers timers;
    private final Admission admission;

    Writes(Store store, Timers timers) {
        this.store = store;
        this.timers = timers;
        this.admission = new Admission(store);
    }

    JsonObject create(Kind kind, String namespace, JsonObject sent, boolean dryRun) {
        JsonObject object = pruned(typed(kind, sent));
        JsonObject meta = Json.make(object, "metadata");
        place(kind, namespace, meta);
        SERVER_SET.forEach(meta::remove);
        meta.remove("managedFields");
        if (kind.hasStatus() && kind != Kind.NODE) {
            object.remove("status");
        }
        if (Json.string(meta, "name").isEmpty()
                && !Json.string(meta, "generateName").isEmpty()) {
            meta.addProperty("name", Json.string(meta, "generateName") + suffix());
        }
        String name = Json.string(meta, "name");
        if (kind.namespaced() && store.find(Kind.NAMESPACE, "", namespace) == null) {
            throw Failure.notFound(Kind.NAMESPACE, namespace);
        }
        Json.put(meta, "uid", UUID.randomUUID());
        Json.put(meta, "creationTimestamp", timers.instant());
        if (kind.hasStatus()) {
            Json.put(meta, "generation", 1);
        }
        Defaults.set(kind, object);
        Validation.check(kind, object);
        synchronized (store) {
            admission.admit(kind, namespace, object);
            if (store.find(kind, namespace, name) != null) {
                throw Failure.alreadyExists(kind, name);
            }
            if (dryRun) {
                return object;
            }
            JsonObject made = store.create(kind, object);
            if (kind == Kind.NAMESPACE) {
                create(Kind.SERVICE_ACCOUNT, name, Json.of("metadata", Json.of("name", "default")), false);
            }
            return made;
        }
    }

    /** {@code part} is empty for the object itself, or {@code status}. */
    JsonObject replace(Kind kind, String namespace, String name, String part, JsonObject sent, boolean dryRun) {
        JsonObject typed = typed(kind, sent);
        if (!Json.name(typed).equals(name)) {
            throw Failure.badRequest("the name of the object (%s) does not match the name on the URL (%s)"
                    .formatted(Json.name(typed), name));
        }
        return change(kind, namespace, name, part, before -> typed, dryRun);
    }

    JsonObject patch(Kind kind, String namespace, String name, String part, String type, String body, boolean dryRun) {
        return change(kind, namespace, name, part, before -> Patches.apply(type, before, body), dryRun);
    }

    private JsonObject change(
            Kind kind, String namespace, String name, String part, UnaryOperator<JsonObject> change, boolean dryRun) {
        synchronized (store) {
            JsonObject before = store.get(kind, namespace, name);
            JsonObject after = merged(kind, name, part, before, pruned(change.apply(before.deepCopy())));
            return dryRun ? after : store.update(kind, namespace, name, same -> after);
        }
    }

    private JsonObject merged(Kind kind, String name, String part, JsonObject before, JsonObject sent) {
        JsonObject meta = Json.make(sent, "metadata");
        String uid = Json.string(meta, "uid");
        if (!uid.isEmpty() && !uid.equals(Json.uid(before))) {
            throw Failure.conflict(
                    kind,
                    name,
                    "Precondition failed: UID in precondition: %s, UID in object meta: %s"
                            .formatted(uid, Json.uid(before)));
        }
        String version = Json.string(meta, "resourceVersion");
        if (!version.isEmpty() && !version.equals(Json.string(before, "metadata", "resourceVersion"))) {
            throw Failure.modified(kind, name);
        }
        JsonObject after;
        if (part.equals("status")) {
            after = before.deepCopy();
            Json.put(after, "status", sent.get("status"));
        } else {
            after = sent;
            Json.put(after, "apiVersion", kind.apiVersion());
            Json.put(after, "kind", kind.kind());
            JsonObject old = Json.meta(before);
            SERVER_SET.forEach(field -> Json.put(meta, field, old.get(field)));
            meta.remove("managedFields");
            Json.put(meta, "resourceVersion", old.get("resourceVersion"));
            Json.put(meta, "name", name);
            Json.put(meta, "namespace", old.get("namespace"));
            if (kind.hasStatus()) {
                Json.put(after, "status", before.get("status"));
            }
            Defaults.set(kind, after);
            Validation.check(kind, after);
            if (kind.hasStatus() && !Json.object(after, "spec").equals(Json.object(before, "spec"))) {
                Json.put(meta, "generation", Json.number(before, 1, "metadata", "generation") + 1);
            }
        }
        Validation.checkChange(kind, part, before, after);
        return after;
    }

    /**
     * Deletes, or begins to: a running pod is given its grace, a finalizer is waited for.
     *
     * @return the object where it is still there, else a Status that says success
     */
    JsonObject delete(Kind kind, String namespace, String name, JsonObject options, boolean dryRun) {
        synchronized (store) {
            JsonObject object = store.get(kind, namespace, name);
            String uid = Json.string(options, "preconditions", "uid");
            if (!uid.isEmpty() && !uid.equals(Json.uid(object))) {
                throw Failure.conflict(
                        kind,
                        name,
                        "Precondition failed: UID in precondition: %s, UID in object meta: %s"
                                .formatted(uid, Json.uid(object)));
            }
            String version = Json.string(options, "preconditions", "resourceVersion");
            if (!version.isEmpty() && !version.equals(Json.string(object, "metadata", "resourceVersion"))) {
                throw Failure.modified(kind, name);
            }
            if (dryRun) {
                return success(kind, object);
            }
            String policy = Json.string(options, "propagationPolicy");
            if (policy.equals("Orphan")) {
                orphan(Json.uid(object));
            }
            long grace = grace(kind, object, options);
            JsonObject marked =
                    store.update(kind, namespace, name, copy -> marked(kind, copy, grace, policy.equals("Foreground")));
            boolean isThere = store.find(kind, namespace, name) != null;
            return isThere || kind == Kind.POD ? marked : success(kind, object);
        }
    }

    private JsonObject marked(Kind kind, JsonObject copy, long grace, boolean foreground) {
        JsonObject meta = Json.make(copy, "metadata");
        Json.putIfAbsent(meta, "deletionTimestamp", timers.instant().plusSeconds(grace));
        Json.put(
                meta,
                "deletionGracePeriodSeconds",
                Math.min(grace, Json.number(meta, grace, "deletionGracePeriodSeconds")));
        if (foreground && !Json.strings(meta, "finalizers").contains(Collector.FOREGROUND)) {
            var finalizers = meta.has("finalizers") ? meta.getAsJsonArray("finalizers") : Json.array();
            finalizers.add(Collector.FOREGROUND);
            meta.add("finalizers", finalizers);
        }
        if (kind == Kind.NAMESPACE) {
            Json.put(Json.make(copy, "status"), "phase", "Terminating");
        }
        return copy;
    }

    private static long grace(Kind kind, JsonObject object, JsonObject options) {
        if (kind != Kind.POD || Json.string(object, "spec", "nodeName").isEmpty() || Kubelet.ended(object)) {
            return 0;
        }
        return Json.number(
                options, Json.number(object, 30, "spec", "terminationGracePeriodSeconds"), "gracePeriodSeconds");
    }

    private void orphan(String uid) {
        for (Store.Ref ref : store.dependents(uid)) {
            store.touch(ref.kind(), ref.namespace(), ref.name(), copy -> {
                copy.getAsJsonObject("metadata").remove("ownerReferences");
                return copy;
            });
        }
    }

    private static JsonObject success(Kind kind, JsonObject object) {
        JsonObject details = kind.details(Json.name(object));
        Json.put(details, "uid", Json.uid(object));
        return Json.of(
                "kind",
                "Status",
                "apiVersion",
                "v1",
                "metadata",
                new JsonObject(),
                "status",
                "Success",
                "details",
                details);
    }

    private static JsonObject typed(Kind kind, JsonObject sent) {
        String told = Json.string(sent, "kind");
        if (!told.isEmpty() && !told.equals(kind.kind())) {
            throw Failure.badRequest(
                    "%s in version \"%s\" cannot be handled as a %s: converting (%s) to (%s): unknown conversion"
                            .formatted(told, Json.string(sent, "apiVersion"), kind.kind(), told, kind.kind()));
        }
        Json.put(sent, "apiVersion", kind.apiVersion());
        Json.put(sent, "kind", kind.kind());
        return sent;
    }

    private static void place(Kind kind, String namespace, JsonObject meta) {
        String told = Json.string(meta, "namespace");
        if (!kind.namespaced()) {
            meta.remove("namespace");
            return;
        }
        if (!told.isEmpty() && !told.equals(namespace)) {
            throw Failure.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
        meta.addProperty("namespace", namespace);
    }

    static String suffix() {
        var text = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            text.append(SUFFIX_LETTERS.charAt(ThreadLocalRandom.current().nextInt(SUFFIX_LETTERS.length())));
        }
        return text.toString();
    }

    /** Without nulls and empty lists, which the server leaves out as well. */
    private static JsonObject pruned(JsonObject object) {
        object.entrySet().removeIf(entry -> isNothing(entry));
        return object;
    }

    private static boolean isNothing(Map.Entry<String, @Nullable JsonElement> entry) {
        JsonElement value = entry.getValue();
        if (value == null || value.isJsonNull()) {
            return true;
        }
        if (value.isJsonArray()) {
            value.getAsJsonArray().forEach(element -> {
                if (element instanceof JsonObject one) {
                    pruned(one);
                }
            });
            return value.getAsJsonArray().isEmpty();
        }
        if (value instanceof JsonObject one) {
            pruned(one);
            return one.isEmpty()
                    && List.of("labels", "annotations", "nodeSelector", "limits", "requests", "data", "matchLabels")
                            .contains(entry.getKey());
        }
        return false;
    }
}
