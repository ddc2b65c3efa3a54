package touchstone.kubernetes.fake;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Streams changes to those who watch, one line of JSON each. */
final class Watches {
    private static final Duration LASTS_MAX = Duration.ofMinutes(45);
    private static final Duration BOOKMARK_EVERY = Duration.ofMinutes(1);

    private sealed interface Signal {
        /** @param nanos when it was, by this process's clock */
        record Changed(Store.Change change, long nanos) implements Signal {}

        record Bookmark(long version) implements Signal {}

        record End(boolean cut) implements Signal {}
    }

    private record Watcher(LinkedBlockingQueue<Signal> signals) {}

    /** The watch is to be cut in the middle of its answer. */
    static final class CutException extends IOException {
        private static final long serialVersionUID = 1;
    }

    private final Store store;
    private final NewerServer newer;
    private final Map<Kind, Duration> lags = new ConcurrentHashMap<>();
    private final Map<Kind, Map<Watcher, Boolean>> watchers = new EnumMap<>(Kind.class);

    Watches(Store store, NewerServer newer) {
        this.store = store;
        this.newer = newer;
        for (Kind kind : Kind.values()) {
            watchers.put(kind, new ConcurrentHashMap<>());
        }
        store.listen(change -> {
            var signal = new Signal.Changed(change, System.nanoTime());
            of(change.kind()).keySet().forEach(watcher -> watcher.signals().add(signal));
        });
    }

    private Map<Watcher, Boolean> of(Kind kind) {
        return Objects.requireNonNull(watchers.get(kind));
    }

    /** Changes of that kind are told so much later from now on. */
    void lag(Kind kind, Duration by) {
        lags.put(kind, by);
    }

    private void lag(Kind kind, long since) {
        Duration lag = lags.getOrDefault(kind, Duration.ZERO);
        long left = since + lag.toNanos() - System.nanoTime();
        while (lag.isPositive() && left > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(left);
            left = since + lag.toNanos() - System.nanoTime();
        }
    }

    int count() {
        return watchers.values().stream().mapToInt(Map::size).sum();
    }

    void bookmark() {
        // Within the lock, so that no change that the mark counts is still to come.
        synchronized (store) {
            signal(new Signal.Bookmark(store.version()));
        }
    }

    /** Ends all; {@code cut} leaves the answers without their end. */
    void end(boolean cut) {
        signal(new Signal.End(cut));
    }

    private void signal(Signal signal) {
        watchers.values().forEach(some -> some.keySet()
                .forEach(watcher -> watcher.signals().add(signal)));
    }

    /** Writes to {@code out} until the watch ends. */
    void serve(Kind kind, Call call, OutputStream out) throws IOException {
        Predicate<JsonObject> wanted = wanted(kind, call);
        var watcher = new Watcher(new LinkedBlockingQueue<>());
        String from = call.option("resourceVersion");
        List<JsonObject> present = List.of();
        List<Store.Change> missed = List.of();
        Failure expired = null;
        long version;
        synchronized (store) {
            version = store.version();
            if (from.isEmpty() || from.equals("0") || call.flag("sendInitialEvents")) {
                present = store.list(kind, call.namespace());
            } else {
                try {
                    version = Long.parseLong(from);
                    missed = store.changesAfter(kind, version);
                } catch (Failure e) {
                    expired = e;
                } catch (NumberFormatException e) {
                    throw Failure.badRequest("resourceVersion: Invalid value: \"%s\"".formatted(from));
                }
            }
            of(kind).put(watcher, true);
        }
        try {
            if (expired != null) {
                line(out, "ERROR", expired.status());
                return;
            }
            for (JsonObject object : present) {
                if (wanted.test(object)) {
                    line(out, "ADDED", object);
                }
            }
            for (Store.Change change : missed) {
                change(out, change, wanted);
                version = change.version();
            }
            if (call.flag("sendInitialEvents")) {
                bookmark(out, kind, version, true);
            }
            out.flush();
            follow(kind, call, out, wanted, watcher, version);
        } finally {
            of(kind).remove(watcher);
        }
    }

    static Predicate<JsonObject> wanted(Kind kind, Call call) {
        Predicate<JsonObject> labels = Selectors.labels(call.option("labelSelector"));
        Predicate<JsonObject> fields = Selectors.fields(kind, call.option("fieldSelector"));
        String namespace = call.namespace();
        return object -> (namespace.isEmpty() || namespace.equals(Json.namespace(object)))
                && labels.test(object)
                && fields.test(object);
    }

    private void follow(
            Kind kind, Call call, OutputStream out, Predicate<JsonObject> wanted, Watcher watcher, long start)
            throws IOException {
        long version = start;
        boolean marks = call.flag("allowWatchBookmarks");
        long end = System.nanoTime()
                + Duration.ofSeconds(call.number("timeoutSeconds", LASTS_MAX.toSeconds()))
                        .toNanos();
        while (true) {
            Signal signal = poll(watcher, Math.min(end - System.nanoTime(), BOOKMARK_EVERY.toNanos()));
            if (System.nanoTime() >= end) {
                return;
            }
            switch (signal) {
                case null -> {
                    if (marks) {
                        bookmark(out, kind, version, false);
                    }
                }
                case Signal.Changed(Store.Change change, long nanos) -> {
                    lag(kind, nanos);
                    if (change.version() > version) {
                        version = change.version();
                        change(out, change, wanted);
                    }
                }
                case Signal.Bookmark(long marked) -> {
                    if (marks) {
                        version = Math.max(version, marked);
                        bookmark(out, kind, version, false);
                    }
                }
                case Signal.End(boolean cut) -> {
                    if (cut) {
                        throw new CutException();
                    }
                    return;
                }
            }
            if (watcher.signals().isEmpty()) {
                out.flush();
            }
        }
    }

    private static @Nullable Signal poll(Watcher watcher, long nanos) {
        try {
            return watcher.signals().poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return new Signal.End(true);
        }
    }

    /** An object that comes into a selection is new to its watcher, one that leaves it is gone. */
    private void change(OutputStream out, Store.Change change, Predicate<JsonObject> wanted) throws IOException {
        boolean was = change.before() != null && wanted.test(change.before());
        boolean is = change.type() != Store.Type.DELETED && wanted.test(change.object());
        if (is) {
            line(out, was ? "MODIFIED" : "ADDED", change.object());
        } else if (was) {
            line(out, "DELETED", change.object());
        }
    }

    private void bookmark(OutputStream out, Kind kind, long version, boolean initialEnd) throws IOException {
        JsonObject meta = Json.of("resourceVersion", Long.toString(version));
        if (initialEnd) {
            Json.make(meta, "annotations").addProperty("k8s.io/initial-events-end", "true");
        }
        JsonObject mark = Json.of("kind", kind.kind(), "apiVersion", kind.apiVersion(), "metadata", meta);
        if (kind == Kind.JOB || kind == Kind.POD) {
            // As the server sends them: a pod has required fields, which it writes even when they are empty.
            mark.add("spec", kind == Kind.POD ? nullContainers() : emptyJob());
        }
        line(out, "BOOKMARK", mark);
    }

    private static JsonObject nullContainers() {
        JsonObject spec = new JsonObject();
        spec.add("containers", JsonNull.INSTANCE);
        return spec;
    }

    private static JsonObject emptyJob() {
        return Json.of("template", Json.of("metadata", new JsonObject(), "spec", nullContainers()));
    }

    private void line(OutputStream out, String type, JsonObject object) throws IOException {
        out.write(Json.bytes(Json.of("type", type, "object", newer.answer(object))));
        out.write('\n');
    }
}
