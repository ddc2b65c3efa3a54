package touchstone.api.runner.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1HostAlias;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1NodeSelectorRequirement;
import io.kubernetes.client.openapi.models.V1NodeSelectorTerm;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Toleration;
import io.kubernetes.client.openapi.models.V1VolumeMount;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import touchstone.api.runner.JobName;
import touchstone.api.runner.Launch;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.task.TaskFile;

class JobManifestTest {
    private static final JobName JOB = new JobName(UUID.fromString("11111111-2222-3333-4444-555555555555"), 3);
    private static final Launch.Command TRAIN = new Launch.Command(Purpose.TRAIN, "token-t");
    private static final Launch.Command SCORE = new Launch.Command(Purpose.SCORE, "token-s");
    private static final TaskFile.Device CPU = new TaskFile.Device("cpu", 2);

    static KubernetesConfig config(@Nullable String queue, @Nullable String cudaImage) {
        return new KubernetesConfig(
                "jobs",
                URI.create("https://127.0.0.1:8443"),
                "registry.example/evaluator@sha256:1",
                cudaImage,
                "touchstone-ca",
                null,
                queue,
                4,
                "touchstone-board",
                "touchstone-final",
                "nvidia.com/gpu",
                List.of("nvidia.com/gpu:NoSchedule", "pool=gpu"),
                "nvidia",
                null,
                Duration.ofHours(24),
                Duration.ofMinutes(30),
                Duration.ofMinutes(3),
                Duration.ofMinutes(2),
                Duration.ofMinutes(3),
                4096);
    }

    private static JobManifest manifest(KubernetesConfig config) {
        return new JobManifest(config, "house", Duration.ofHours(1), 3L << 30);
    }

    private static V1Job job(TaskFile.Device device, boolean urgent, Launch.Command... commands) {
        return manifest(config(null, "cuda@sha256:2"))
                .job(new Launch(JOB, List.of(commands), device, urgent, List.of()));
    }

    private static V1PodSpec pod(V1Job job) {
        return job.getSpec().getTemplate().getSpec();
    }

    @Test
    void trainingIsAnInitContainerAndScoringTheOther() {
        V1Job job = job(CPU, false, TRAIN, SCORE);
        assertEquals(
                "touchstone-11111111-2222-3333-4444-555555555555-3",
                job.getMetadata().getName());
        assertEquals(List.of("train"), names(pod(job).getInitContainers()));
        assertEquals(List.of("score"), names(pod(job).getContainers()));
        assertEquals(
                List.of(
                        "train",
                        "--server",
                        "https://127.0.0.1:8443",
                        "--run",
                        "11111111-2222-3333-4444-555555555555",
                        "--attempt",
                        "3",
                        "--token-file",
                        "/token/train",
                        "--handover",
                        "/handover",
                        "--ca",
                        "/ca/ca.crt"),
                pod(job).getInitContainers().getFirst().getArgs());
        assertEquals(2 * 3600 + 600, pod(job).getActiveDeadlineSeconds());
        assertEquals(24 * 3600 + 2 * 3600 + 600, job.getSpec().getActiveDeadlineSeconds());
        assertEquals(0, job.getSpec().getBackoffLimit());
        assertEquals(6 * 3600, job.getSpec().getTtlSecondsAfterFinished(), "goes even if every server is gone");
        assertNull(job.getSpec().getSuspend());
    }

    /** Whatever a cluster has against real jobs it must have against the canary. */
    @Test
    void theCanarysPodIsLikeThatOfAJob() {
        Launch launch = new Launch(JOB, List.of(SCORE), CPU, false, List.of());
        V1Job real = manifest(config("queue", null)).job(launch);
        V1Job canary = manifest(config("queue", null)).canary(launch, List.of("canary"), Duration.ofMinutes(10));
        V1PodSpec pod = pod(canary);
        assertEquals(
                real.getSpec().getTemplate().getMetadata(),
                canary.getSpec().getTemplate().getMetadata());
        assertEquals(real.getMetadata().getLabels(), canary.getMetadata().getLabels());
        assertEquals(real.getSpec().getSuspend(), canary.getSpec().getSuspend());
        assertEquals(600, canary.getSpec().getActiveDeadlineSeconds());
        assertEquals(
                List.of(),
                volumes(canary).stream()
                        .filter(name -> name.startsWith("token"))
                        .toList());
        assertTrue(volumes(real).stream().anyMatch(name -> name.startsWith("token")));
        V1Container its = pod.getContainers().getFirst();
        V1Container score = pod(real).getContainers().getFirst();
        assertEquals(List.of("canary"), its.getArgs());
        // But for the command, the token that it needs none of, and its machine's address, all is the same.
        assertEquals("TOUCHSTONE_MACHINE", its.getEnv().removeLast().getName());
        score.name(its.getName()).args(its.getArgs()).volumeMounts(its.getVolumeMounts());
        assertEquals(pod(real).volumes(pod.getVolumes()).initContainers(null), pod);
    }

    @Test
    void judgingAgainWithoutTrainingOnlyScores() {
        V1Job job = job(CPU, false, SCORE);
        assertEquals(List.of(), pod(job).getInitContainers());
        assertEquals(List.of("score"), names(pod(job).getContainers()));
        assertFalse(volumes(job).contains("token-train"));
    }

    private static List<String> names(List<V1Container> containers) {
        return containers.stream().map(V1Container::getName).toList();
    }

    private static Set<String> volumes(V1Job job) {
        return pod(job).getVolumes().stream().map(volume -> volume.getName()).collect(Collectors.toSet());
    }

    /** What Pod Security calls restricted, and more. */
    @Test
    void containersMayDoNothingButTheirWork() {
        V1PodSpec pod = pod(job(new TaskFile.Device("cuda", 1), false, TRAIN, SCORE));
        assertEquals(false, pod.getAutomountServiceAccountToken());
        assertEquals(false, pod.getEnableServiceLinks());
        assertEquals("Never", pod.getRestartPolicy());
        assertEquals(true, pod.getSecurityContext().getRunAsNonRoot());
        assertTrue(pod.getSecurityContext().getRunAsUser() > 0);
        assertEquals(
                "RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
        assertTrue(pod.getVolumes().stream().allMatch(volume -> volume.getHostPath() == null));
        assertTrue(pod.getVolumes().stream()
                .filter(volume -> volume.getEmptyDir() != null)
                .allMatch(volume -> volume.getEmptyDir().getSizeLimit() != null));
        for (V1Container container : both(pod)) {
            assertEquals(false, container.getSecurityContext().getAllowPrivilegeEscalation());
            assertEquals(true, container.getSecurityContext().getReadOnlyRootFilesystem());
            assertEquals(
                    List.of("ALL"),
                    container.getSecurityContext().getCapabilities().getDrop());
            assertEquals(
                    container.getResources().getRequests(),
                    container.getResources().getLimits());
            assertTrue(container
                    .getResources()
                    .getLimits()
                    .keySet()
                    .containsAll(Set.of("cpu", "memory", "ephemeral-storage")));
            assertEquals("IfNotPresent", container.getImagePullPolicy());
        }
    }

    private static List<V1Container> both(V1PodSpec pod) {
        return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream())
                .toList();
    }

    @Test
    void eachContainerReadsItsOwnTokenAndNoOther() {
        V1Job job = job(CPU, false, TRAIN, SCORE);
        for (V1Container container : both(pod(job))) {
            List<String> tokens = container.getVolumeMounts().stream()
                    .map(V1VolumeMount::getName)
                    .filter(name -> name.startsWith("token"))
                    .toList();
            assertEquals(List.of("token-" + container.getName()), tokens);
        }
        pod(job).getVolumes().stream()
                .filter(volume -> volume.getSecret() != null)
                .forEach(volume -> assertEquals(
                        List.of(volume.getName()),
                        volume.getSecret().getItems().stream()
                                .map(item -> "token-" + item.getKey())
                                .toList()));
        // Scoring sees the hidden test: nothing that training wrote is on its disk but the weights, and those it cannot
        // change.
        V1VolumeMount handover = both(pod(job)).getLast().getVolumeMounts().stream()
                .filter(mount -> mount.getName().equals("handover"))
                .findFirst()
                .orElseThrow();
        assertEquals(true, handover.getReadOnly());
        assertTrue(volumes(job).containsAll(Set.of("scratch-train", "scratch-score")));
    }

    @Test
    void theSecretGoesWithItsJobAndItsNameCannotBeGuessed() {
        Launch launch = new Launch(JOB, List.of(TRAIN, SCORE), CPU, false, List.of());
        JobManifest manifest = manifest(config(null, null));
        V1Secret secret = manifest.secret(launch, "uid-of-job");
        assertEquals(Map.of("train", "token-t", "score", "token-s"), secret.getStringData());
        assertEquals(
                "uid-of-job",
                secret.getMetadata().getOwnerReferences().getFirst().getUid());
        Launch other =
                new Launch(JOB, List.of(new Launch.Command(Purpose.TRAIN, "other"), SCORE), CPU, false, List.of());
        assertNotEquals(
                secret.getMetadata().getName(),
                manifest.secret(other, "uid-of-job").getMetadata().getName());
        assertFalse(JSON.serialize(manifest.job(launch)).contains("token-t\""));
    }

    @Test
    void aGpuIsWhatTheRecipeDemands() {
        V1PodSpec any = pod(job(new TaskFile.Device("cuda", 1), false, TRAIN, SCORE));
        assertEquals(Map.of("kubernetes.io/arch", "amd64"), any.getNodeSelector());
        assertEquals("nvidia", any.getRuntimeClassName());
        assertEquals(
                List.of(
                        new V1Toleration()
                                .key("nvidia.com/gpu")
                                .operator("Exists")
                                .effect("NoSchedule"),
                        new V1Toleration().key("pool").operator("Equal").value("gpu")),
                any.getTolerations());
        TaskFile.Gpu slice = new TaskFile.Gpu("NVIDIA-A100", null, "nvidia.com/mig-1g.5gb", 2);
        V1PodSpec demanding = pod(job(new TaskFile.Device("cuda", 1, slice), false, TRAIN, SCORE));
        assertEquals(
                Map.of("kubernetes.io/arch", "amd64", "nvidia.com/gpu.product", "NVIDIA-A100"),
                demanding.getNodeSelector());
        for (V1Container container : both(demanding)) {
            assertEquals("cuda@sha256:2", container.getImage());
            assertEquals(new Quantity("2"), container.getResources().getLimits().get("nvidia.com/mig-1g.5gb"));
        }
        V1PodSpec processor = pod(job(CPU, false, TRAIN, SCORE));
        assertEquals(List.of(), processor.getTolerations());
        assertEquals(Map.of("kubernetes.io/arch", "amd64"), processor.getNodeSelector());
        assertNull(processor.getRuntimeClassName());
        assertEquals(
                Set.of("cpu", "memory", "ephemeral-storage"),
                both(processor).getFirst().getResources().getLimits().keySet());
    }

    /** A slice may be shared as a whole card may, and says so by a label of its own. */
    @Test
    void aCardThatSeveralPodsGetIsNoneForARun() {
        TaskFile.Gpu slice = new TaskFile.Gpu(null, null, "nvidia.com/mig-1g.5gb", 1);
        TaskFile.Gpu renamed = new TaskFile.Gpu(null, null, "nvidia.com/gpu.shared", 1);
        assertEquals(
                List.of(notIn("nvidia.com/gpu.sharing-strategy", "time-slicing", "mps")),
                term(new TaskFile.Device("cuda", 1), List.of()).getMatchExpressions());
        assertEquals(
                List.of(notIn("nvidia.com/mig-1g.5gb.sharing-strategy", "time-slicing", "mps")),
                term(new TaskFile.Device("cuda", 1, slice), List.of()).getMatchExpressions());
        assertEquals(
                List.of(notIn("nvidia.com/gpu.sharing-strategy", "time-slicing", "mps")),
                term(new TaskFile.Device("cuda", 1, renamed), List.of()).getMatchExpressions());
        assertNull(pod(job(CPU, false, SCORE)).getAffinity(), "one without a card runs there too");
        V1NodeSelectorTerm both = term(new TaskFile.Device("cuda", 1), List.of("node-1", "node-2"));
        assertEquals(1, both.getMatchExpressions().size(), "all in one term, since any term is enough");
        assertEquals(
                List.of(notIn("metadata.name", "node-1"), notIn("metadata.name", "node-2")), both.getMatchFields());
        assertEquals(List.of(), term(CPU, List.of("node-1")).getMatchExpressions());
    }

    private static V1NodeSelectorTerm term(TaskFile.Device device, List<String> failedOn) {
        V1Job job =
                manifest(config(null, "cuda@sha256:2")).job(new Launch(JOB, List.of(SCORE), device, false, failedOn));
        List<V1NodeSelectorTerm> terms = pod(job).getAffinity()
                .getNodeAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getNodeSelectorTerms();
        assertEquals(1, terms.size());
        return terms.getFirst();
    }

    private static V1NodeSelectorRequirement notIn(String key, String... values) {
        return new V1NodeSelectorRequirement().key(key).operator("NotIn").values(List.of(values));
    }

    @Test
    void aHouseWithoutAnImageForGpusSaysWhatToSet() {
        Launch launch = new Launch(JOB, List.of(SCORE), new TaskFile.Device("cuda", 1), false, List.of());
        Unmakeable refusal = assertThrows(
                Unmakeable.class, () -> manifest(config(null, null)).job(launch));
        assertTrue(refusal.getMessage().contains("touchstone.kubernetes.cuda-image"));
    }

    @Test
    void finalsGoBeforeTheBoardAndAQueueAdmitsJobs() {
        assertEquals("touchstone-board", pod(job(CPU, false, SCORE)).getPriorityClassName());
        assertEquals("touchstone-final", pod(job(CPU, true, SCORE)).getPriorityClassName());
        V1Job queued = manifest(config("judging", null)).job(new Launch(JOB, List.of(SCORE), CPU, false, List.of()));
        assertEquals(true, queued.getSpec().getSuspend());
        assertEquals("judging", queued.getMetadata().getLabels().get("kueue.x-k8s.io/queue-name"));
    }

    @Test
    void aJobIsKnownAgainByItsLabelsAndItsDigest() {
        JobManifest manifest = manifest(config(null, null));
        V1Job job = job(CPU, false, TRAIN, SCORE);
        assertEquals(Optional.of(JOB), manifest.jobOf(job.getMetadata()));
        assertEquals(
                Optional.of(JOB), manifest.jobOf(job.getSpec().getTemplate().getMetadata()));
        assertTrue(manifest.isSame(job, job(CPU, false, TRAIN, SCORE)));
        assertFalse(manifest.isSame(job, job(CPU, false, SCORE)));
        V1Job strangers = new JobManifest(config(null, null), "other", Duration.ofHours(1), 3L << 30)
                .job(new Launch(JOB, List.of(TRAIN, SCORE), CPU, false, List.of()));
        assertEquals(Optional.empty(), manifest.jobOf(strangers.getMetadata()));
        assertFalse(manifest.isSame(strangers, job));
    }

    private static KubernetesConfig at(String server, @Nullable String cache) {
        KubernetesConfig base = config(null, null);
        return new KubernetesConfig(
                base.namespace(),
                URI.create(server),
                base.image(),
                base.cudaImage(),
                base.ca(),
                cache,
                base.queue(),
                base.jobs(),
                base.boardPriority(),
                base.finalPriority(),
                base.gpuResource(),
                base.tolerations(),
                base.runtimeClassName(),
                base.kubeconfig(),
                base.queued(),
                base.settingUp(),
                base.stuck(),
                base.told(),
                base.compare(),
                base.scratchMegabytes());
    }

    private static V1PodSpec scoring(KubernetesConfig config) {
        return pod(manifest(config).job(new Launch(JOB, List.of(SCORE), CPU, false, List.of())));
    }

    /** A job may ask no name service. */
    @Test
    void aJobIsToldTheAddressOfTheServersName() {
        assertEquals(
                List.of(new V1HostAlias().ip("127.0.0.1").hostnames(List.of("localhost"))),
                scoring(at("https://localhost:8443", null)).getHostAliases());
        for (String address : List.of("https://127.0.0.1:8443", "https://[::1]:8443"))
            assertTrue(isNullOrEmpty(scoring(at(address, null)).getHostAliases()), address);
    }

    private static boolean isNullOrEmpty(@Nullable List<?> list) {
        return list == null || list.isEmpty();
    }

    /** What one job writes there all others read. */
    @Test
    void onlyFetchMayWriteToTheCache() {
        Launch launch = new Launch(
                JOB, List.of(new Launch.Command(Purpose.FETCH, "token-f"), TRAIN, SCORE), CPU, false, List.of());
        V1PodSpec pod = pod(manifest(at("https://127.0.0.1:8443", "tasks")).job(launch));
        assertEquals(List.of("fetch", "train", "score"), names(both(pod)));
        for (V1Container container : both(pod)) {
            V1VolumeMount cache = container.getVolumeMounts().stream()
                    .filter(mount -> mount.getMountPath().equals("/cache"))
                    .findFirst()
                    .orElseThrow();
            boolean readOnly = Boolean.TRUE.equals(cache.getReadOnly());
            assertEquals(!container.getName().equals("fetch"), readOnly, container.getName());
            assertTrue(container.getArgs().containsAll(List.of("--cached", "/cache")), container.getName());
            assertEquals(
                    "tasks",
                    pod.getVolumes().stream()
                            .filter(volume -> volume.getName().equals(cache.getName()))
                            .findFirst()
                            .orElseThrow()
                            .getPersistentVolumeClaim()
                            .getClaimName());
        }
    }
}
