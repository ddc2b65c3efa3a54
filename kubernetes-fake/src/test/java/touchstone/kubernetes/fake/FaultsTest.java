package touchstone.kubernetes.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodCondition;
import io.kubernetes.client.openapi.models.V1ResourceQuota;
import io.kubernetes.client.openapi.models.V1ResourceQuotaSpec;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Toleration;
import io.kubernetes.client.util.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ONLY ON THE FAKE: what no check can make a real cluster do when it wants it. */
class FaultsTest extends ContractBase {
    private FakeKubernetes cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new FakeKubernetes();
        cluster.addNode(Node.gpu("one", "NVIDIA-H100-80GB-HBM3", 2));
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
        throw new UnsupportedOperationException();
    }

    @Override
    void pass(Duration time) {
        cluster.advance(time);
    }

    private Container started(String job) throws Exception {
        return started(onCard(job));
    }

    private Container started(V1Job job) throws Exception {
        create(job);
        return cluster.awaitContainer(namespace, job.getMetadata().getName(), "score");
    }

    private static V1Job onCard(String name) {
        V1Job job = job(name, "exit 0");
        podSpec(job).addTolerationsItem(new V1Toleration().key("nvidia.com/gpu").operator("Exists"));
        podSpec(job).getContainers().getFirst().getResources().putLimitsItem("nvidia.com/gpu", new Quantity("1"));
        return job;
    }

    private V1Pod pod(String job) throws Exception {
        cluster.settle();
        return pods(job).getFirst();
    }

    private V1Job settled(String job) throws Exception {
        cluster.settle();
        return read(job);
    }

    private static V1PodCondition disruption(V1Pod pod) {
        return pod.getStatus().getConditions().stream()
                .filter(one -> one.getType().equals("DisruptionTarget"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void onlyOnTheFake_watchFromBeforeACompactionIsGone() throws Exception {
        String before =
                batch().listNamespacedJob(namespace).execute().getMetadata().getResourceVersion();
        create(suspended("one"));
        cluster.compact();
        try (Watch<V1Job> watch = watch("", before)) {
            Watch.Response<V1Job> event = watch.next();
            assertEquals("ERROR", event.type);
            assertEquals(410, event.status.getCode());
            assertEquals("Expired", event.status.getReason());
        }
    }

    @Test
    void onlyOnTheFake_pageAfterACompactionIsGone() throws Exception {
        create(suspended("one"));
        create(suspended("two"));
        String next = batch().listNamespacedJob(namespace)
                .limit(1)
                .execute()
                .getMetadata()
                .getContinue();
        cluster.compact();
        var status = refused(410, "Expired", () -> batch().listNamespacedJob(namespace)
                .limit(1)
                ._continue(next)
                .execute());
        assertTrue(message(status).contains("continue parameter is too old"), message(status));
    }

    @Test
    void onlyOnTheFake_bookmarkMovesAWatchOn() throws Exception {
        String before =
                core().listNamespacedSecret(namespace).execute().getMetadata().getResourceVersion();
        try (Watch<V1Secret> watch = Watch.createWatch(
                client(),
                core().listNamespacedSecret(namespace)
                        .resourceVersion(before)
                        .allowWatchBookmarks(true)
                        .watch(true)
                        .buildCall(null),
                new TypeToken<Watch.Response<V1Secret>>() {}.getType())) {
            create(suspended("other"));
            cluster.settle();
            cluster.bookmark();
            Watch.Response<V1Secret> event = watch.next();
            assertEquals("BOOKMARK", event.type);
            assertTrue(Long.parseLong(event.object.getMetadata().getResourceVersion()) > Long.parseLong(before));
        }
    }

    /** A bookmark of pods or Jobs says {@code "containers": null}, and the client's models refuse that: do not ask for them. */
    @Test
    void onlyOnTheFake_clientCannotReadABookmarkOfJobs() throws Exception {
        String before =
                batch().listNamespacedJob(namespace).execute().getMetadata().getResourceVersion();
        try (Watch<V1Job> watch = Watch.createWatch(
                client(),
                batch().listNamespacedJob(namespace)
                        .resourceVersion(before)
                        .allowWatchBookmarks(true)
                        .watch(true)
                        .buildCall(null),
                new TypeToken<Watch.Response<V1Job>>() {}.getType())) {
            cluster.bookmark();
            assertThrows(IllegalArgumentException.class, watch::next);
        }
    }

    @Test
    void onlyOnTheFake_cutWatchGoesOnWhereItWas() throws Exception {
        String before =
                batch().listNamespacedJob(namespace).execute().getMetadata().getResourceVersion();
        create(suspended("one"));
        try (Watch<V1Job> watch = watch("", before)) {
            assertEquals("one", watch.next().object.getMetadata().getName());
            cluster.settle();
            cluster.dropWatches();
            assertThrows(RuntimeException.class, () -> {
                while (watch.hasNext()) {
                    watch.next();
                }
            });
        }
        try (Watch<V1Job> watch = watch("", before)) {
            assertEquals("one", watch.next().object.getMetadata().getName());
        }
    }

    @Test
    void onlyOnTheFake_podsMayBeToldOfLaterThanTheirJob() throws Exception {
        Container container = started("lags");
        String before =
                core().listNamespacedPod(namespace).execute().getMetadata().getResourceVersion();
        cluster.slowWatches("pods", Duration.ofSeconds(2));
        try (Watch<V1Pod> pods = Watch.createWatch(
                        client(),
                        core().listNamespacedPod(namespace)
                                .resourceVersion(before)
                                .watch(true)
                                .buildCall(null),
                        new TypeToken<Watch.Response<V1Pod>>() {}.getType());
                Watch<V1Job> jobs = watch("", before)) {
            await(cluster::watches, count -> count == 2);
            long ended = System.nanoTime();
            container.exit(1);
            while (!is(jobs.next().object, "Failed")) {}
            long told = System.nanoTime();
            assertEquals("Failed", pods.next().object.getStatus().getPhase());
            assertTrue(System.nanoTime() - ended >= 2_000_000_000L);
            assertTrue(told - ended < 2_000_000_000L, "the Job was told of as late as its pod");
        }
    }

    @Test
    void onlyOnTheFake_serverAwayIsRefusedAndBackIsAsBefore() throws Exception {
        Container container = started("goes-on");
        cluster.away();
        assertEquals(0, assertThrows(ApiException.class, () -> read("goes-on")).getCode());
        container.exit(0);
        cluster.settle();
        cluster.back();
        assertTrue(is(read("goes-on"), "Complete"));
    }

    @Test
    void onlyOnTheFake_faultsMeetTheCallsThatTheyAreFor() throws Exception {
        cluster.faults().next(1, "create", "jobs", Fault.tooManyRequests(Duration.ofSeconds(7)));
        ApiException refusal = assertThrows(ApiException.class, () -> create(suspended("one")));
        assertEquals(429, refusal.getCode());
        assertEquals(List.of("7"), refusal.getResponseHeaders().get("retry-after"));
        create(suspended("one"));

        cluster.faults().next(1, "get", "jobs", Fault.internalError());
        refused(500, "InternalError", () -> read("one"));
        read("one");

        cluster.faults().next(1, "create", "jobs", new Fault.AnswerLost());
        assertThrows(ApiException.class, () -> create(suspended("two")));
        read("two");

        cluster.faults().always("list", "pods", new Fault.Slow(Duration.ofMillis(300)));
        long before = System.nanoTime();
        pods("one");
        assertTrue(System.nanoTime() - before > 300_000_000L);
        cluster.faults().clear();
    }

    @Test
    void onlyOnTheFake_revokedTokenIsRefused() throws Exception {
        ApiClient client = cluster.client("mine");
        var batch = new BatchV1Api(client);
        cluster.rights().grant("mine", "me", Rule.all());
        batch.listNamespacedJob(namespace).execute();
        cluster.rights().revoke("mine");
        refused(401, "Unauthorized", () -> batch.listNamespacedJob(namespace).execute());
    }

    @Test
    void onlyOnTheFake_evictedPod() throws Exception {
        started("evicted");
        cluster.evict(namespace, "evicted", "The node was low on resource: memory.");
        V1Pod pod = pod("evicted");
        assertEquals("Failed", pod.getStatus().getPhase());
        assertEquals("Evicted", pod.getStatus().getReason());
        assertEquals("The node was low on resource: memory.", pod.getStatus().getMessage());
        assertEquals("TerminationByKubelet", disruption(pod).getReason());
        assertTrue(is(settled("evicted"), "Failed"));
    }

    @Test
    void onlyOnTheFake_preemptedPodIsGone() throws Exception {
        started("preempted");
        String version =
                core().listNamespacedPod(namespace).execute().getMetadata().getResourceVersion();
        cluster.preempt(namespace, "preempted");
        assertEquals(List.of(), pods("preempted"));
        assertTrue(is(settled("preempted"), "Failed"));
        try (Watch<V1Pod> watch = Watch.createWatch(
                client(),
                core().listNamespacedPod(namespace)
                        .resourceVersion(version)
                        .watch(true)
                        .buildCall(null),
                new TypeToken<Watch.Response<V1Pod>>() {}.getType())) {
            assertEquals(
                    "PreemptionByScheduler", disruption(watch.next().object).getReason());
        }
    }

    @Test
    void onlyOnTheFake_outOfMemory() throws Exception {
        Container container = started("memory");
        var toldToStop = new AtomicBoolean();
        container.onStop(() -> toldToStop.set(true));
        container.outOfMemory();
        var ended = KubernetesContract.state(pod("memory")).getTerminated();
        assertEquals(137, ended.getExitCode());
        assertEquals("OOMKilled", ended.getReason());
        assertTrue(toldToStop.get(), "what does its work is told");
    }

    @Test
    void onlyOnTheFake_lostNodeEvictsWhenPatienceIsOverAndTheJobWaitsForThePodsEnd() throws Exception {
        Container container = started("lost");
        cluster.loseNode("one");
        assertTrue(KubernetesContract.podCondition(pod("lost"), "Ready", "False"));
        cluster.advance(Duration.ofSeconds(299));
        assertNull(pod("lost").getMetadata().getDeletionTimestamp());
        cluster.advance(Duration.ofSeconds(2));
        V1Pod pod = pod("lost");
        assertEquals("DeletionByTaintManager", disruption(pod).getReason());
        assertEquals("Running", pod.getStatus().getPhase());
        assertTrue(is(settled("lost"), "FailureTarget"));
        assertFalse(is(read("lost"), "Failed"));
        container.exit(0);
        assertFalse(is(settled("lost"), "Failed"));
        assertEquals(
                500,
                assertThrows(ApiException.class, () -> core().readNamespacedPodLog(
                                        pod.getMetadata().getName(), namespace)
                                .execute())
                        .getCode());
        cluster.removeNode("one");
        assertEquals(List.of(), pods("lost"));
        assertTrue(is(settled("lost"), "Failed"));
    }

    @Test
    void onlyOnTheFake_nodeThatComesBackTellsWhatHappened() throws Exception {
        Container container = started("back");
        cluster.loseNode("one");
        container.exit(0);
        assertEquals("Running", pod("back").getStatus().getPhase());
        cluster.findNode("one");
        assertTrue(is(settled("back"), "Complete"));
    }

    @Test
    void onlyOnTheFake_cardsAreGivenOneByOne() throws Exception {
        for (int i = 0; i < 3; i++) {
            create(onCard("card-" + i));
        }
        cluster.settle();
        List<Integer> waiting = IntStream.range(0, 3)
                .filter(i -> phase("card-" + i).equals("Pending"))
                .boxed()
                .toList();
        assertEquals(1, waiting.size());
        String waits = "card-" + waiting.getFirst();
        assertEquals(
                "0/1 nodes are available: 1 Insufficient nvidia.com/gpu. preemption: 0/1 nodes are available: 1 No preemption "
                        + "victims found for incoming pod.",
                pod(waits).getStatus().getConditions().getFirst().getMessage());
        String runs = waiting.getFirst() == 0 ? "card-1" : "card-0";
        cluster.awaitContainer(namespace, runs, "score").exit(0);
        cluster.settle();
        assertEquals("Running", phase(waits));
    }

    private String phase(String job) {
        try {
            return pods(job).getFirst().getStatus().getPhase();
        } catch (ApiException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void onlyOnTheFake_quotaOfCardsHoldsThePodBackAndNotTheJob() throws Exception {
        core().createNamespacedResourceQuota(
                        namespace,
                        new V1ResourceQuota()
                                .metadata(new V1ObjectMeta().name("cards"))
                                .spec(new V1ResourceQuotaSpec()
                                        .hard(Map.of("requests.nvidia.com/gpu", new Quantity("1")))))
                .execute();
        Container first = started("first");
        create(onCard("second"));
        cluster.settle();
        assertEquals(List.of(), pods("second"));
        var events = core().listNamespacedEvent(namespace).execute().getItems();
        assertTrue(events.getFirst()
                .getMessage()
                .endsWith("is forbidden: exceeded quota: cards, requested: requests.nvidia.com/gpu=1, used: "
                        + "requests.nvidia.com/gpu=1, limited: requests.nvidia.com/gpu=1"));
        first.exit(0);
        cluster.settle();
        cluster.advance(Duration.ofSeconds(10));
        assertEquals("Running", phase("second"));
    }

    @Test
    void onlyOnTheFake_callsAndBytesAreCounted() throws Exception {
        cluster.traffic().reset();
        create(suspended("counted"));
        read("counted");
        read("counted");
        assertEquals(1, cluster.traffic().of("create jobs").calls());
        assertEquals(2, cluster.traffic().of("get jobs").calls());
        assertTrue(cluster.traffic().of("create jobs").received() > 300);
        assertTrue(cluster.traffic().of("get jobs").sent() > 1_000);
        assertEquals(3, cluster.traffic().total().calls());
    }
}
