package touchstone.kubernetes.fake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

/** Deletes what belongs to what is gone: objects by their owner references, a namespace's content. */
final class Collector {
    static final String FOREGROUND = "foregroundDeletion";

    private final Store store;
    private final Writes writes;
    private final Timers timers;

    Collector(Store store, Writes writes, Timers timers) {
        this.store = store;
        this.writes = writes;
        this.timers = timers;
        store.listen(this::changed);
    }

    private void changed(Store.Change change) {
        JsonObject object = change.object();
        boolean isGone = change.type() == Store.Type.DELETED;
        if (isGone || Json.strings(object, "metadata", "finalizers").contains(FOREGROUND)) {
            timers.soon(() -> collect(object));
        }
        if (isGone) {
            for (JsonObject owner : Json.objects(object, "metadata", "ownerReferences")) {
                timers.soon(() -> release(Json.string(owner, "uid"), object, Json.string(owner, "name")));
            }
            if (change.kind().namespaced()) {
                timers.soon(() -> clear(Json.namespace(object)));
            }
        }
        if (change.type() == Store.Type.ADDED && Json.has(object, "metadata", "ownerReferences")) {
            timers.soon(() -> collectOrphan(change.kind(), object));
        }
        if (!isGone && change.kind() == Kind.NAMESPACE) {
            timers.soon(() -> clear(Json.name(object)));
        }
    }

    private void collect(JsonObject owner) {
        for (Store.Ref ref : store.dependents(Json.uid(owner))) {
            JsonObject dependent = store.find(ref.kind(), ref.namespace(), ref.name());
            if (dependent != null && !Json.deleting(dependent)) {
                writes.delete(
                        ref.kind(), ref.namespace(), ref.name(), Json.of("propagationPolicy", "Background"), false);
            }
        }
        for (Kind kind : Kind.values()) {
            if (kind.kind().equals(Json.string(owner, "kind"))) {
                finish(kind, owner);
            }
        }
    }

    /** An object whose owner is gone already goes after it. */
    private void collectOrphan(Kind kind, JsonObject object) {
        for (JsonObject reference : Json.objects(object, "metadata", "ownerReferences")) {
            for (Kind ownerKind : Kind.values()) {
                if (ownerKind.kind().equals(Json.string(reference, "kind"))) {
                    String namespace = ownerKind.namespaced() ? Json.namespace(object) : "";
                    JsonObject owner = store.find(ownerKind, namespace, Json.string(reference, "name"));
                    if (owner != null && Json.uid(owner).equals(Json.string(reference, "uid"))) {
                        return;
                    }
                }
            }
        }
        if (store.find(kind, Json.namespace(object), Json.name(object)) != null) {
            writes.delete(kind, Json.namespace(object), Json.name(object), new JsonObject(), false);
        }
    }

    /** Lets an owner go that only waited for its last dependent. */
    private void finish(Kind kind, JsonObject owner) {
        JsonObject now = store.find(kind, Json.namespace(owner), Json.name(owner));
        if (now != null
                && Json.deleting(now)
                && Json.uid(now).equals(Json.uid(owner))
                && store.dependents(Json.uid(now)).isEmpty()) {
            store.update(kind, Json.namespace(owner), Json.name(owner), copy -> {
                var left = new JsonArray();
                Json.strings(copy, "metadata", "finalizers").stream()
                        .filter(finalizer -> !finalizer.equals(FOREGROUND))
                        .forEach(left::add);
                Json.put(copy.getAsJsonObject("metadata"), "finalizers", left.isEmpty() ? null : left);
                return copy;
            });
        }
    }

    private void release(String ownerUid, JsonObject dependent, String ownerName) {
        JsonObject job = store.find(Kind.JOB, Json.namespace(dependent), ownerName);
        if (job != null && Json.uid(job).equals(ownerUid)) {
            finish(Kind.JOB, job);
        }
    }

    /** Empties a namespace that is going, and takes it away when it is empty. */
    private void clear(String namespace) {
        JsonObject house = store.find(Kind.NAMESPACE, "", namespace);
        if (house == null || !Json.deleting(house)) {
            return;
        }
        boolean isEmpty = true;
        for (Kind kind : Kind.values()) {
            if (!kind.namespaced()) {
                continue;
            }
            for (JsonObject object : store.list(kind, namespace)) {
                isEmpty = false;
                if (!Json.deleting(object)) {
                    writes.delete(kind, namespace, Json.name(object), new JsonObject(), false);
                }
            }
        }
        if (isEmpty && Json.strings(house, "metadata", "finalizers").isEmpty()) {
            store.remove(Kind.NAMESPACE, "", namespace);
        }
    }
}
