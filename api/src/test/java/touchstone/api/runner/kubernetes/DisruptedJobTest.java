package touchstone.api.runner.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Job;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import touchstone.api.runner.JobState;
import touchstone.kubernetes.fake.Fault;

/** Every way in which a cluster ends a job that runs, and what the runner makes of it. */
class DisruptedJobTest extends OnFakeCluster {
    @Test
    void aMachineThatRunsShortPutsItOutWhichIsNoLimitOfTheJob() {
        training();
        cluster.evict(
                NAMESPACE,
                JobManifest.name(job),
                "The node was low on resource: memory. Container train was using 900Mi");
        String detail = awaitState(JobState.Lost.class).detail();
        assertTrue(detail.contains("low on resource"), detail);
    }

    @Test
    void aMoreUrgentPodTakesItsMachine() {
        training();
        cluster.preempt(NAMESPACE, JobManifest.name(job));
        awaitState(JobState.Displaced.class);
        awaitComparison();
        assertInstanceOf(JobState.Displaced.class, state(), "no other pod comes after it");
    }

    @Test
    void aMachineThatIsNotHeardOfIsLost() {
        training();
        cluster.loseNode("node-1");
        cluster.advance(Duration.ofMinutes(6));
        awaitState(JobState.Lost.class);
    }

    @Test
    void aMachineThatIsGoneIsLost() {
        training();
        cluster.removeNode("node-1");
        awaitState(JobState.Lost.class);
    }

    @Test
    void aJobThatAPersonDeletesIsNotThereAnyMore() throws Exception {
        training();
        new BatchV1Api(cluster.client())
                .deleteNamespacedJob(JobManifest.name(job), NAMESPACE)
                .propagationPolicy("Background")
                .execute();
        await(() -> runner.jobs().isEmpty());
        assertTrue(runner.seesAll());
    }

    /** The picture is old, and so is what it knows under the name. */
    @Test
    void aJobThatAnotherMadeUnderItsNameMeanwhileStays() throws Exception {
        training();
        cluster.faults().always("watch", "*", Fault.unavailable());
        cluster.faults().always("list", "*", Fault.unavailable());
        cluster.dropWatches();
        await(() -> runner.trouble().isPresent());
        BatchV1Api batch = new BatchV1Api(cluster.client());
        batch.deleteNamespacedJob(JobManifest.name(job), NAMESPACE)
                .propagationPolicy("Background")
                .execute();
        cluster.settle();
        V1Job anothers =
                batch.createNamespacedJob(NAMESPACE, anothersOfItsName()).execute();

        long deletions = answered("delete jobs");
        runner.forget(job);
        await(() -> answered("delete jobs") > deletions);
        assertEquals(
                anothers.getMetadata().getUid(),
                batch.readNamespacedJob(JobManifest.name(job), NAMESPACE)
                        .execute()
                        .getMetadata()
                        .getUid());
        cluster.faults().clear();
        await(() -> runner.trouble().isEmpty() && runner.jobs().isEmpty());
        assertEquals(1, count("jobs"));
    }

    private V1Job anothersOfItsName() {
        return new JobManifest(config(null), "another-house", Duration.ofHours(1), 1L << 30).job(launch(CPU));
    }

    /** Bytes. */
    private long answered(String call) {
        return cluster.traffic().of(call).sent();
    }

    @Test
    void aPodThatAPersonDeletesIsLost() throws Exception {
        String pod = training().pod();
        new CoreV1Api(cluster.client()).deleteNamespacedPod(pod, NAMESPACE).execute();
        String detail = awaitState(JobState.Lost.class).detail();
        assertTrue(detail.contains("its pod was deleted"), detail);
        awaitComparison();
        assertInstanceOf(JobState.Lost.class, state(), "no other pod comes after it");
    }
}
