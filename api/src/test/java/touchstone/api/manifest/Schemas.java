package touchstone.api.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What may stand in a document. Kubernetes' own kinds are held against the client's model classes, which refuse unknown fields and
 * miss none that is required; of others, which the client does not know, the fields that we use are listed here.
 */
final class Schemas {
    private static final String MODELS = "io.kubernetes.client.openapi.models.V1";

    /** Which group a kind is of; the model classes do not look. */
    private static final Map<String, String> BUILT_IN = Map.ofEntries(
            Map.entry("Namespace", "v1"),
            Map.entry("ServiceAccount", "v1"),
            Map.entry("Service", "v1"),
            Map.entry("ConfigMap", "v1"),
            Map.entry("Secret", "v1"),
            Map.entry("PersistentVolumeClaim", "v1"),
            Map.entry("ResourceQuota", "v1"),
            Map.entry("LimitRange", "v1"),
            Map.entry("Deployment", "apps/v1"),
            Map.entry("StatefulSet", "apps/v1"),
            Map.entry("PodDisruptionBudget", "policy/v1"),
            Map.entry("Role", "rbac.authorization.k8s.io/v1"),
            Map.entry("RoleBinding", "rbac.authorization.k8s.io/v1"),
            Map.entry("NetworkPolicy", "networking.k8s.io/v1"),
            Map.entry("Ingress", "networking.k8s.io/v1"),
            Map.entry("PriorityClass", "scheduling.k8s.io/v1"));

    /** A path below which every name is allowed ends in {@code .*}; list entries have the path of their list. */
    private static final Map<String, Set<String>> CUSTOM = Map.of(
            "monitoring.coreos.com/v1 ServiceMonitor",
            Set.of(
                    "spec.selector.matchLabels.*",
                    "spec.endpoints.port",
                    "spec.endpoints.path",
                    "spec.endpoints.interval",
                    "spec.endpoints.authorization.credentials.name",
                    "spec.endpoints.authorization.credentials.key"),
            "monitoring.coreos.com/v1 PrometheusRule",
            Set.of(
                    "spec.groups.name",
                    "spec.groups.rules.alert",
                    "spec.groups.rules.expr",
                    "spec.groups.rules.for",
                    "spec.groups.rules.labels.*",
                    "spec.groups.rules.annotations.*"),
            "kueue.x-k8s.io/v1beta2 ResourceFlavor",
            Set.of("spec.nodeLabels.*", "spec.tolerations.key", "spec.tolerations.operator", "spec.tolerations.effect"),
            "kueue.x-k8s.io/v1beta2 ClusterQueue",
            Set.of(
                    "spec.namespaceSelector.matchLabels.*",
                    "spec.queueingStrategy",
                    "spec.preemption.withinClusterQueue",
                    "spec.resourceGroups.coveredResources",
                    "spec.resourceGroups.flavors.name",
                    "spec.resourceGroups.flavors.resources.name",
                    "spec.resourceGroups.flavors.resources.nominalQuota"),
            "kueue.x-k8s.io/v1beta2 LocalQueue",
            Set.of("spec.clusterQueue"),
            "cert-manager.io/v1 Issuer",
            Set.of("spec.selfSigned", "spec.ca.secretName"),
            "cert-manager.io/v1 Certificate",
            Set.of(
                    "spec.isCA",
                    "spec.commonName",
                    "spec.secretName",
                    "spec.dnsNames",
                    "spec.duration",
                    "spec.privateKey.algorithm",
                    "spec.privateKey.size",
                    "spec.privateKey.encoding",
                    "spec.privateKey.rotationPolicy",
                    "spec.issuerRef.name"));

    private static final Set<String> OF_ALL = Set.of(
            "apiVersion", "kind", "metadata.name", "metadata.namespace", "metadata.labels.*", "metadata.annotations.*");

    private Schemas() {}

    /** Throws {@link AssertionError} that names the document and what is wrong with it. */
    static void demand(JsonNode document) {
        String kind = document.path("kind").asText();
        String version = document.path("apiVersion").asText();
        String what = version + " " + kind + " " + document.at("/metadata/name").asText();
        if (BUILT_IN.containsKey(kind)) {
            if (!version.equals(BUILT_IN.get(kind)))
                throw new AssertionError(what + ": the version is " + BUILT_IN.get(kind));
            demandModel(what, kind, JsonParser.parseString(document.toString()));
        } else {
            Set<String> known = CUSTOM.get(version + " " + kind);
            if (known == null) throw new AssertionError(what + ": nobody knows this kind");
            List<String> unknown = new ArrayList<>();
            collectUnknown(document, "", known, unknown);
            if (!unknown.isEmpty()) throw new AssertionError(what + ": unknown fields " + unknown);
        }
    }

    private static void demandModel(String what, String kind, JsonElement document) {
        try {
            Class.forName(MODELS + kind)
                    .getMethod("validateJsonElement", JsonElement.class)
                    .invoke(null, document);
        } catch (InvocationTargetException e) {
            throw new AssertionError(what + ": " + e.getCause().getMessage(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(what + ": the client has no model of it", e);
        }
    }

    private static void collectUnknown(JsonNode node, String path, Set<String> known, List<String> unknown) {
        if (node.isArray()) {
            node.forEach(entry -> collectUnknown(entry, path, known, unknown));
            return;
        }
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(field -> collectUnknown(
                            field.getValue(),
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                            known,
                            unknown));
            return;
        }
        if (!isKnown(path, known) && !isKnown(path, OF_ALL)) unknown.add(path);
    }

    private static boolean isKnown(String path, Set<String> known) {
        return known.stream()
                .anyMatch(field -> field.endsWith(".*")
                        ? path.startsWith(field.substring(0, field.length() - 1))
                        : path.equals(field));
    }
}
