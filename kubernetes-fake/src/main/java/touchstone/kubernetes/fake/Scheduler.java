package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Gives pods their nodes: by room, node selector and taints. It does not preempt by itself. */
final class Scheduler {
    private static final BigDecimal PODS_MAX = BigDecimal.valueOf(110);

    private record Placement(String node, Map<String, BigDecimal> amounts) {}

    private final Store store;
    private final Timers timers;
    private final Map<String, Placement> placements = new HashMap<>();
    private final Map<String, Map<String, BigDecimal>> used = new HashMap<>();
    private final Map<String, Store.Ref> pending = new LinkedHashMap<>();
    private boolean passSet;

    Scheduler(Store store, Timers timers) {
        this.store = store;
        this.timers = timers;
        store.listen(change -> {
            if (change.kind() == Kind.POD) {
                timers.soon(() -> pod(change.object(), change.type() == Store.Type.DELETED));
            } else if (change.kind() == Kind.NODE || change.kind() == Kind.VOLUME_CLAIM) {
                timers.soon(this::passSoon);
            }
        });
    }

    private void pod(JsonObject pod, boolean isGone) {
        String uid = Json.uid(pod);
        String node = Json.string(pod, "spec", "nodeName");
        boolean isOver = isGone || Kubelet.ended(pod);
        if (isOver || !node.isEmpty()) {
            pending.remove(uid);
        }
        if (isOver) {
            Placement left = placements.remove(uid);
            if (left != null) {
                left.amounts().forEach((name, amount) -> of(left.node()).merge(name, amount.negate(), BigDecimal::add));
                passSoon();
            }
        } else if (!node.isEmpty()) {
            place(pod, node);
        } else if (pending.put(uid, new Store.Ref(Kind.POD, Json.namespace(pod), Json.name(pod))) == null) {
            passSoon();
        }
    }

    private void place(JsonObject pod, String node) {
        if (!placements.containsKey(Json.uid(pod))) {
            var placement = new Placement(node, needs(pod));
            placements.put(Json.uid(pod), placement);
            placement.amounts().forEach((name, amount) -> of(node).merge(name, amount, BigDecimal::add));
        }
    }

    private Map<String, BigDecimal> of(String node) {
        return used.computeIfAbsent(node, name -> new HashMap<>());
    }

    private static Map<String, BigDecimal> needs(JsonObject pod) {
        Map<String, BigDecimal> needs = Amounts.ofPod(pod, "requests");
        needs.put("pods", BigDecimal.ONE);
        return needs;
    }

    private void passSoon() {
        if (!passSet && !pending.isEmpty()) {
            passSet = true;
            timers.soon(this::pass);
        }
    }

    private void pass() {
        passSet = false;
        List<JsonObject> nodes = store.list(Kind.NODE, "");
        List<JsonObject> pods = new ArrayList<>();
        for (Store.Ref ref : List.copyOf(pending.values())) {
            JsonObject pod = store.find(Kind.POD, ref.namespace(), ref.name());
            if (pod != null && Json.string(pod, "spec", "nodeName").isEmpty()) {
                pods.add(pod);
            }
        }
        pods.sort(Comparator.comparing((JsonObject pod) -> -Json.number(pod, 0, "spec", "priority")));
        // Pods that ask for the same find the same: thousands may wait for one kind of card.
        Map<String, String> refused = new HashMap<>();
        for (JsonObject pod : pods) {
            Optional<String> missing = missingClaim(pod);
            if (missing.isPresent()) {
                tellUnschedulable(pod, missing.get());
                continue;
            }
            String wants = needs(pod)
                    + Json.map(pod, "spec", "nodeSelector").toString()
                    + Json.objects(pod, "spec", "tolerations")
                    + nodeTerms(pod);
            if (!refused.containsKey(wants)) {
                var refusals = new Refusals(nodes.size());
                JsonObject node = fitting(pod, nodes, refusals);
                if (node != null) {
                    bind(pod, Json.name(node));
                    continue;
                }
                refused.put(wants, refusals.message());
            }
            tellUnschedulable(pod, refused.getOrDefault(wants, ""));
        }
    }

    /** A claim that is not there keeps a pod from every node. */
    private Optional<String> missingClaim(JsonObject pod) {
        return Json.objects(pod, "spec", "volumes").stream()
                .map(volume -> Json.string(volume, "persistentVolumeClaim", "claimName"))
                .filter(claim -> !claim.isEmpty() && store.find(Kind.VOLUME_CLAIM, Json.namespace(pod), claim) == null)
                .map("persistentvolumeclaim \"%s\" not found"::formatted)
                .findFirst();
    }

    private @Nullable JsonObject fitting(JsonObject pod, List<JsonObject> nodes, Refusals refusals) {
        Map<String, BigDecimal> needs = needs(pod);
        JsonObject best = null;
        for (JsonObject node : nodes) {
            if (fits(pod, needs, node, refusals) && (best == null || load(node).compareTo(load(best)) < 0)) {
                best = node;
            }
        }
        return best;
    }

    private BigDecimal load(JsonObject node) {
        return of(Json.name(node)).getOrDefault("pods", BigDecimal.ZERO);
    }

    private boolean fits(JsonObject pod, Map<String, BigDecimal> needs, JsonObject node, Refusals refusals) {
        if (Json.flag(node, "spec", "unschedulable")) {
            return refusals.add("node(s) were unschedulable");
        }
        for (JsonObject taint : Json.objects(node, "spec", "taints")) {
            if (!Json.string(taint, "effect").equals("PreferNoSchedule") && !Nodes.tolerates(pod, taint)) {
                return refusals.add("node(s) had untolerated taint(s)");
            }
        }
        Map<String, String> labels = Json.map(node, "metadata", "labels");
        if (!labels.entrySet().containsAll(Json.map(pod, "spec", "nodeSelector").entrySet())
                || !isDemanded(node, nodeTerms(pod))) {
            return refusals.add("node(s) didn't match Pod's node affinity/selector");
        }
        Map<String, BigDecimal> room = Amounts.of(node, "status", "allocatable");
        boolean fits = true;
        boolean isEverPossible = true;
        for (Map.Entry<String, BigDecimal> need : needs.entrySet()) {
            String name = need.getKey();
            BigDecimal all = room.getOrDefault(name, name.equals("pods") ? PODS_MAX : BigDecimal.ZERO);
            BigDecimal taken = of(Json.name(node)).getOrDefault(name, BigDecimal.ZERO);
            if (taken.add(need.getValue()).compareTo(all) > 0) {
                isEverPossible &= need.getValue().compareTo(all) <= 0;
                fits = refusals.add(name.equals("pods") ? "Too many pods" : "Insufficient " + name);
            }
        }
        if (!fits && isEverPossible) {
            refusals.preemptible++;
        }
        return fits;
    }

    private static List<JsonObject> nodeTerms(JsonObject pod) {
        return Json.objects(
                pod,
                "spec",
                "affinity",
                "nodeAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution",
                "nodeSelectorTerms");
    }

    /** One of the terms must hold whole. */
    private static boolean isDemanded(JsonObject node, List<JsonObject> terms) {
        Map<String, String> labels = Json.map(node, "metadata", "labels");
        return terms.isEmpty()
                || terms.stream()
                        .anyMatch(term -> Json.objects(term, "matchFields").stream()
                                        .allMatch(field -> isDemanded(Json.name(node), field))
                                && Json.objects(term, "matchExpressions").stream()
                                        .allMatch(label -> isDemanded(labels.get(Json.string(label, "key")), label)));
    }

    /**
     * Of the operators this knows the two that take values.
     *
     * @param there null = the node has no such label
     */
    private static boolean isDemanded(@Nullable String there, JsonObject requirement) {
        boolean isNamed = there != null && requirement.getAsJsonArray("values").contains(new JsonPrimitive(there));
        return switch (Json.string(requirement, "operator")) {
            case "In" -> isNamed;
            case "NotIn" -> !isNamed;
            default -> throw new IllegalArgumentException("no operator that is played here: " + requirement);
        };
    }

    private void bind(JsonObject pod, String node) {
        Instant now = timers.instant();
        place(pod, node);
        pending.remove(Json.uid(pod));
        store.touch(Kind.POD, Json.namespace(pod), Json.name(pod), copy -> {
            Json.make(copy, "spec").addProperty("nodeName", node);
            Conditions.set(copy, "PodScheduled", "True", null, null, now);
            return copy;
        });
    }

    private void tellUnschedulable(JsonObject pod, String message) {
        Instant now = timers.instant();
        store.touch(Kind.POD, Json.namespace(pod), Json.name(pod), copy -> {
            Conditions.set(copy, "PodScheduled", "False", "Unschedulable", message, now);
            return copy;
        });
    }

    /** Why no node would do, in the scheduler's own words. */
    private static final class Refusals {
        private final int nodes;
        private final Map<String, Integer> reasons = new TreeMap<>();
        private int preemptible;

        private Refusals(int nodes) {
            this.nodes = nodes;
        }

        private boolean add(String reason) {
            reasons.merge(reason, 1, Integer::sum);
            return false;
        }

        private String message() {
            if (nodes == 0) {
                return "no nodes available to schedule pods";
            }
            var preemption = new ArrayList<String>();
            if (preemptible > 0) {
                preemption.add(preemptible + " No preemption victims found for incoming pod");
            }
            if (preemptible < nodes) {
                preemption.add((nodes - preemptible) + " Preemption is not helpful for scheduling");
            }
            return "0/%d nodes are available: %s. preemption: 0/%d nodes are available: %s."
                    .formatted(
                            nodes,
                            reasons.entrySet().stream()
                                    .map(reason -> reason.getValue() + " " + reason.getKey())
                                    .sorted()
                                    .collect(Collectors.joining(", ")),
                            nodes,
                            String.join(", ", preemption));
        }
    }
}
