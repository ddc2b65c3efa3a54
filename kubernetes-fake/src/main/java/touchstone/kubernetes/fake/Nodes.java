package touchstone.kubernetes.fake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Nodes come, fall silent, come back and go; what becomes of their pods then. */
final class Nodes {
    private static final String UNREACHABLE = "node.kubernetes.io/unreachable";

    private final Store store;
    private final Writes writes;
    private final Kubelet kubelet;
    private final Timers timers;

    Nodes(Store store, Writes writes, Kubelet kubelet, Timers timers) {
        this.store = store;
        this.writes = writes;
        this.kubelet = kubelet;
        this.timers = timers;
    }

    void add(Node node) {
        writes.create(Kind.NODE, "", node.object(timers.instant()), false);
    }

    /** Nobody hears of the node: it is tainted, and its pods are to go when their patience with that is over. */
    void lose(String name) {
        kubelet.silence(name);
        Instant now = timers.instant();
        store.update(Kind.NODE, "", name, node -> {
            Conditions.set(node, "Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", now);
            JsonObject spec = Json.make(node, "spec");
            JsonArray taints = spec.get("taints") instanceof JsonArray some ? some : new JsonArray();
            for (String effect : List.of("NoSchedule", "NoExecute")) {
                taints.add(Json.of("key", UNREACHABLE, "effect", effect, "timeAdded", now));
            }
            spec.add("taints", taints);
            return node;
        });
        for (PodWork work : kubelet.on(name)) {
            store.touch(Kind.POD, work.namespace(), work.name(), pod -> {
                if (!Kubelet.ended(pod)) {
                    Conditions.set(pod, "Ready", "False", null, null, now);
                }
                return pod;
            });
            timers.after(patience(work.find()), () -> evict(work));
        }
    }

    private static Duration patience(JsonObject pod) {
        long least = Long.MAX_VALUE;
        for (JsonObject toleration : Json.objects(pod, "spec", "tolerations")) {
            if (tolerates(toleration, UNREACHABLE, "", "NoExecute") && Json.has(toleration, "tolerationSeconds")) {
                least = Math.min(least, Json.number(toleration, 0, "tolerationSeconds"));
            }
        }
        return least == Long.MAX_VALUE ? Duration.ofDays(365) : Duration.ofSeconds(least);
    }

    private void evict(PodWork work) {
        JsonObject node = store.find(Kind.NODE, "", work.node());
        JsonObject pod = store.find(Kind.POD, work.namespace(), work.name());
        if (node == null || pod == null || Conditions.isTrue(node, "Ready") || Kubelet.ended(pod)) {
            return;
        }
        disrupt(work, "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint");
        writes.delete(Kind.POD, work.namespace(), work.name(), new JsonObject(), false);
    }

    void disrupt(PodWork work, String reason, String message) {
        store.touch(Kind.POD, work.namespace(), work.name(), pod -> {
            Conditions.set(pod, "DisruptionTarget", "True", reason, message, timers.instant());
            return pod;
        });
    }

    void back(String name) {
        Instant now = timers.instant();
        store.update(Kind.NODE, "", name, node -> {
            Conditions.set(node, "Ready", "True", "KubeletReady", "kubelet is posting ready status", now);
            var left = new JsonArray();
            Json.objects(node, "spec", "taints").stream()
                    .filter(taint -> !Json.string(taint, "key").equals(UNREACHABLE))
                    .forEach(left::add);
            Json.put(Json.make(node, "spec"), "taints", left.isEmpty() ? null : left);
            return node;
        });
        kubelet.hear(name);
    }

    /** The node is gone for good: what ran there ends, and its pods are collected. */
    void remove(String name) {
        store.remove(Kind.NODE, "", name);
        for (PodWork work : kubelet.on(name)) {
            disrupt(work, "DeletionByPodGC", "PodGC: node no longer exists");
            store.touch(Kind.POD, work.namespace(), work.name(), pod -> {
                if (!Kubelet.ended(pod)) {
                    Json.put(Json.make(pod, "status"), "phase", "Failed");
                }
                return pod;
            });
            writes.delete(Kind.POD, work.namespace(), work.name(), Json.of("gracePeriodSeconds", 0), false);
        }
    }

    static boolean tolerates(JsonObject pod, JsonObject taint) {
        return Json.objects(pod, "spec", "tolerations").stream()
                .anyMatch(toleration -> tolerates(
                        toleration,
                        Json.string(taint, "key"),
                        Json.string(taint, "value"),
                        Json.string(taint, "effect")));
    }

    private static boolean tolerates(JsonObject toleration, String key, String value, String effect) {
        String wantedEffect = Json.string(toleration, "effect");
        if (!wantedEffect.isEmpty() && !wantedEffect.equals(effect)) {
            return false;
        }
        boolean exists = Json.string(toleration, "operator").equals("Exists");
        String wantedKey = Json.string(toleration, "key");
        if (wantedKey.isEmpty()) {
            return exists;
        }
        return wantedKey.equals(key)
                && (exists || Json.string(toleration, "value").equals(value));
    }
}
