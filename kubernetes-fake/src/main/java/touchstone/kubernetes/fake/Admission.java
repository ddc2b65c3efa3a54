package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** Refuses (403) what may not come into a namespace: it is going, a quota is used up, a name is unknown. */
final class Admission {
    private final Store store;

    Admission(Store store) {
        this.store = store;
    }

    void admit(Kind kind, String namespace, JsonObject object) {
        if (!kind.namespaced()) {
            return;
        }
        JsonObject house = store.get(Kind.NAMESPACE, "", namespace);
        if (Json.deleting(house)) {
            throw Failure.terminating(kind, Json.name(object), namespace);
        }
        if (kind == Kind.POD) {
            names(namespace, object);
            if (Json.string(house, "metadata", "labels", "pod-security.kubernetes.io/enforce")
                    .equals("restricted")) {
                PodSecurity.refuse(object);
            }
        }
        if (store.find(kind, namespace, Json.name(object)) == null) {
            for (JsonObject quota : store.list(Kind.RESOURCE_QUOTA, namespace)) {
                quota(kind, namespace, object, quota);
            }
        }
    }

    private void names(String namespace, JsonObject pod) {
        String account = Json.string(pod, "spec", "serviceAccountName");
        if (store.find(Kind.SERVICE_ACCOUNT, namespace, account) == null) {
            throw Failure.forbidden(
                    Kind.POD,
                    Json.name(pod),
                    "error looking up service account %s/%s: serviceaccount \"%s\" not found"
                            .formatted(namespace, account, account));
        }
        String priority = Json.string(pod, "spec", "priorityClassName");
        if (!priority.isEmpty()) {
            JsonObject priorityClass = store.find(Kind.PRIORITY_CLASS, "", priority);
            if (priorityClass == null) {
                throw Failure.forbidden(
                        Kind.POD, Json.name(pod), "no PriorityClass with name %s was found".formatted(priority));
            }
            Json.put(Json.make(pod, "spec"), "priority", Json.number(priorityClass, 0, "value"));
        }
    }

    private void quota(Kind kind, String namespace, JsonObject object, JsonObject quota) {
        Map<String, BigDecimal> hard = Amounts.of(quota, "spec", "hard");
        Map<String, BigDecimal> requested = new TreeMap<>(charge(kind, object));
        requested.keySet().retainAll(hard.keySet());
        if (kind == Kind.POD) {
            refuseUnset(object, quota, hard);
        }
        Map<String, BigDecimal> used = new TreeMap<>();
        if (!requested.isEmpty()) {
            for (JsonObject other : store.list(kind, namespace)) {
                charge(kind, other).forEach((name, amount) -> used.merge(name, amount, BigDecimal::add));
            }
        }
        var over = new TreeMap<String, BigDecimal>();
        requested.forEach((name, amount) -> {
            if (used.getOrDefault(name, BigDecimal.ZERO).add(amount).compareTo(hard.get(name)) > 0) {
                over.put(name, amount);
            }
        });
        if (!over.isEmpty()) {
            throw Failure.forbidden(
                    kind,
                    Json.name(object),
                    "exceeded quota: %s, requested: %s, used: %s, limited: %s"
                            .formatted(Json.name(quota), told(over, over), told(over, used), told(over, hard)));
        }
    }

    private static void refuseUnset(JsonObject pod, JsonObject quota, Map<String, BigDecimal> hard) {
        for (String name : hard.keySet()) {
            boolean isLimit = name.startsWith("limits.");
            String resource = name.replaceFirst("^(requests|limits)\\.", "");
            if (!resource.equals("cpu") && !resource.equals("memory")) {
                continue;
            }
            for (JsonObject container : Json.objects(pod, "spec", "containers")) {
                if (!Json.has(container, "resources", isLimit ? "limits" : "requests", resource)) {
                    throw Failure.forbidden(
                            Kind.POD,
                            Json.name(pod),
                            "failed quota: %s: must specify %s for: %s"
                                    .formatted(Json.name(quota), name, Json.string(container, "name")));
                }
            }
        }
    }

    private static Map<String, BigDecimal> charge(Kind kind, JsonObject object) {
        var charge = new TreeMap<String, BigDecimal>();
        charge.put("count/" + kind.qualified(), BigDecimal.ONE);
        if (kind != Kind.POD) {
            charge.put(kind.plural(), BigDecimal.ONE);
            return charge;
        }
        if (!Kubelet.ended(object)) {
            charge.put("pods", BigDecimal.ONE);
            Amounts.ofPod(object, "requests").forEach((name, amount) -> {
                charge.put("requests." + name, amount);
                if (!name.contains("/")) {
                    charge.put(name, amount);
                }
            });
            Amounts.ofPod(object, "limits").forEach((name, amount) -> charge.put("limits." + name, amount));
        }
        return charge;
    }

    private static String told(Map<String, BigDecimal> names, Map<String, BigDecimal> amounts) {
        var text = new StringJoiner(",");
        names.keySet()
                .forEach(name -> text.add(name + "=" + Amounts.text(amounts.getOrDefault(name, BigDecimal.ZERO))));
        return text.toString();
    }
}
