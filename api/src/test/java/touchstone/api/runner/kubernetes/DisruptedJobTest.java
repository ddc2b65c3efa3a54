package touchstone.api.runner.kubernetes;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import touchstone.api.runner.JobState;

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
