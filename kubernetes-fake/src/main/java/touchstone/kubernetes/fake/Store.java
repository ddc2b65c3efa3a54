package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All objects and the last changes of each kind, as etcd keeps them: one counter of versions for everything. It knows nothing of what
 * the objects mean, but that one which is being deleted goes with its last finalizer.
 */
final class Store {
    /** The changes that a watch can be replayed from, for each kind; a watch from further back is told 410. */
    private static final int REPLAYED_MAX = 2_000;

    enum Type {
        ADDED,
        MODIFIED,
        DELETED
    }

    /** {@code before} is null where the object is new. */
    record Change(
            Kind kind,
            Type type,
            long version,
            JsonObject object,
            @Nullable JsonObject before) {}

    private static final class Shelf {
        private final TreeMap<String, JsonObject> objects = new TreeMap<>();
        private final ArrayDeque<Change> changes = new ArrayDeque<>();
        /** Changes up to this version are forgotten. */
        private long compacted;
    }

    private final Map<Kind, Shelf> shelves = new EnumMap<>(Kind.class);
    private final Map<String, Map<String, Ref>> dependents = new HashMap<>();
    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
    private long version;

    record Ref(Kind kind, String namespace, String name) {}

    Store() {
        for (Kind kind : Kind.values()) {
            shelves.put(kind, new Shelf());
        }
    }

    /** Is told every change in its order, within the store's lock: it must be quick. */
    void listen(Consumer<Change> listener) {
        listeners.add(listener);
    }

    synchronized long version() {
        return version;
    }

    synchronized @Nullable JsonObject find(Kind kind, String namespace, String name) {
        return shelf(kind).objects.get(key(namespace, name));
    }

    synchronized JsonObject get(Kind kind, String namespace, String name) {
        JsonObject found = find(kind, namespace, name);
        if (found == null) {
            throw Failure.notFound(kind, name);
        }
        return found;
    }

    /** Those of one namespace, or of all where it is empty, in the order of namespace and name. */
    synchronized List<JsonObject> list(Kind kind, String namespace) {
        return new ArrayList<>(view(kind, namespace).values());
    }

    synchronized int count(Kind kind, String namespace) {
        return view(kind, namespace).size();
    }

    /** Those that come after the key that {@link #key} makes. */
    synchronized Collection<JsonObject> listAfter(Kind kind, String namespace, String key) {
        return new ArrayList<>(view(kind, namespace).tailMap(key + "\0").values());
    }

    static String key(String namespace, String name) {
        return namespace + "/" + name;
    }

    static String key(JsonObject object) {
        return key(Json.namespace(object), Json.name(object));
    }

    synchronized JsonObject create(Kind kind, JsonObject object) {
        String key = key(object);
        if (shelf(kind).objects.containsKey(key)) {
            throw Failure.alreadyExists(kind, Json.name(object));
        }
        put(kind, key, object, null);
        return object;
    }

    /**
     * Changes a copy of the object and keeps it; one that says the same as before keeps its version.
     *
     * @throws Failure where there is none
     */
    synchronized JsonObject update(Kind kind, String namespace, String name, UnaryOperator<JsonObject> change) {
        JsonObject before = get(kind, namespace, name);
        JsonObject after = change.apply(before.deepCopy());
        if (after.equals(before)) {
            return before;
        }
        String key = key(namespace, name);
        if (Json.deleting(after)
                && Json.strings(after, "metadata", "finalizers").isEmpty()
                && Json.number(after, 0, "metadata", "deletionGracePeriodSeconds") == 0
                && kind != Kind.NAMESPACE) {
            return drop(kind, key, after);
        }
        put(kind, key, after, before);
        return after;
    }

    /** As {@link #update}, quietly where the object is gone. */
    synchronized void touch(Kind kind, String namespace, String name, UnaryOperator<JsonObject> change) {
        if (find(kind, namespace, name) != null) {
            update(kind, namespace, name, change);
        }
    }

    /** Takes the object away at once, whatever its finalizers. */
    synchronized void remove(Kind kind, String namespace, String name) {
        JsonObject object = find(kind, namespace, name);
        if (object != null) {
            drop(kind, key(namespace, name), object.deepCopy());
        }
    }

    /** The objects that name this one as an owner. */
    synchronized List<Ref> dependents(String uid) {
        return List.copyOf(dependents.getOrDefault(uid, Map.of()).values());
    }

    /**
     * The changes after a version.
     *
     * @throws Failure 410 where they are forgotten
     */
    synchronized List<Change> changesAfter(Kind kind, long from) {
        Shelf shelf = shelf(kind);
        if (from < shelf.compacted) {
            throw Failure.expired("too old resource version: %d (%d)".formatted(from, shelf.compacted));
        }
        var later = new ArrayDeque<Change>();
        var backwards = shelf.changes.descendingIterator();
        while (backwards.hasNext()) {
            Change change = backwards.next();
            if (change.version() <= from) {
                break;
            }
            later.addFirst(change);
        }
        return List.copyOf(later);
    }

    synchronized long compacted(Kind kind) {
        return shelf(kind).compacted;
    }

    /** Forgets all changes so far, as etcd does every few minutes. */
    synchronized void compact() {
        version++;
        for (Shelf shelf : shelves.values()) {
            shelf.changes.clear();
            shelf.compacted = version;
        }
    }

    private Shelf shelf(Kind kind) {
        return Objects.requireNonNull(shelves.get(kind));
    }

    private SortedMap<String, JsonObject> view(Kind kind, String namespace) {
        TreeMap<String, JsonObject> objects = shelf(kind).objects;
        return namespace.isEmpty() ? objects : objects.subMap(namespace + "/", namespace + "0");
    }

    private void put(Kind kind, String key, JsonObject object, @Nullable JsonObject before) {
        stamp(object);
        shelf(kind).objects.put(key, object);
        index(kind, object, before);
        tell(new Change(kind, before == null ? Type.ADDED : Type.MODIFIED, version, object, before));
    }

    private JsonObject drop(Kind kind, String key, JsonObject last) {
        stamp(last);
        JsonObject before = shelf(kind).objects.remove(key);
        index(kind, null, before);
        tell(new Change(kind, Type.DELETED, version, last, before));
        return last;
    }

    private void stamp(JsonObject object) {
        version++;
        Json.make(object, "metadata").addProperty("resourceVersion", Long.toString(version));
    }

    private void index(Kind kind, @Nullable JsonObject now, @Nullable JsonObject before) {
        if (before != null) {
            for (JsonObject owner : Json.objects(before, "metadata", "ownerReferences")) {
                dependents.computeIfPresent(Json.string(owner, "uid"), (uid, refs) -> {
                    refs.remove(Json.uid(before));
                    return refs.isEmpty() ? null : refs;
                });
            }
        }
        if (now != null) {
            for (JsonObject owner : Json.objects(now, "metadata", "ownerReferences")) {
                dependents
                        .computeIfAbsent(Json.string(owner, "uid"), uid -> new LinkedHashMap<>())
                        .put(Json.uid(now), new Ref(kind, Json.namespace(now), Json.name(now)));
            }
        }
    }

    private void tell(Change change) {
        Shelf shelf = shelf(change.kind());
        shelf.changes.addLast(change);
        if (shelf.changes.size() > REPLAYED_MAX) {
            shelf.compacted = shelf.changes.removeFirst().version();
        }
        listeners.forEach(listener -> listener.accept(change));
    }
}
