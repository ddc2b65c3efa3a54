package touchstone.kubernetes.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1Toleration;
import io.kubernetes.client.util.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Two hundred cards, and Jobs of 144 seconds: 5,000 of them fill one hour. {@code -Dscale.jobs=5000} plays that hour; the suite plays a
 * part of it.
 */
class ScaleTest {
    private static final int JOBS = Integer.getInteger("scale.jobs", 400);
    private static final String NAMESPACE = "default";

    @Test
    void anHourOfJobsOnTwoHundredCards() throws Exception {
        try (var cluster = new FakeKubernetes()) {
            for (int i = 0; i < 25; i++) {
                cluster.addNode(Node.gpu("node-" + i, "NVIDIA-H100-80GB-HBM3", 8));
            }
            cluster.containers(container -> container.exitAfter(Duration.ofSeconds(144), 0));
            cluster.startTime(Duration.ofSeconds(1));
            var batch = new BatchV1Api(cluster.client());
            var seen = new AtomicInteger();
            Queue<String> complete = new ConcurrentLinkedQueue<>();
            Set<String> told = ConcurrentHashMap.newKeySet();
            Duration before = cpu();
            Instant begun = cluster.clock().instant();
            try (Watch<V1Job> jobs = jobs(cluster);
                    Watch<V1Pod> pods = pods(cluster)) {
                Thread readsPods = follow(pods, event -> seen.incrementAndGet());
                Thread readsJobs = follow(jobs, event -> {
                    String name = event.object.getMetadata().getName();
                    if (ContractBase.is(event.object, "Complete") && told.add(name)) {
                        complete.add(name);
                    }
                });
                // As many as the cards can take, and some that wait for one.
                for (int made = 0, ended = 0; ended < JOBS; ) {
                    for (; made < JOBS && made - ended < 220; made++) {
                        batch.createNamespacedJob(NAMESPACE, job("job-" + made)).execute();
                    }
                    cluster.advance(Duration.ofSeconds(10));
                    // The cluster's time must not run away from those who watch it.
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                    for (String name = complete.poll(); name != null; name = complete.poll(), ended++) {
                        batch.deleteNamespacedJob(name, NAMESPACE)
                                .propagationPolicy("Background")
                                .execute();
                    }
                }
                cluster.settle();
                // A client's watch must not be closed while it is read.
                cluster.dropWatches();
                readsPods.join();
                readsJobs.join();
            }
            Duration took = Duration.between(begun, cluster.clock().instant());
            assertEquals(JOBS, cluster.traffic().of("create jobs").calls());
            assertTrue(seen.get() >= JOBS * 5, () -> seen + " events of pods");
            System.out.printf(
                    "%d jobs in %d min of the cluster's time: %d ms of CPU, %s%n",
                    JOBS,
                    took.toMinutes(),
                    cpu().minus(before).toMillis(),
                    cluster.traffic().total());
        }
    }

    private static <T> Thread follow(Watch<T> watch, Consumer<Watch.Response<T>> each) {
        return Thread.startVirtualThread(() -> {
            try {
                while (watch.hasNext()) {
                    each.accept(watch.next());
                }
            } catch (RuntimeException e) {
                // The watch was cut.
            }
        });
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static V1Job job(String name) {
        V1Job job = ContractBase.job(name, "exit 0");
        ContractBase.podSpec(job)
                .addTolerationsItem(new V1Toleration().key("nvidia.com/gpu").operator("Exists"))
                .getContainers()
                .getFirst()
                .getResources()
                .putLimitsItem("nvidia.com/gpu", new Quantity("1"));
        return job;
    }

    private static Watch<V1Job> jobs(FakeKubernetes cluster) throws Exception {
        return Watch.createWatch(
                cluster.client(),
                new BatchV1Api(cluster.client())
                        .listNamespacedJob(NAMESPACE)
                        .watch(true)
                        .buildCall(null),
                new TypeToken<Watch.Response<V1Job>>() {}.getType());
    }

    private static Watch<V1Pod> pods(FakeKubernetes cluster) throws Exception {
        return Watch.createWatch(
                cluster.client(),
                new CoreV1Api(cluster.client())
                        .listNamespacedPod(NAMESPACE)
                        .watch(true)
                        .buildCall(null),
                new TypeToken<Watch.Response<V1Pod>>() {}.getType());
    }
}
