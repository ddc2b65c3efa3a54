package touchstone.kubernetes.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParseException;
import io.kubernetes.client.PodLogs;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.openapi.models.V1ContainerState;
import io.kubernetes.client.openapi.models.V1ContainerStatus;
import io.kubernetes.client.openapi.models.V1DeleteOptions;
import io.kubernetes.client.openapi.models.V1EmptyDirVolumeSource;
import io.kubernetes.client.openapi.models.V1EnvVar;
import io.kubernetes.client.openapi.models.V1EnvVarSource;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodCondition;
import io.kubernetes.client.openapi.models.V1PodFailurePolicy;
import io.kubernetes.client.openapi.models.V1PodFailurePolicyOnExitCodesRequirement;
import io.kubernetes.client.openapi.models.V1PodFailurePolicyRule;
import io.kubernetes.client.openapi.models.V1Preconditions;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1SecretKeySelector;
import io.kubernetes.client.openapi.models.V1SecretVolumeSource;
import io.kubernetes.client.openapi.models.V1Volume;
import io.kubernetes.client.openapi.models.V1VolumeMount;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the runner relies on in the life of a Job and its pod. */
abstract class KubernetesContract extends ObjectContract {

    @Test
    void succeedingJobBecomesComplete() throws Exception {
        create(job("succeeds", "echo hello"));
        V1Job done = awaitCondition("succeeds", "Complete");
        assertTrue(is(done, "SuccessCriteriaMet"));
        assertEquals("CompletionsReached", condition(done, "Complete").getReason());
        assertEquals(1, done.getStatus().getSucceeded());
        assertNotNull(done.getStatus().getCompletionTime());
        V1Pod pod = pods("succeeds").getFirst();
        assertEquals("Succeeded", pod.getStatus().getPhase());
        assertEquals(0, state(pod).getTerminated().getExitCode());
        assertEquals("Completed", state(pod).getTerminated().getReason());
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
        V1Pod pod = pods("fails").getFirst();
        assertEquals("Failed", pod.getStatus().getPhase());
        assertEquals(42, state(pod).getTerminated().getExitCode());
        assertEquals("Error", state(pod).getTerminated().getReason());
    }

    @Test
    void podIsTheJobs() throws Exception {
        V1Job job = create(job("parent", "sleep 30"));
        V1Pod pod =
                awaitPod("parent", found -> "Running".equals(found.getStatus().getPhase()));
        assertTrue(pod.getMetadata().getName().matches("parent-[a-z0-9]{5}"));
        assertEquals("parent", pod.getMetadata().getLabels().get("job-name"));
        var owner = pod.getMetadata().getOwnerReferences().getFirst();
        assertEquals(job.getMetadata().getUid(), owner.getUid());
        assertTrue(owner.getController());
        assertFalse(pod.getSpec().getNodeName().isEmpty());
        assertNotNull(pod.getStatus().getStartTime());
        assertTrue(pod.getStatus().getContainerStatuses().getFirst().getReady());
        assertFalse(
                pod.getStatus().getContainerStatuses().getFirst().getImageID().isEmpty());
        V1Job running = await(() -> read("parent"), found -> Integer.valueOf(1)
                .equals(found.getStatus().getReady()));
        assertEquals(1, running.getStatus().getActive());
        assertEquals(
                1,
                core().listNamespacedPod(namespace)
                        .labelSelector("check=parent")
                        .fieldSelector("status.phase=Running,spec.nodeName="
                                + pod.getSpec().getNodeName())
                        .execute()
                        .getItems()
                        .size());
    }

    @Test
    void initContainerHandsOverToTheNext() throws Exception {
        V1Job job = job("hands-over", "cat /handover/weights");
        podSpec(job)
                .addInitContainersItem(container("train", "echo training; echo 0.5 > /handover/weights")
                        .addVolumeMountsItem(mount("handover", "/handover")))
                .addVolumesItem(new V1Volume().name("handover").emptyDir(new V1EmptyDirVolumeSource()));
        podSpec(job).getContainers().getFirst().addVolumeMountsItem(mount("handover", "/handover"));
        create(job);
        awaitCondition("hands-over", "Complete");
        V1Pod pod = pods("hands-over").getFirst();
        V1ContainerStatus train = pod.getStatus().getInitContainerStatuses().getFirst();
        assertEquals("train", train.getName());
        assertEquals(0, train.getState().getTerminated().getExitCode());
        assertTrue(train.getReady());
        assertEquals("0.5\n", log(pod, "score"));
        assertEquals("training\n", log(pod, "train"));
        var status = refused(400, "BadRequest", () -> log(pod, "nobody"));
        assertTrue(message(status).contains("container nobody is not valid for pod"), message(status));
    }

    @Test
    void failedInitContainerFailsTheJob() throws Exception {
        V1Job job = job("init-fails", "exit 0");
        podSpec(job).addInitContainersItem(container("train", "exit 3"));
        create(job);
        awaitCondition("init-fails", "Failed");
        V1Pod pod = pods("init-fails").getFirst();
        assertEquals("Failed", pod.getStatus().getPhase());
        assertEquals(
                3,
                pod.getStatus()
                        .getInitContainerStatuses()
                        .getFirst()
                        .getState()
                        .getTerminated()
                        .getExitCode());
        assertEquals("PodInitializing", state(pod).getWaiting().getReason());
    }

    @Test
    void terminationMessageIsKept() throws Exception {
        create(job("last-words", "printf '{\"score\":1}' > /dev/termination-log"));
        awaitCondition("last-words", "Complete");
        assertEquals(
                "{\"score\":1}",
                state(pods("last-words").getFirst()).getTerminated().getMessage());
    }

    @Test
    void killedContainerEndsWithItsSignal() throws Exception {
        create(job("killed", "kill -9 $$"));
        awaitCondition("killed", "Failed");
        assertEquals(137, state(pods("killed").getFirst()).getTerminated().getExitCode());
    }

    @Test
    void podDeadlineEndsThePod() throws Exception {
        V1Job job = job("pod-deadline", "sleep 600");
        podSpec(job).activeDeadlineSeconds(3L);
        create(job);
        awaitRunning("pod-deadline");
        pass(Duration.ofSeconds(4));
        V1Job done = awaitCondition("pod-deadline", "Failed");
        assertEquals("BackoffLimitExceeded", condition(done, "Failed").getReason());
        V1Pod pod = pods("pod-deadline").getFirst();
        assertEquals("Failed", pod.getStatus().getPhase());
        assertEquals("DeadlineExceeded", pod.getStatus().getReason());
    }

    @Test
    void jobDeadlineTakesThePodAway() throws Exception {
        V1Job job = job("job-deadline", "sleep 600");
        job.getSpec().activeDeadlineSeconds(3L);
        create(job);
        awaitRunning("job-deadline");
        pass(Duration.ofSeconds(4));
        V1Job done = awaitCondition("job-deadline", "Failed");
        assertEquals("DeadlineExceeded", condition(done, "Failed").getReason());
        await(() -> pods("job-deadline"), List::isEmpty);
    }

    @Test
    void suspendedJobWaitsAndThenRuns() throws Exception {
        create(suspended("suspended"));
        V1Job waiting = awaitCondition("suspended", "Suspended");
        assertNull(waiting.getStatus().getStartTime());
        assertEquals(List.of(), pods("suspended"));
        patch("suspended", V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH, "{\"spec\":{\"suspend\":false}}");
        V1Job done = awaitCondition("suspended", "Complete");
        assertEquals("False", condition(done, "Suspended").getStatus());
        assertEquals("JobResumed", condition(done, "Suspended").getReason());
    }

    @Test
    void suspendingARunningJobTakesItsPod() throws Exception {
        create(job("paused", "sleep 600"));
        awaitRunning("paused");
        patch("paused", V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH, "{\"spec\":{\"suspend\":true}}");
        awaitCondition("paused", "Suspended");
        await(() -> pods("paused"), List::isEmpty);
        assertFalse(is(read("paused"), "Failed"));
    }

    @Test
    void podWithoutRoomWaits() throws Exception {
        V1Job job = job("too-big", "exit 0");
        podSpec(job).getContainers().getFirst().getResources().limits(Map.of("nvidia.com/gpu", new Quantity("4000")));
        create(job);
        V1Pod pod = awaitPod("too-big", found -> podCondition(found, "PodScheduled", "False"));
        V1PodCondition condition = pod.getStatus().getConditions().stream()
                .filter(one -> one.getType().equals("PodScheduled"))
                .findFirst()
                .orElseThrow();
        assertEquals("Unschedulable", condition.getReason());
        assertTrue(
                condition.getMessage().matches("(?s)0/\\d+ nodes are available: .*Insufficient nvidia\\.com/gpu.*"),
                condition.getMessage());
        assertEquals("Pending", pod.getStatus().getPhase());
        var status = refused(400, "BadRequest", () -> log(pod, "score"));
        assertTrue(message(status).contains("does not have a host assigned"), message(status));
    }

    @Test
    void imageThatIsNotThereIsWaitedFor() throws Exception {
        V1Job job = job("no-image", "exit 0");
        podSpec(job).getContainers().getFirst().image("registry.invalid/nobody/nothing:1");
        create(job);
        awaitWaiting("no-image", "ErrImagePull", "ImagePullBackOff");
        pass(Duration.ofSeconds(15));
        awaitWaiting("no-image", "ImagePullBackOff");
        V1Pod pod = pods("no-image").getFirst();
        assertEquals("Pending", pod.getStatus().getPhase());
        var status = refused(400, "BadRequest", () -> log(pod, "score"));
        assertTrue(message(status).contains("is waiting to start"), message(status));
    }

    @Test
    void imageThatIsNoNameIsTold() throws Exception {
        V1Job job = job("bad-image", "exit 0");
        podSpec(job).getContainers().getFirst().image("Not/AnImage");
        create(job);
        awaitWaiting("bad-image", "InvalidImageName");
    }

    @Test
    void environmentFromNoSecretIsTold() throws Exception {
        V1Job job = job("no-secret", "exit 0");
        podSpec(job)
                .getContainers()
                .getFirst()
                .addEnvItem(new V1EnvVar()
                        .name("TOKEN")
                        .valueFrom(new V1EnvVarSource()
                                .secretKeyRef(new V1SecretKeySelector()
                                        .name("none-such")
                                        .key("a"))));
        create(job);
        V1Pod pod = awaitWaiting("no-secret", "CreateContainerConfigError");
        assertEquals("secret \"none-such\" not found", state(pod).getWaiting().getMessage());
    }

    @Test
    void podComesUpWhenItsSecretDoes() throws Exception {
        V1Job job = job("late-secret", "cat /token/score; echo");
        podSpec(job)
                .addVolumesItem(
                        new V1Volume().name("token").secret(new V1SecretVolumeSource().secretName("comes-late")))
                .getContainers()
                .getFirst()
                .addVolumeMountsItem(mount("token", "/token").readOnly(true));
        create(job);
        awaitWaiting("late-secret", "ContainerCreating");
        core().createNamespacedSecret(
                        namespace,
                        new V1Secret()
                                .metadata(new V1ObjectMeta().name("comes-late"))
                                .stringData(Map.of("score", "a token")))
                .execute();
        awaitCondition("late-secret", "Complete");
        assertEquals("a token\n", log(pods("late-secret").getFirst(), "score"));
    }

    @Test
    void logIsFollowedWhileItIsWritten() throws Exception {
        create(job("talks", "echo one; sleep 2; echo two"));
        V1Pod pod = awaitRunning("talks");
        try (var lines = new BufferedReader(
                new InputStreamReader(new PodLogs(client()).streamNamespacedPodLog(pod), StandardCharsets.UTF_8))) {
            assertEquals("one", lines.readLine());
            assertFalse(is(read("talks"), "Complete"));
            assertEquals("two", lines.readLine());
            assertNull(lines.readLine());
        }
        assertEquals(
                "two\n",
                core().readNamespacedPodLog(pod.getMetadata().getName(), namespace)
                        .tailLines(1)
                        .execute());
    }

    @Test
    void deletedJobTakesItsPod() throws Exception {
        create(job("deleted", "sleep 600"));
        awaitRunning("deleted");
        batch().deleteNamespacedJob("deleted", namespace)
                .propagationPolicy("Background")
                .execute();
        refused(404, "NotFound", () -> read("deleted"));
        await(() -> pods("deleted"), List::isEmpty);
    }

    /** The policy of the address is that of no one, since there is a body. */
    @Test
    void jobDeletedWithoutAPolicyLeavesItsPod() throws Exception {
        String uid = create(job("left", "sleep 600")).getMetadata().getUid();
        V1Pod pod = awaitRunning("left");
        try {
            batch().deleteNamespacedJob("left", namespace)
                    .propagationPolicy("Background")
                    .body(new V1DeleteOptions().preconditions(new V1Preconditions().uid(uid)))
                    .execute();
        } catch (JsonParseException | IllegalArgumentException e) {
            // The client expects a Status; the server may answer with the Job that is going.
        }
        await(
                () -> batch().listNamespacedJob(namespace)
                        .fieldSelector("metadata.name=left")
                        .execute()
                        .getItems(),
                List::isEmpty);
        V1Pod left = await(
                () -> core().readNamespacedPod(pod.getMetadata().getName(), namespace)
                        .execute(),
                one -> one.getMetadata().getOwnerReferences() == null
                        || one.getMetadata().getOwnerReferences().isEmpty());
        assertEquals("Running", left.getStatus().getPhase());
        core().deleteNamespacedPod(pod.getMetadata().getName(), namespace).execute();
    }

    @Test
    void podDeletedByHandFailsTheJob() throws Exception {
        create(job("pod-deleted", "sleep 600"));
        V1Pod pod = awaitRunning("pod-deleted");
        core().deleteNamespacedPod(pod.getMetadata().getName(), namespace).execute();
        V1Job done = awaitCondition("pod-deleted", "Failed");
        assertEquals("BackoffLimitExceeded", condition(done, "Failed").getReason());
        await(() -> pods("pod-deleted"), List::isEmpty);
    }

    @Test
    void failurePolicyFailsTheJobByExitCode() throws Exception {
        V1Job job = job("policy", "exit 7");
        job.getSpec()
                .backoffLimit(3)
                .podFailurePolicy(new V1PodFailurePolicy()
                        .addRulesItem(new V1PodFailurePolicyRule()
                                .action("FailJob")
                                .onExitCodes(new V1PodFailurePolicyOnExitCodesRequirement()
                                        .operator("In")
                                        .values(List.of(7)))));
        create(job);
        V1Job done = awaitCondition("policy", "Failed");
        assertEquals("PodFailurePolicy", condition(done, "Failed").getReason());
        assertTrue(condition(done, "Failed").getMessage().contains("exit code 7"));
        assertEquals(1, done.getStatus().getFailed());
    }

    @Test
    void unknownPriorityIsToldByAnEventAlone() throws Exception {
        V1Job job = job("no-priority", "exit 0");
        podSpec(job).priorityClassName("none-such");
        create(job);
        await(
                () -> core().listNamespacedEvent(namespace)
                        .fieldSelector("involvedObject.name=no-priority")
                        .execute()
                        .getItems(),
                events -> events.stream()
                        .anyMatch(event -> event.getReason().equals("FailedCreate")
                                && event.getMessage().contains("no PriorityClass with name none-such was found")));
        assertEquals(List.of(), pods("no-priority"));
    }

    @Test
    void finishedJobGoesWhenItsTimeIsOver() throws Exception {
        V1Job job = job("short-lived", "exit 0");
        job.getSpec().ttlSecondsAfterFinished(8);
        create(job);
        awaitCondition("short-lived", "Complete");
        pass(Duration.ofSeconds(9));
        await(
                () -> batch().listNamespacedJob(namespace)
                        .labelSelector("check=short-lived")
                        .execute()
                        .getItems(),
                List::isEmpty);
        await(() -> pods("short-lived"), List::isEmpty);
    }

    private String log(V1Pod pod, String container) throws Exception {
        return core().readNamespacedPodLog(pod.getMetadata().getName(), namespace)
                .container(container)
                .execute();
    }

    V1Pod awaitRunning(String job) throws Exception {
        return awaitPod(job, pod -> "Running".equals(pod.getStatus().getPhase()));
    }

    private V1Pod awaitWaiting(String job, String... reasons) throws Exception {
        return awaitPod(
                job,
                pod -> pod.getStatus().getContainerStatuses() != null
                        && !pod.getStatus().getContainerStatuses().isEmpty()
                        && state(pod) != null
                        && state(pod).getWaiting() != null
                        && List.of(reasons).contains(state(pod).getWaiting().getReason()));
    }

    static V1ContainerState state(V1Pod pod) {
        return pod.getStatus().getContainerStatuses().getFirst().getState();
    }

    static boolean podCondition(V1Pod pod, String type, String status) {
        return pod.getStatus().getConditions() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(one ->
                                one.getType().equals(type) && one.getStatus().equals(status));
    }

    static V1VolumeMount mount(String volume, String path) {
        return new V1VolumeMount().name(volume).mountPath(path);
    }
}
