package touchstone.api.runner.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.models.V1Job;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import touchstone.api.runner.JobState;
import touchstone.kubernetes.fake.Container;
import touchstone.kubernetes.fake.Fault;

/** Jobs are judged whatever is heard late, not at all, or in words of a version to come. */
class WatchedClusterTest extends OnFakeCluster {
    @Test
    void watchesThatBreakOffAreTakenUpAgain() {
        Container train = training();
        cluster.dropWatches();
        cluster.compact();
        train.exit(0);
        running(JobManifest.SCORE).exit(0);
        awaitState(JobState.Finished.class);
    }

    @Test
    void aJobThatIsToldOfBeforeItsPodIsJudgedByItsPod() {
        training();
        cluster.slowWatches("pods", Duration.ofSeconds(2));
        cluster.evict(NAMESPACE, JobManifest.name(job), "The node was low on resource: memory.");
        String detail = awaitState(JobState.Lost.class).detail();
        assertTrue(detail.contains("low on resource"), detail);
    }

    /** Without a runner, which would compare by itself. */
    private Cluster watching() {
        JobManifest manifest = new JobManifest(config(null), "house", Duration.ofHours(1), 1L << 30);
        Cluster.Clients clients = new Cluster.Clients(
                KubernetesRunner.client(config(null), PATIENCE), KubernetesRunner.client(config(null), Duration.ZERO));
        Cluster made = new Cluster(clients, NAMESPACE, manifest, System::nanoTime);
        await(() -> cluster.watches() == 4);
        return made;
    }

    @Test
    void aJobThatIsGoneSinceAComparisonStartsNoInformersAnew() throws Exception {
        runner.start(launch(CPU));
        awaitMade();
        try (Cluster other = watching()) {
            Cluster.Versions expected = other.compare();
            assertEquals(Set.of(JobManifest.name(job)), expected.jobs().keySet());
            // The pod's end is heard of after its Job's.
            cluster.slowWatches("pods", Duration.ofMillis(500));
            runner.forget(job);
            await(() -> other.seen().isEmpty());
            await(() -> other.seen().containsKey(JobManifest.name(job)));
            assertFalse(other.checkInformers(expected));
        }
    }

    /** Its list of Jobs is older than the event that comes while it lists the pods. */
    @Test
    void aJobThatGoesDuringAComparisonStaysGone() throws Exception {
        training();
        try (Cluster other = watching()) {
            runner.close();
            await(() -> other.seen().containsKey(JobManifest.name(job)));
            cluster.faults().next(1, "list", "pods", new Fault.Slow(Duration.ofSeconds(2)));
            long lists = cluster.traffic().of("list pods").calls();
            CompletableFuture<Cluster.Versions> comparison = CompletableFuture.supplyAsync(() -> {
                try {
                    return other.compare();
                } catch (ApiException e) {
                    throw new IllegalStateException(e);
                }
            });
            await(() -> cluster.traffic().of("list pods").calls() > lists);
            new BatchV1Api(cluster.client())
                    .deleteNamespacedJob(JobManifest.name(job), NAMESPACE)
                    .propagationPolicy("Background")
                    .execute();
            await(() -> other.seen().values().stream().allMatch(seen -> seen.job() == null));
            assertFalse(comparison.isDone());
            assertEquals(Set.of(), comparison.get().jobs().keySet());
            assertTrue(other.seen().values().stream().allMatch(seen -> seen.job() == null));
        }
    }

    /** As when the answer to its making was lost. */
    @Test
    void aJobThatWasNotHeardOfIsDeletedWhenItIsThisHouses() throws Exception {
        BatchV1Api batch = new BatchV1Api(cluster.client());
        String name = JobManifest.name(job);
        try (Cluster other = watching()) {
            cluster.faults().always("watch", "jobs", Fault.unavailable());
            cluster.faults().always("list", "jobs", Fault.unavailable());
            cluster.dropWatches();
            String own = create(batch, "house").getMetadata().getUid();
            assertTrue(other.seen().values().stream().allMatch(seen -> seen.job() == null));
            other.delete(name);

            String anothers = create(batch, "another-house").getMetadata().getUid();
            assertNotEquals(own, anothers, "the first is gone, or this could not be made");
            other.delete(name);
            V1Job left = batch.readNamespacedJob(name, NAMESPACE).execute();
            assertEquals(anothers, left.getMetadata().getUid());
        }
    }

    private V1Job create(BatchV1Api batch, String house) throws ApiException {
        JobManifest manifest = new JobManifest(config(null), house, Duration.ofHours(1), 1L << 30);
        return batch.createNamespacedJob(NAMESPACE, manifest.job(launch(CPU))).execute();
    }

    @Test
    void whatNoEventToldAComparisonFinds() throws Exception {
        Container train = training();
        cluster.faults().always("watch", "jobs", Fault.unavailable());
        cluster.faults().always("watch", "pods", Fault.unavailable());
        cluster.dropWatches();
        train.exit(0);
        cluster.awaitContainer(NAMESPACE, JobManifest.name(job), JobManifest.SCORE)
                .exit(0);
        awaitState(JobState.Finished.class);

        V1Job deleted = new BatchV1Api(cluster.client())
                .readNamespacedJob(JobManifest.name(job), NAMESPACE)
                .execute();
        new BatchV1Api(cluster.client())
                .deleteNamespacedJob(deleted.getMetadata().getName(), NAMESPACE)
                .propagationPolicy("Background")
                .execute();
        await(() -> runner.jobs().isEmpty());
    }

    @Test
    void aWatchOfPodsThatTellsNothingIsStartedAnew() throws Exception {
        Container train = training();
        try (Cluster other = watching()) {
            await(() -> other.seen().containsKey(JobManifest.name(job))
                    && other.seen().get(JobManifest.name(job)).pod() != null);
            assertFalse(other.checkInformers(other.compare()));
            cluster.slowWatches("pods", Duration.ofHours(1));
            train.exit(0);
            running(JobManifest.SCORE);
            long lists = cluster.traffic().of("list pods").calls();
            runner.close();
            assertTrue(other.checkInformers(other.compare()));
            await(() -> cluster.traffic().of("list pods").calls() > lists + 1);
        }
    }

    @Test
    void fieldsThatNoModelKnowsDoNotKeepAWatchFromBeingRead() {
        cluster.becomeNewer();
        runner.close();
        runner = runner("house", null);
        cluster.faults().always("list", "*", Fault.unavailable());
        await(() -> runner.trouble().isPresent());
        training().exit(0);
        running(JobManifest.SCORE).exit(0);
        awaitState(JobState.Finished.class);
    }

    @Test
    void fieldsThatNoModelKnowsDoNotKeepAListFromBeingRead() {
        cluster.faults().always("watch", "*", Fault.unavailable());
        cluster.dropWatches();
        cluster.becomeNewer();
        training().exit(0);
        running(JobManifest.SCORE).exit(0);
        awaitState(JobState.Finished.class);
        runner.forget(job);
        await(this::isEmpty);
        assertEquals(Optional.empty(), runner.trouble());
    }
}
