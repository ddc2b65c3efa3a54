package touchstone.api.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.kubernetes.fake.FakeKubernetes;
import touchstone.kubernetes.fake.Node;
import touchstone.kubernetes.fake.Rule;

/** The words and the exit codes of {@code k8s check}; what it finds has tests of its own. */
final class KubernetesCommandTest {
    private static final String ACCOUNT = "system:serviceaccount:touchstone:touchstone";
    private static final String NAMESPACE = "touchstone-jobs";

    @TempDir
    private Path folder;

    private final FakeKubernetes cluster = new FakeKubernetes();

    @BeforeEach
    void open() throws ApiException {
        cluster.addNode(Node.cpu("node-1"));
        new CoreV1Api(cluster.client())
                .createNamespace(new V1Namespace()
                        .metadata(new V1ObjectMeta()
                                .name(NAMESPACE)
                                .labels(Map.of("pod-security.kubernetes.io/enforce", "restricted"))))
                .execute();
        cluster.rights()
                .grant(
                        "server",
                        ACCOUNT,
                        new Rule(
                                NAMESPACE, "batch", Set.of("jobs"), Set.of("create", "get", "list", "watch", "delete")),
                        new Rule(NAMESPACE, "", Set.of("pods"), Set.of("get", "list", "watch")),
                        new Rule(NAMESPACE, "", Set.of("pods/log"), Set.of("get")),
                        new Rule(NAMESPACE, "", Set.of("secrets"), Set.of("create", "delete")));
        cluster.containers(container -> {
            container.log("{\"server\":null,\"named\":null,\"reached\":[]}");
            container.exit(0);
        });
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private ScriptCommandsTest.Outcome check(String... more) throws IOException {
        Path kubeconfig =
                Files.writeString(folder.resolve("kubeconfig"), cluster.kubeconfig(FakeKubernetes.ADMIN_TOKEN));
        List<String> words = new ArrayList<>(List.of("k8s", "check", "--kubeconfig", kubeconfig.toString()));
        words.addAll(List.of(more));
        return ScriptCommandsTest.run(words.toArray(String[]::new));
    }

    @Test
    void nothingIsWrong() throws IOException {
        String image = "evaluator@sha256:" + "1".repeat(64);
        ScriptCommandsTest.Outcome outcome =
                check("--server", "http://127.0.0.1:8080", "--image", image, "--as", ACCOUNT);
        assertEquals(Exit.DONE, outcome.exit(), outcome.output() + outcome.errors());
        assertEquals(
                9,
                outcome.output()
                        .lines()
                        .filter(line -> line.startsWith("ok         "))
                        .count(),
                outcome.output());
    }

    @Test
    void somethingIsWrong() throws Exception {
        ScriptCommandsTest.Outcome outcome =
                check("--server", "http://127.0.0.1:8080", "--image", "evaluator:1", "--json");
        assertEquals(Exit.REFUSED, outcome.exit(), outcome.output() + outcome.errors());
        JsonNode found = outcome.json();
        assertFalse(found.path("well").asBoolean(true));
        JsonNode rights = found.path("findings").path(1);
        assertEquals("rights", rights.path("check").asText());
        assertEquals("wrong", rights.path("outcome").asText());
        assertTrue(rights.path("sentence").asText().contains("--as"), rights::toString);
    }

    @Test
    void aSliceIsNamedByAnOption() throws Exception {
        // So that no canary waits for a card that is not there.
        cluster.rights().grant("server", ACCOUNT);
        String output = check(
                        "--server",
                        "http://127.0.0.1:8080",
                        "--image",
                        "evaluator:1",
                        "--cuda-image",
                        "evaluator:2",
                        "--gpu-resource",
                        "nvidia.com/mig-1g.10gb",
                        "--as",
                        ACCOUNT)
                .output();
        assertTrue(output.contains("none of 1 nodes has nvidia.com/mig-1g.10gb"), output);
        assertTrue(output.contains("not known  digest"), output);
    }

    @Test
    void whatIsMissingOrCannotBeIsToldWithWhatToWrite() throws IOException {
        ScriptCommandsTest.Outcome outcome = check("--image", "evaluator:1");
        assertEquals(Exit.USAGE, outcome.exit(), outcome.errors());
        assertTrue(outcome.errors().contains("TOUCHSTONE_KUBERNETES_SERVER"), outcome.errors());
        outcome = check("--server", "http://judge.example", "--image", "evaluator:1");
        assertEquals(Exit.USAGE, outcome.exit(), outcome.errors());
        assertTrue(outcome.errors().contains("https://"), outcome.errors());
        outcome = ScriptCommandsTest.run(
                "k8s", "check", "--server", "https://127.0.0.1", "--image", "e:1", "--kubeconfig", "/nowhere");
        assertEquals(Exit.USAGE, outcome.exit(), outcome.errors());
        assertTrue(outcome.errors().contains("--kubeconfig"), outcome.errors());
    }
}
