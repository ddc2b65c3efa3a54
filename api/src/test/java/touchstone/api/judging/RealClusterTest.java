package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealClusterTest {
    private static final Map<String, String> ALL = Map.of(
            "TOUCHSTONE_TEST_KUBECONFIG", "/home/alice/.kube/config",
            "TOUCHSTONE_TEST_IMAGE", "registry.example/touchstone-evaluator:1",
            "TOUCHSTONE_TEST_HOST", "172.18.0.1");

    @Test
    void whatIsNamedIsTaken() {
        assertEquals(
                Optional.of(new RealCluster(
                        Path.of("/home/alice/.kube/config"), "registry.example/touchstone-evaluator:1", "172.18.0.1")),
                RealCluster.of(ALL));
    }

    @Test
    void withoutAnyOrWithAKubeconfigAloneOneIsPlayed() {
        assertEquals(Optional.empty(), RealCluster.of(Map.of()));
        assertEquals(
                Optional.empty(),
                RealCluster.of(Map.of("TOUCHSTONE_TEST_KUBECONFIG", ALL.get("TOUCHSTONE_TEST_KUBECONFIG"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TOUCHSTONE_TEST_KUBECONFIG", "TOUCHSTONE_TEST_IMAGE", "TOUCHSTONE_TEST_HOST"})
    void whatIsForgottenIsSaid(String name) {
        Map<String, String> part = new HashMap<>(ALL);
        part.put(name, "");
        String told = assertThrows(IllegalStateException.class, () -> RealCluster.of(part))
                .getMessage();
        assertTrue(told.contains("set " + name + " as well"), told);
    }
}
