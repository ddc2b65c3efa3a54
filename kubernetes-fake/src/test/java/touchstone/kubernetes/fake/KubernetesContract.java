package touchstone.kubernetes.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.Watch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the runner relies on: the same checks on the fake and on a real cluster. */
abstract class KubernetesContract extends ContractBase {

    @Test
    void createSetsWhatTheServerSets() throws Exception {
        V1Job made = create(suspended("created"));
        assertNotNull(made.getMetadata().getUid());
        assertNotNull(made.getMetadata().getResourceVersion());
        assertNotNull(made.getMetadata().getCreationTimestamp());
        assertEquals(1, made.getMetadata().getGeneration());
        assertEquals("Never", podSpec(made).getRestartPolicy());
        assertEquals(
                "/dev/termination-log", podSpec(made).getContainers().getFirst().getTerminationMessagePath());
        assertEquals(
                "created",
                made.getSpec().getTemplate().getMetadata().getLabels().get("batch.kubernetes.io/job-name"));
        assertEquals(made.getMetadata().getUid(), read("created").getMetadata().getUid());
    }

    @Test
    void createTwiceIsAlreadyExists() throws Exception {
        create(suspended("twice"));
        var status = refused(409, "AlreadyExists", () -> create(suspended("twice")));
        assertEquals("jobs.batch \"twice\" already exists", message(status));
    }

    @Test
    void absentIsNotFound() {
        var status = refused(404, "NotFound", () -> read("never-made"));
        assertEquals("jobs.batch \"never-made\" not found", message(status));
    }

    @Test
    void listsByLabelAndInPages() throws Exception {
        for (int i = 0; i < 5; i++) {
            V1Job job = suspended("page-" + i);
            job.getMetadata().putLabelsItem("book", i < 4 ? "one" : "two");
            create(job);
        }
        var names = new ArrayList<String>();
        String next = null;
        do {
            var page = batch().listNamespacedJob(namespace)
                    .labelSelector("book=one")
                    .limit(3)
                    ._continue(next)
                    .execute();
            page.getItems().forEach(job -> names.add(job.getMetadata().getName()));
            next = page.getMetadata().getContinue();
            assertTrue(page.getItems().size() <= 3);
        } while (next != null && !next.isEmpty());
        assertEquals(List.of("page-0", "page-1", "page-2", "page-3"), names);
        assertEquals(
                List.of("page-4"),
                batch().listNamespacedJob(namespace).labelSelector("book in (two, three)").execute().getItems().stream()
                        .map(job -> job.getMetadata().getName())
                        .toList());
    }

    @Test
    void watchTellsWhatHappensAfterAList() throws Exception {
        var list = batch().listNamespacedJob(namespace)
                .labelSelector("check=watched")
                .execute();
        create(suspended("watched"));
        var type = new TypeToken<Watch.Response<V1Job>>() {}.getType();
        try (Watch<V1Job> watch = Watch.createWatch(
                client(),
                batch().listNamespacedJob(namespace)
                        .labelSelector("check=watched")
                        .resourceVersion(list.getMetadata().getResourceVersion())
                        .timeoutSeconds(60)
                        .watch(true)
                        .buildCall(null),
                type)) {
            assertEquals("ADDED", watch.next().type);
            batch().deleteNamespacedJob("watched", namespace)
                    .propagationPolicy("Background")
                    .execute();
            var seen = new ArrayList<String>();
            do {
                var event = watch.next();
                seen.add(event.type);
                assertEquals("watched", event.object.getMetadata().getName());
            } while (!seen.contains("DELETED"));
        }
    }

    @Test
    void succeedingJobBecomesComplete() throws Exception {
        create(job("succeeds", "echo hello; printf '{\"score\":1}' > /dev/termination-log || true"));
        V1Job done = awaitCondition("succeeds", "Complete");
        assertTrue(is(done, "SuccessCriteriaMet"));
        assertEquals("CompletionsReached", condition(done, "Complete").getReason());
        assertEquals(1, done.getStatus().getSucceeded());
        assertNotNull(done.getStatus().getCompletionTime());
        V1Pod pod = awaitPod("succeeds", one -> true);
        assertEquals("Succeeded", pod.getStatus().getPhase());
        var ended = pod.getStatus().getContainerStatuses().getFirst().getState().getTerminated();
        assertEquals(0, ended.getExitCode());
        assertEquals("Completed", ended.getReason());
        assertEquals(
                "hello\n",
                core().readNamespacedPodLog(pod.getMetadata().getName(), namespace)
                        .execute());
    }

    @Test
    void failingJobBecomesFailed() throws Exception {
        create(job("fails", "exit 42"));
        V1Job done = awaitCondition("fails", "Failed");
        assertTrue(is(done, "FailureTarget"));
        assertEquals("BackoffLimitExceeded", condition(done, "Failed").getReason());
        assertEquals(1, done.getStatus().getFailed());
        assertNull(done.getStatus().getCompletionTime());
        var ended = awaitPod("fails", one -> true)
                .getStatus()
                .getContainerStatuses()
                .getFirst()
                .getState()
                .getTerminated();
        assertEquals(42, ended.getExitCode());
        assertEquals("Error", ended.getReason());
    }

    static V1Job suspended(String name) {
        V1Job job = job(name, "exit 0");
        job.getSpec().suspend(true);
        return job;
    }
}
