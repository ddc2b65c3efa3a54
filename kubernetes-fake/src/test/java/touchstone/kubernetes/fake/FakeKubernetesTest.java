package touchstone.kubernetes.fake;

import io.kubernetes.client.openapi.ApiClient;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The contract on the fake, whose containers are processes of this machine. */
class FakeKubernetesTest extends KubernetesContract {
    private FakeKubernetes cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new FakeKubernetes();
        cluster.addNode(Node.cpu("one"));
        cluster.containers(new ChildProcesses(ChildProcesses::asTold));
        createNamespace(namespace, Map.of(), null);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Override
    ApiClient client() {
        return cluster.client();
    }

    @Override
    ApiClient client(String token) {
        return cluster.client(token);
    }

    @Override
    ApiClient clientOfJobsAlone() {
        cluster.rights()
                .grant(
                        "of-jobs",
                        "system:serviceaccount:" + namespace + ":of-jobs",
                        new Rule(namespace, "batch", Set.of("jobs"), Set.of("*")));
        return cluster.client("of-jobs");
    }

    @Override
    void pass(Duration time) {
        cluster.advance(time);
    }
}
