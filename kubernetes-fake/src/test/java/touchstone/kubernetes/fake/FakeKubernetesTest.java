package touchstone.kubernetes.fake;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The contract on the fake, whose containers are processes of this machine. */
class FakeKubernetesTest extends KubernetesContract {
    private FakeKubernetes cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new FakeKubernetes();
        cluster.addNode(Node.cpu("one"));
        cluster.containers(new ChildProcesses(container -> new ProcessBuilder(container.command())));
        core().createNamespace(new V1Namespace().metadata(new V1ObjectMeta().name(namespace)))
                .execute();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Override
    ApiClient client() {
        return cluster.client();
    }
}
