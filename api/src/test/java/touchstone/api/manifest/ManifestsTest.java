package touchstone.api.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubernetes.client.custom.Quantity;
import io.micronaut.context.env.DefaultEnvironment;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.core.naming.NameUtils;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.api.app.TestHouse;
import touchstone.api.runner.kubernetes.KubernetesConfig;

/** The manifests as a cluster would take them: rendered, held against its schemas, and against what this product promises. */
class ManifestsTest {
    private static final String BASE = "base";
    private static final String LOCAL = "overlays/local";
    private static final String GPU = "overlays/gpu";
    private static final String KUEUE = "overlays/kueue";
    private static final String JOBS = "touchstone-jobs";
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {BASE, LOCAL, GPU, KUEUE})
    void everyDocumentIsAsTheClusterKnowsIt(String folder) {
        List<JsonNode> documents = Manifests.render(folder);
        assertTrue(documents.size() >= 20, folder + " has " + documents.size());
        documents.forEach(Schemas::demand);
        assertEquals(List.of(), of(folder, "Secret"), "no secret is rendered");
    }

    @Test
    void theSchemasRefuseWhatNobodyKnows() {
        JsonNode server = server(BASE).deepCopy();
        ((ObjectNode) server.at("/spec/template/spec/containers/0")).put("imagePullPolice", "Always");
        AssertionError refused = assertThrows(AssertionError.class, () -> Schemas.demand(server));
        assertTrue(refused.getMessage().contains("imagePullPolice"), refused.getMessage());
        JsonNode queue = of(KUEUE, "ClusterQueue").getFirst().deepCopy();
        ((ObjectNode) queue.path("spec")).put("cohort", "all");
        assertThrows(AssertionError.class, () -> Schemas.demand(queue));
    }

    @Test
    void theExamplesAreFilledInByAnOperator() {
        for (JsonNode document : Manifests.examples()) {
            Schemas.demand(document);
            if (!document.path("kind").asText().equals("Secret")) continue;
            for (String part : List.of("data", "stringData"))
                document.path(part).forEach(value -> assertTrue(value.asText().contains("FILL-IN"), value::asText));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, LOCAL, GPU, KUEUE})
    void everyPodIsRestricted(String folder) {
        List<JsonNode> pods = pods(folder);
        assertEquals(folder.equals(LOCAL) ? 2 : 1, pods.size());
        for (JsonNode pod : pods) {
            JsonNode context = pod.path("securityContext");
            assertTrue(context.path("runAsNonRoot").asBoolean(), pod::toString);
            assertTrue(context.path("runAsUser").asInt() > 0, pod::toString);
            assertEquals("RuntimeDefault", context.at("/seccompProfile/type").asText());
            for (String host : List.of("hostNetwork", "hostPID", "hostIPC")) assertFalse(pod.has(host), host);
            assertTrue(pod.has("automountServiceAccountToken"), "says whether it wants a token");
            pod.path("volumes").forEach(ManifestsTest::demandHarmless);
            containers(pod).forEach(ManifestsTest::demandRestricted);
        }
    }

    private static void demandHarmless(JsonNode volume) {
        Set<String> kinds = new HashSet<>();
        volume.fieldNames().forEachRemaining(kinds::add);
        kinds.remove("name");
        assertTrue(
                Set.of("emptyDir", "secret", "configMap", "persistentVolumeClaim")
                        .containsAll(kinds),
                volume::toString);
        if (kinds.contains("emptyDir")) assertTrue(volume.at("/emptyDir").has("sizeLimit"), volume::toString);
    }

    private static void demandRestricted(JsonNode container) {
        JsonNode context = container.path("securityContext");
        assertFalse(context.path("allowPrivilegeEscalation").asBoolean(true), container::toString);
        assertTrue(context.path("readOnlyRootFilesystem").asBoolean(), container::toString);
        assertEquals("[\"ALL\"]", context.at("/capabilities/drop").toString());
        assertFalse(context.at("/capabilities").has("add"), container::toString);
        JsonNode resources = container.path("resources");
        assertEquals(resources.path("requests"), resources.path("limits"), "nothing is promised twice");
        for (String resource : List.of("cpu", "memory", "ephemeral-storage"))
            assertTrue(resources.path("limits").has(resource), container::toString);
        String image = container.path("image").asText();
        // Ours by their version, until an operator writes the digest that a registry printed.
        assertTrue(image.matches(".+@sha256:[0-9a-f]{64}|.+/touchstone/[a-z-]+:[0-9]+\\.[0-9]+\\.[0-9]+"), image);
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, LOCAL, GPU, KUEUE})
    void theServerMayDoThisAndNothingElse(String folder) throws IOException {
        assertEquals(List.of(), of(folder, "ClusterRole"));
        assertEquals(List.of(), of(folder, "ClusterRoleBinding"));
        JsonNode role = only(of(folder, "Role"));
        assertEquals(JOBS, namespace(role));
        assertEquals(JSON.readTree("""
                        [{"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["create", "get", "list", "watch", "delete"]},
                         {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]},
                         {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
                         {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create", "delete"]}]
                        """), role.path("rules"));
        JsonNode binding = only(of(folder, "RoleBinding"));
        assertEquals(JOBS, namespace(binding));
        assertEquals(JSON.readTree("""
                        [{"kind": "ServiceAccount", "name": "touchstone", "namespace": "touchstone"}]
                        """), binding.path("subjects"));
        assertEquals(role.at("/metadata/name"), binding.at("/roleRef/name"));
        assertEquals(
                "touchstone",
                server(folder).at("/spec/template/spec/serviceAccountName").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, LOCAL, GPU, KUEUE})
    void aJobReachesTheServerAndNothingElse(String folder) {
        List<JsonNode> policies = of(folder, "NetworkPolicy").stream()
                .filter(policy -> namespace(policy).equals(JOBS))
                .map(policy -> policy.path("spec"))
                .toList();
        assertTrue(
                policies.stream()
                        .anyMatch(policy -> policy.path("podSelector").isEmpty()
                                && policy.path("policyTypes").toString().equals("[\"Ingress\",\"Egress\"]")
                                && !policy.has("ingress")
                                && !policy.has("egress")),
                "all that is not allowed is refused");
        JsonNode allowed = null;
        for (JsonNode policy : policies) {
            assertFalse(policy.has("ingress"), "nobody calls a job");
            for (JsonNode egress : policy.path("egress")) {
                assertEquals(null, allowed, "one way out");
                allowed = egress;
            }
        }
        assertTrue(allowed != null);
        assertEquals("[{\"protocol\":\"TCP\",\"port\":8443}]", sorted(allowed.path("ports")), "no name server");
        JsonNode to = only(list(allowed.path("to")));
        assertEquals(
                "touchstone",
                to.at("/namespaceSelector/matchLabels")
                        .path("kubernetes.io/metadata.name")
                        .asText());
        assertEquals(labels(server(folder)), to.at("/podSelector/matchLabels"));
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, LOCAL, GPU, KUEUE})
    void theServerHearsJobsAtTheirPortAndNobodyElseThere(String folder) throws IOException {
        JsonNode policy = only(of(
                        folder,
                        "NetworkPolicy",
                        one -> namespace(one).equals("touchstone") && name(one).equals("server")))
                .path("spec");
        assertEquals(labels(server(folder)), policy.at("/podSelector/matchLabels"));
        assertEquals(JSON.readTree("""
                        [{"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "touchstone-jobs"}}}],
                          "ports": [{"protocol": "TCP", "port": 8443}]},
                         {"from": [{"namespaceSelector": {"matchLabels": {"touchstone/may-reach-server": "yes"}}}],
                          "ports": [{"protocol": "TCP", "port": 8080}]}]
                        """), policy.path("ingress"));
    }

    /** While machines are emptied one by one a server stays. */
    @ParameterizedTest
    @ValueSource(strings = {BASE, LOCAL, GPU, KUEUE})
    void oneServerAtATimeMayBeSentAway(String folder) {
        JsonNode budget = only(of(folder, "PodDisruptionBudget"));
        assertEquals(namespace(server(folder)), namespace(budget));
        assertEquals(1, budget.at("/spec/maxUnavailable").asInt());
        assertEquals(labels(server(folder)), budget.at("/spec/selector/matchLabels"));
        assertEquals(
                folder.equals(LOCAL) ? 1 : 2,
                server(folder).at("/spec/replicas").asInt());
    }

    private static String sorted(JsonNode ports) {
        List<String> texts = new ArrayList<>();
        ports.forEach(
                port -> texts.add("{\"protocol\":" + port.path("protocol") + ",\"port\":" + port.path("port") + "}"));
        return texts.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, LOCAL, GPU, KUEUE})
    void bothNamespacesTakeRestrictedPodsAlone(String folder) {
        Set<String> names = new HashSet<>();
        for (JsonNode namespace : of(folder, "Namespace")) {
            names.add(name(namespace));
            assertEquals(
                    "restricted",
                    namespace
                            .at("/metadata/labels")
                            .path("pod-security.kubernetes.io/enforce")
                            .asText());
        }
        assertEquals(Set.of("touchstone", JOBS), names);
        JsonNode account =
                only(of(folder, "ServiceAccount", one -> namespace(one).equals(JOBS)));
        assertFalse(account.path("automountServiceAccountToken").asBoolean(true), "a job gets no token");
        assertTrue(only(of(folder, "ResourceQuota")).at("/spec/hard").has("limits.ephemeral-storage"));
    }

    /** What a LimitRange names under {@code max} alone, the API server makes the default of every container. */
    @ParameterizedTest
    @ValueSource(strings = {BASE, LOCAL, GPU, KUEUE})
    void noJobGetsACardThatItDidNotAskFor(String folder) {
        JsonNode limits = only(of(folder, "LimitRange"));
        assertEquals(JOBS, namespace(limits));
        JsonNode limit = only(list(limits.at("/spec/limits")));
        assertEquals("Container", limit.path("type").asText());
        for (String part : List.of("default", "defaultRequest", "max")) {
            assertEquals(
                    Set.of("cpu", "memory", "ephemeral-storage"),
                    keys(limit.path(part)),
                    "no card is given by " + part);
        }
    }

    /** The memory that a job's pod asks for, in all overlays but Kueue's, which lets no more start than it has room for. */
    @ParameterizedTest
    @ValueSource(strings = {BASE, LOCAL, GPU})
    void theJobsThatRunAtATimeFitIntoTheNamespace(String folder) {
        String megabytes = setting(folder, "TOUCHSTONE_JUDGING_MEMORY_MEGABYTES");
        BigDecimal one = bytes((megabytes.isEmpty() ? "3072" : megabytes) + "Mi");
        JsonNode limit = only(of(folder, "LimitRange")).at("/spec/limits/0");
        assertTrue(one.compareTo(bytes(limit.at("/max/memory").asText())) <= 0);
        BigDecimal all = one.multiply(new BigDecimal(setting(folder, "TOUCHSTONE_KUBERNETES_JOBS")));
        JsonNode quota = only(of(folder, "ResourceQuota")).at("/spec/hard");
        assertTrue(all.compareTo(bytes(quota.path("requests.memory").asText())) <= 0);
    }

    private static BigDecimal bytes(String quantity) {
        return Quantity.fromString(quantity).getNumber();
    }

    private static Set<String> keys(JsonNode object) {
        Set<String> keys = new HashSet<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    /** What the page tells an operator to write, in an overlay of theirs. */
    @Test
    void aRegistryWithAPasswordLetsInTheServerAndItsJobs(@TempDir Path overlay) throws IOException {
        String page = Files.readString(TestHouse.repository().resolve("docs/kubernetes.md"));
        String patches = only(found("(?m)^    (patches:\n(?:    .+\n)+)", page));
        Path gpu =
                overlay.toRealPath().relativize(Manifests.folder().toRealPath().resolve(GPU));
        Files.writeString(
                overlay.resolve("kustomization.yaml"), "resources: [" + gpu + "]\n" + patches.replace("\n    ", "\n"));
        List<JsonNode> accounts = of(overlay.toString(), "ServiceAccount");
        accounts.forEach(Schemas::demand);
        assertEquals(2, accounts.size(), "the server's and the jobs'");
        for (JsonNode account : accounts)
            assertEquals("registry", account.at("/imagePullSecrets/0/name").asText(), account::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, LOCAL, GPU, KUEUE})
    void whatIsReferredToIsThere(String folder) {
        Set<String> there = new HashSet<>();
        Stream.concat(Manifests.render(folder).stream(), Manifests.examples().stream())
                .forEach(document ->
                        there.add(document.path("kind").asText() + " " + namespace(document) + " " + name(document)));
        for (JsonNode pod : pods(folder)) {
            pod.path("volumes").forEach(volume -> {
                demand(there, "Secret", volume.at("/secret/secretName"));
                demand(there, "ConfigMap", volume.at("/configMap/name"));
                demand(there, "PersistentVolumeClaim", volume.at("/persistentVolumeClaim/claimName"));
            });
            for (JsonNode container : containers(pod)) {
                container.path("env").forEach(one -> demand(there, "Secret", one.at("/valueFrom/secretKeyRef/name")));
                container.path("envFrom").forEach(one -> {
                    demand(there, "Secret", one.at("/secretRef/name"));
                    demand(there, "ConfigMap", one.at("/configMapRef/name"));
                });
            }
        }
        assertTrue(there.contains("ConfigMap " + JOBS + " " + setting(folder, "TOUCHSTONE_KUBERNETES_CA")));
        JsonNode service = only(of(folder, "Service", one -> name(one).equals("touchstone")));
        assertEquals(labels(server(folder)), service.at("/spec/selector"));
    }

    private static void demand(Set<String> there, String kind, JsonNode name) {
        if (!name.isMissingNode())
            assertTrue(there.contains(kind + " touchstone " + name.asText()), kind + " " + name + " of " + there);
    }

    @ParameterizedTest
    @ValueSource(strings = {BASE, LOCAL, GPU, KUEUE})
    void theSettingsFitTheRest(String folder) {
        assertEquals("kubernetes", setting(folder, "TOUCHSTONE_RUNNER"));
        assertEquals(JOBS, setting(folder, "TOUCHSTONE_KUBERNETES_NAMESPACE"));
        assertEquals("https://touchstone.touchstone.svc:8443", setting(folder, "TOUCHSTONE_KUBERNETES_SERVER"));
        assertFalse(setting(folder, "TOUCHSTONE_KUBERNETES_IMAGE").isEmpty());
        assertEquals(
                folder.equals(GPU) || folder.equals(KUEUE),
                !setting(folder, "TOUCHSTONE_KUBERNETES_CUDA_IMAGE").isEmpty());
        assertEquals(folder.equals(KUEUE) ? "touchstone" : "", setting(folder, "TOUCHSTONE_KUBERNETES_QUEUE"));
        JsonNode container = server(folder).at("/spec/template/spec/containers/0");
        assertEquals(
                "/health/liveness", container.at("/livenessProbe/httpGet/path").asText());
        assertEquals(
                "/health/liveness", container.at("/startupProbe/httpGet/path").asText());
        assertEquals(
                "/health/readiness",
                container.at("/readinessProbe/httpGet/path").asText());
        List<JsonNode> priorities = of(folder, "PriorityClass");
        JsonNode board = only(priorities.stream()
                .filter(one -> name(one).equals(setting(folder, "TOUCHSTONE_KUBERNETES_BOARD_PRIORITY")))
                .toList());
        JsonNode last = only(priorities.stream()
                .filter(one -> name(one).equals(setting(folder, "TOUCHSTONE_KUBERNETES_FINAL_PRIORITY")))
                .toList());
        assertEquals("Never", board.path("preemptionPolicy").asText());
        assertTrue(last.path("value").asInt() > board.path("value").asInt());
        assertTrue(
                last.path("value").asInt() < 0, "a job takes no place of the server, or of anything without a class");
        assertTrue(board.path("value").asInt() > -10, "an autoscaler adds nodes for it");
    }

    /** A setting with a slip in its name would be passed over in silence. */
    @ParameterizedTest
    @ValueSource(strings = {BASE, LOCAL, GPU, KUEUE})
    void everySettingOfTheRunnerIsOneThatItReads(String folder) throws ClassNotFoundException {
        Map<String, Object> variables = new HashMap<>();
        only(of(folder, "ConfigMap", one -> name(one).startsWith("touchstone-settings-")))
                .path("data")
                .properties()
                .forEach(setting ->
                        variables.put(setting.getKey(), setting.getValue().asText()));
        Set<String> known = new HashSet<>();
        try (Environment environment = new DefaultEnvironment(() -> List.of("none"))) {
            environment.addPropertySource(
                    PropertySource.of("variables", variables, PropertySource.PropertyConvention.ENVIRONMENT_VARIABLE));
            environment.start();
            for (Class<?> settings :
                    List.of(KubernetesConfig.class, Class.forName("touchstone.api.judging.JudgingConfig"))) {
                String group = settings.getSimpleName().replace("Config", "").toLowerCase(Locale.ROOT);
                for (RecordComponent component : settings.getRecordComponents()) {
                    String property = "touchstone." + group + "." + NameUtils.hyphenate(component.getName());
                    String variable = property.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
                    known.add(variable);
                    assertEquals(
                            variables.get(variable),
                            environment.getProperty(property, String.class).orElse(null));
                }
            }
        }
        for (String variable : variables.keySet())
            assertTrue(!variable.matches("TOUCHSTONE_(KUBERNETES|JUDGING)_.*") || known.contains(variable), variable);
    }

    @Test
    void aCardIsCountedByTheQuotaAndByKueue() {
        assertTrue(only(of(GPU, "ResourceQuota")).at("/spec/hard").has("requests.nvidia.com/gpu"));
        JsonNode queue = only(of(KUEUE, "ClusterQueue"));
        List<String> covered = new ArrayList<>();
        queue.at("/spec/resourceGroups/0/coveredResources").forEach(resource -> covered.add(resource.asText()));
        assertEquals(
                Set.of("cpu", "memory", "ephemeral-storage", "nvidia.com/gpu"),
                Set.copyOf(covered),
                "else Kueue admits no job");
        List<String> granted = new ArrayList<>();
        queue.at("/spec/resourceGroups/0/flavors/0/resources").forEach(one -> granted.add(name(one, "/name")));
        assertEquals(covered, granted, "in the same order");
        JsonNode local = only(of(KUEUE, "LocalQueue"));
        assertEquals(JOBS, namespace(local));
        assertEquals(name(queue), local.at("/spec/clusterQueue").asText());
        assertEquals(setting(KUEUE, "TOUCHSTONE_KUBERNETES_QUEUE"), name(local));
    }

    @Test
    void everyAlertReadsWhatTheServerTellsAndIsExplained() throws IOException {
        String sources = sources();
        String page = Files.readString(TestHouse.repository().resolve("docs/kubernetes.md"));
        int alerts = 0;
        for (JsonNode rule : only(of(BASE, "PrometheusRule")).at("/spec/groups/0/rules")) {
            alerts++;
            String text = rule.path("expr").asText();
            for (String metric : found("\\b(touchstone_[a-z_]+)", text))
                assertTrue(sources.contains("\"" + metric.replace('_', '.') + "\""), metric);
            for (String what : found("what=\"([a-z-]+)\"", text))
                assertTrue(sources.contains("\"" + what + "\""), what);
            assertTrue(page.contains("`" + rule.path("alert").asText() + "`"), rule.path("alert")::asText);
            assertTrue(rule.at("/annotations/action").asText().length() > 10);
        }
        assertTrue(alerts > 8);
        JsonNode endpoint = only(of(BASE, "ServiceMonitor")).at("/spec/endpoints/0");
        assertEquals("/prometheus", endpoint.path("path").asText());
        assertEquals(
                "touchstone-metrics",
                endpoint.at("/authorization/credentials/name").asText());
    }

    private static String sources() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(TestHouse.repository().resolve("api/src/main/java"))) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".java")).toList()) all.append(Files.readString(file));
        }
        return all.toString();
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult hit) -> hit.group(1))
                .toList();
    }

    private static String setting(String folder, String name) {
        return only(of(folder, "ConfigMap", one -> name(one).startsWith("touchstone-settings-")))
                .path("data")
                .path(name)
                .asText();
    }

    private static JsonNode server(String folder) {
        return only(of(folder, "Deployment"));
    }

    private static JsonNode labels(JsonNode deployment) {
        return deployment.at("/spec/template/metadata/labels");
    }

    private static List<JsonNode> pods(String folder) {
        return Manifests.render(folder).stream()
                .map(document -> document.at("/spec/template/spec"))
                .filter(JsonNode::isObject)
                .toList();
    }

    private static List<JsonNode> containers(JsonNode pod) {
        List<JsonNode> all = new ArrayList<>(list(pod.path("initContainers")));
        all.addAll(list(pod.path("containers")));
        return all;
    }

    private static List<JsonNode> of(String folder, String kind) {
        return of(folder, kind, document -> true);
    }

    private static List<JsonNode> of(String folder, String kind, Predicate<JsonNode> which) {
        return Manifests.render(folder).stream()
                .filter(document -> document.path("kind").asText().equals(kind))
                .filter(which)
                .toList();
    }

    private static <T> T only(List<T> all) {
        assertEquals(1, all.size(), all::toString);
        return all.getFirst();
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static String name(JsonNode document) {
        return name(document, "/metadata/name");
    }

    private static String name(JsonNode document, String path) {
        return document.at(path).asText();
    }

    private static String namespace(JsonNode document) {
        return document.at("/metadata/namespace").asText();
    }
}
