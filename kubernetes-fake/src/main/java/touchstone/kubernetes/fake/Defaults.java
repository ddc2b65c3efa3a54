package touchstone.kubernetes.fake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** What a server adds to an object that leaves it open. */
final class Defaults {
    private Defaults() {}

    static void set(Kind kind, JsonObject object) {
        switch (kind) {
            case JOB -> job(object);
            case POD -> pod(Json.make(object, "spec"), object);
            case SECRET -> secret(object);
            case NAMESPACE -> namespace(object);
            case RESOURCE_QUOTA -> Json.make(object, "spec");
            case NETWORK_POLICY -> Json.make(object, "spec", "podSelector");
            case CONFIG_MAP, VOLUME_CLAIM, SERVICE, SERVICE_ACCOUNT, EVENT, NODE, PRIORITY_CLASS -> {}
        }
    }

    private static void namespace(JsonObject object) {
        Json.make(object, "metadata", "labels").addProperty("kubernetes.io/metadata.name", Json.name(object));
        Json.putIfAbsent(Json.make(object, "status"), "phase", "Active");
        Json.make(object, "spec").add("finalizers", texts("kubernetes"));
    }

    private static void secret(JsonObject secret) {
        Json.putIfAbsent(secret, "type", "Opaque");
        if (secret.remove("stringData") instanceof JsonObject plain) {
            JsonObject data = Json.make(secret, "data");
            plain.entrySet()
                    .forEach(entry -> data.addProperty(
                            entry.getKey(),
                            Base64.getEncoder()
                                    .encodeToString(
                                            entry.getValue().getAsString().getBytes(StandardCharsets.UTF_8))));
        }
    }

    private static void job(JsonObject job) {
        JsonObject spec = Json.make(job, "spec");
        String uid = Json.uid(job);
        if (!Json.has(spec, "completions") && !Json.has(spec, "parallelism")) {
            Json.put(spec, "completions", 1);
        }
        Json.putIfAbsent(spec, "parallelism", 1);
        Json.putIfAbsent(spec, "backoffLimit", 6);
        Json.putIfAbsent(spec, "completionMode", "NonIndexed");
        Json.putIfAbsent(spec, "suspend", false);
        Json.putIfAbsent(
                spec, "podReplacementPolicy", Json.has(spec, "podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
        Json.make(spec, "selector", "matchLabels").addProperty("batch.kubernetes.io/controller-uid", uid);
        JsonObject labels = Json.make(spec, "template", "metadata", "labels");
        labels.addProperty("batch.kubernetes.io/controller-uid", uid);
        labels.addProperty("batch.kubernetes.io/job-name", Json.name(job));
        labels.addProperty("controller-uid", uid);
        labels.addProperty("job-name", Json.name(job));
        podSpec(Json.make(spec, "template", "spec"));
        Json.make(job, "status");
    }

    private static void pod(JsonObject spec, JsonObject pod) {
        podSpec(spec);
        Json.putIfAbsent(spec, "enableServiceLinks", true);
        Json.putIfAbsent(spec, "preemptionPolicy", "PreemptLowerPriority");
        Json.putIfAbsent(spec, "priority", 0);
        if (!Json.has(spec, "serviceAccountName")) {
            Json.put(spec, "serviceAccountName", "default");
        }
        Json.put(spec, "serviceAccount", Json.string(spec, "serviceAccountName"));
        tolerateForAWhile(spec, "node.kubernetes.io/not-ready");
        tolerateForAWhile(spec, "node.kubernetes.io/unreachable");
        JsonObject status = Json.make(pod, "status");
        Json.putIfAbsent(status, "phase", "Pending");
        Json.putIfAbsent(status, "qosClass", qosClass(pod));
    }

    private static void tolerateForAWhile(JsonObject spec, String taint) {
        if (Json.objects(spec, "tolerations").stream()
                .anyMatch(toleration -> Json.string(toleration, "key").equals(taint)
                        || !Json.has(toleration, "key")
                                && Json.string(toleration, "operator").equals("Exists"))) {
            return;
        }
        JsonArray tolerations = spec.get("tolerations") instanceof JsonArray some ? some : new JsonArray();
        tolerations.add(Json.of("key", taint, "operator", "Exists", "effect", "NoExecute", "tolerationSeconds", 300));
        spec.add("tolerations", tolerations);
    }

    private static String qosClass(JsonObject pod) {
        boolean none = true;
        boolean guaranteed = true;
        for (String list : List.of("initContainers", "containers")) {
            for (JsonObject container : Json.objects(pod, "spec", list)) {
                var requests = Amounts.of(container, "resources", "requests");
                var limits = Amounts.of(container, "resources", "limits");
                for (String resource : List.of("cpu", "memory")) {
                    none &= !requests.containsKey(resource) && !limits.containsKey(resource);
                    guaranteed &= limits.containsKey(resource)
                            && limits.get(resource).compareTo(requests.getOrDefault(resource, limits.get(resource)))
                                    == 0;
                }
            }
        }
        if (none) {
            return "BestEffort";
        }
        return guaranteed ? "Guaranteed" : "Burstable";
    }

    private static void podSpec(JsonObject spec) {
        Json.putIfAbsent(spec, "dnsPolicy", "ClusterFirst");
        Json.putIfAbsent(spec, "schedulerName", "default-scheduler");
        Json.putIfAbsent(spec, "terminationGracePeriodSeconds", 30);
        Json.putIfAbsent(spec, "securityContext", new JsonObject());
        for (String list : List.of("initContainers", "containers")) {
            for (JsonObject container : Json.objects(spec, list)) {
                container(container);
            }
        }
        for (JsonObject volume : Json.objects(spec, "volumes")) {
            if (volume.get("secret") instanceof JsonObject secret) {
                Json.putIfAbsent(secret, "defaultMode", 420);
            }
            if (volume.get("configMap") instanceof JsonObject configMap) {
                Json.putIfAbsent(configMap, "defaultMode", 420);
            }
            if (volume.get("hostPath") instanceof JsonObject hostPath) {
                Json.putIfAbsent(hostPath, "type", "");
            }
        }
    }

    private static void container(JsonObject container) {
        Json.putIfAbsent(container, "terminationMessagePath", "/dev/termination-log");
        Json.putIfAbsent(container, "terminationMessagePolicy", "File");
        String image = Json.string(container, "image");
        boolean isLatest = image.endsWith(":latest")
                || !image.contains("@")
                        && !image.substring(image.lastIndexOf('/') + 1).contains(":");
        Json.putIfAbsent(container, "imagePullPolicy", isLatest ? "Always" : "IfNotPresent");
        JsonObject resources = Json.make(container, "resources");
        Json.object(resources, "limits")
                .entrySet()
                .forEach(limit -> Json.putIfAbsent(Json.make(resources, "requests"), limit.getKey(), limit.getValue()));
    }

    static JsonArray texts(String... texts) {
        var array = new JsonArray();
        for (String text : texts) {
            array.add(text);
        }
        return array;
    }
}
