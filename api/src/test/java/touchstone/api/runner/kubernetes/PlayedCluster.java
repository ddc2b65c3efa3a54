package touchstone.api.runner.kubernetes;

import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import touchstone.api.app.TestHouse;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobRunner;
import touchstone.kubernetes.fake.Container;
import touchstone.kubernetes.fake.FakeKubernetes;
import touchstone.kubernetes.fake.Node;
import touchstone.kubernetes.fake.Rule;

/** A cluster with one machine, played in this process, where the server may do what the manifests let it. */
public final class PlayedCluster implements AutoCloseable {
    static final String NAMESPACE = "touchstone-jobs";
    static final String TOKEN = "the-servers-token";

    final FakeKubernetes fake = new FakeKubernetes();

    /** Jobs' namespace is there, and the server's rights in it. */
    public PlayedCluster() {
        fake.addNode(Node.cpu("node-1"));
        createNamespace();
    }

    /** As {@code kubectl apply} does. */
    public void createNamespace() {
        try {
            new CoreV1Api(fake.client())
                    .createNamespace(new V1Namespace().metadata(new V1ObjectMeta().name(NAMESPACE)))
                    .execute();
        } catch (ApiException e) {
            throw new IllegalStateException(e.getResponseBody(), e);
        }
        grantRights();
    }

    void grantRights() {
        fake.rights().grant(TOKEN, "system:serviceaccount:touchstone:touchstone", serversRights());
    }

    static Rule[] serversRights() {
        try {
            return Rule.of(TestHouse.repository().resolve("k8s/base/access.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that is in it goes with it, also the server's rights, and containers when their grace is over. */
    public void deleteNamespace() {
        try {
            new CoreV1Api(fake.client()).deleteNamespace(NAMESPACE).execute();
        } catch (ApiException e) {
            throw new IllegalStateException(e.getResponseBody(), e);
        }
        fake.advance(Duration.ofMinutes(1));
        fake.settle();
    }

    /** The running container of a job's training; waits for it. */
    public Container awaitTraining(JobName job) {
        return fake.awaitContainer(NAMESPACE, JobManifest.name(job), JobManifest.TRAIN);
    }

    /** @param folder for its settings */
    public JobRunner runner(Path folder) {
        return runner(config(folder, null), "house", System::nanoTime);
    }

    static KubernetesRunner runner(KubernetesConfig config, String house, LongSupplier nanos) {
        return new KubernetesRunner(config, house, Duration.ofHours(1), 1L << 30, nanos);
    }

    KubernetesConfig config(Path folder, @Nullable String queue) {
        try {
            Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), fake.kubeconfig(TOKEN));
            return new KubernetesConfig(
                    NAMESPACE,
                    URI.create("http://127.0.0.1:8080"),
                    "touchstone-evaluator:1",
                    "touchstone-evaluator-cuda:1",
                    null,
                    null,
                    queue,
                    4,
                    null,
                    null,
                    "nvidia.com/gpu",
                    List.of("nvidia.com/gpu:NoSchedule"),
                    null,
                    kubeconfig.toString(),
                    Duration.ofHours(24),
                    Duration.ofMinutes(30),
                    Duration.ofMinutes(3),
                    Duration.ofMinutes(2),
                    Duration.ofMillis(300),
                    1024);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        fake.close();
    }
}
