package touchstone.kubernetes.fake;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.models.CoreV1Event;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1Node;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PriorityClass;
import io.kubernetes.client.openapi.models.V1ResourceQuota;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import java.io.IOException;
import java.util.Optional;

/** The kinds that are kept. */
enum Kind {
    NAMESPACE("", "namespaces", "Namespace", false, V1Namespace::validateJsonElement),
    NODE("", "nodes", "Node", false, V1Node::validateJsonElement),
    POD("", "pods", "Pod", true, V1Pod::validateJsonElement),
    CONFIG_MAP("", "configmaps", "ConfigMap", true, V1ConfigMap::validateJsonElement),
    VOLUME_CLAIM(
            "", "persistentvolumeclaims", "PersistentVolumeClaim", true, V1PersistentVolumeClaim::validateJsonElement),
    SECRET("", "secrets", "Secret", true, V1Secret::validateJsonElement),
    SERVICE("", "services", "Service", true, V1Service::validateJsonElement),
    SERVICE_ACCOUNT("", "serviceaccounts", "ServiceAccount", true, V1ServiceAccount::validateJsonElement),
    RESOURCE_QUOTA("", "resourcequotas", "ResourceQuota", true, V1ResourceQuota::validateJsonElement),
    EVENT("", "events", "Event", true, CoreV1Event::validateJsonElement),
    JOB("batch", "jobs", "Job", true, V1Job::validateJsonElement),
    NETWORK_POLICY("networking.k8s.io", "networkpolicies", "NetworkPolicy", true, V1NetworkPolicy::validateJsonElement),
    PRIORITY_CLASS(
            "scheduling.k8s.io", "priorityclasses", "PriorityClass", false, V1PriorityClass::validateJsonElement);

    private interface Fields {
        void check(JsonElement element) throws IOException;
    }

    private final String group;
    private final String plural;
    private final String kind;
    private final boolean namespaced;
    private final Fields fields;

    Kind(String group, String plural, String kind, boolean namespaced, Fields fields) {
        this.group = group;
        this.plural = plural;
        this.kind = kind;
        this.namespaced = namespaced;
        this.fields = fields;
    }

    static Optional<Kind> of(String group, String plural) {
        for (Kind kind : values()) {
            if (kind.group.equals(group) && kind.plural.equals(plural)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    String group() {
        return group;
    }

    String plural() {
        return plural;
    }

    String kind() {
        return kind;
    }

    boolean namespaced() {
        return namespaced;
    }

    String apiVersion() {
        return group.isEmpty() ? "v1" : group + "/v1";
    }

    /** As messages name it: {@code pods}, {@code jobs.batch}. */
    String qualified() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    boolean hasStatus() {
        return switch (this) {
            case NAMESPACE, NODE, POD, SERVICE, RESOURCE_QUOTA, JOB -> true;
            case CONFIG_MAP, VOLUME_CLAIM, SECRET, SERVICE_ACCOUNT, EVENT, NETWORK_POLICY, PRIORITY_CLASS -> false;
        };
    }

    JsonObject details(String name) {
        return Json.of("name", name.isEmpty() ? null : name, "group", group.isEmpty() ? null : group, "kind", plural);
    }

    /** Refuses an object with a field that its kind does not have. */
    void refuseUnknownFields(JsonObject object) {
        try {
            fields.check(object);
        } catch (IllegalArgumentException | IOException e) {
            String told = String.valueOf(e.getMessage());
            if (told.startsWith("The field `") && told.contains("` in the JSON string is not defined")) {
                String field = told.substring(11, told.indexOf('`', 11));
                throw Failure.badRequest(
                        "%s in version \"v1\" cannot be handled as a %s: strict decoding error: unknown field \"%s\""
                                .formatted(kind, kind, field));
            }
        }
    }
}
