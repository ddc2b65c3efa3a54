package touchstone.api.runner.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.api.runner.JobState;
import touchstone.kubernetes.fake.Container;
import touchstone.kubernetes.fake.Node;

/** Cards that several pods get at a time. */
class SharedCardTest extends OnFakeCluster {
    private static final String H100 = "NVIDIA-H100-80GB-HBM3";

    @ParameterizedTest
    @ValueSource(strings = {"time-slicing", "mps"})
    void aJobWaitsForACardOfItsOwn(String strategy) {
        cluster.addNode(card("shared-1", strategy));
        runner.start(launch(CUDA));
        awaitMade();
        awaitState(JobState.Starting.class);
        nanosAhead.addAndGet(Duration.ofMinutes(10).toNanos());
        String why = awaitState(JobState.Queued.class).why();
        assertTrue(why.contains("node affinity"), why);

        cluster.addNode(card("whole-1", "none"));
        Container train = cluster.awaitContainer(NAMESPACE, JobManifest.name(job), JobManifest.TRAIN);
        assertEquals("whole-1", train.node());
    }

    private static Node card(String name, String strategy) {
        Node node = Node.gpu(name, H100, 10);
        Map<String, String> labels = new TreeMap<>(node.labels());
        labels.put("nvidia.com/gpu.sharing-strategy", strategy);
        return new Node(name, labels, node.capacity(), node.taints());
    }
}
