package touchstone.api.runner.kubernetes;

import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1Affinity;
import io.kubernetes.client.openapi.models.V1Capabilities;
import io.kubernetes.client.openapi.models.V1ConfigMapVolumeSource;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1EmptyDirVolumeSource;
import io.kubernetes.client.openapi.models.V1EnvVar;
import io.kubernetes.client.openapi.models.V1EnvVarSource;
import io.kubernetes.client.openapi.models.V1HostAlias;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1JobSpec;
import io.kubernetes.client.openapi.models.V1KeyToPath;
import io.kubernetes.client.openapi.models.V1NodeAffinity;
import io.kubernetes.client.openapi.models.V1NodeSelector;
import io.kubernetes.client.openapi.models.V1NodeSelectorRequirement;
import io.kubernetes.client.openapi.models.V1NodeSelectorTerm;
import io.kubernetes.client.openapi.models.V1ObjectFieldSelector;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1OwnerReference;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaimVolumeSource;
import io.kubernetes.client.openapi.models.V1PodSecurityContext;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1PodTemplateSpec;
import io.kubernetes.client.openapi.models.V1ResourceRequirements;
import io.kubernetes.client.openapi.models.V1SeccompProfile;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1SecretVolumeSource;
import io.kubernetes.client.openapi.models.V1SecurityContext;
import io.kubernetes.client.openapi.models.V1Toleration;
import io.kubernetes.client.openapi.models.V1Volume;
import io.kubernetes.client.openapi.models.V1VolumeMount;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import touchstone.api.runner.JobName;
import touchstone.api.runner.Launch;
import touchstone.api.runner.Numerics;
import touchstone.api.storage.Digests;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.task.TaskFile;

/**
 * A launch as Kubernetes is told of it. The same launch always gives the same Job, so that a Job that is there already can be
 * compared.
 */
final class JobManifest {
    static final String HOUSE = "touchstone/house";
    static final String LAUNCH = "touchstone/launch";
    static final String ELSEWHERE = "touchstone/elsewhere";
    static final String FETCH = "fetch";
    static final String TRAIN = "train";
    static final String SCORE = "score";
    static final String CANARY = "canary";

    static final String CACHE_PATH = "/cache";

    private static final String CACHE = "cache";
    private static final String MANAGER = "app.kubernetes.io/managed-by";
    private static final String RUN = "touchstone/run";
    private static final String ATTEMPT = "touchstone/attempt";
    private static final String QUEUE = "kueue.x-k8s.io/queue-name";
    private static final String TOKEN = "token-";
    /** The address of the machine that a canary runs on. */
    static final String MACHINE = "TOUCHSTONE_MACHINE";

    static final String GPU_PRODUCT = "nvidia.com/gpu.product";
    static final String ARCHITECTURE = "kubernetes.io/arch";

    /** What NVIDIA's GPU feature discovery puts behind a resource's name to say on a node how it is shared. */
    static final String SHARING = ".sharing-strategy";

    /** What NVIDIA's device plugin puts behind a shared resource's name, where it is told to rename it. */
    private static final String RENAMED = ".shared";

    /** Of the images' libtorch, and of the instruction set that results are frozen for. */
    static final String AMD64 = "amd64";

    private static final long USER = 65_532;
    private static final int READABLE_BY_GROUP = 0440;
    private static final int SECONDS_TO_END = 5;

    /** Starting, fetching, and the time between two commands. */
    private static final Duration SLACK = Duration.ofMinutes(10);

    /** A net only: this server deletes what has ended, and a job gives up a server that is away for half an hour. */
    private static final Duration KEPT = Duration.ofHours(6);

    private static final Duration CANARY_KEPT = Duration.ofMinutes(10);

    /** The largest weights take 200 MB; the volume must hold them twice while they are moved, and a task up to 100 MB. */
    private static final int HANDOVER_MEGABYTES = 512;

    private final KubernetesConfig config;
    private final String house;
    private final Duration deadline;
    private final long memoryBytes;

    /**
     * @param house tells this house's jobs from another's
     * @param deadline for one command
     * @param memoryBytes for one command
     */
    JobManifest(KubernetesConfig config, String house, Duration deadline, long memoryBytes) {
        this.config = config;
        this.house = house;
        this.deadline = deadline;
        this.memoryBytes = memoryBytes;
    }

    static String name(JobName job) {
        return "touchstone-" + job;
    }

    String selector() {
        return MANAGER + "=touchstone," + HOUSE + "=" + house;
    }

    /** Whose job these labels belong to; empty = not one of this house. */
    Optional<JobName> jobOf(@Nullable V1ObjectMeta meta) {
        if (meta == null
                || meta.getLabels() == null
                || !house.equals(meta.getLabels().get(HOUSE))) return Optional.empty();
        return JobName.parse(meta.getLabels().get(RUN) + "-" + meta.getLabels().get(ATTEMPT));
    }

    V1Job job(Launch launch) {
        V1JobSpec spec = new V1JobSpec()
                .backoffLimit(0)
                .podReplacementPolicy("Failed")
                .activeDeadlineSeconds(config.queued().plus(podDeadline(launch)).toSeconds())
                .ttlSecondsAfterFinished((int) KEPT.toSeconds())
                .template(new V1PodTemplateSpec()
                        .metadata(new V1ObjectMeta().labels(labels(launch)))
                        .spec(pod(launch)));
        Map<String, String> labels = labels(launch);
        if (config.queue() != null) {
            spec.suspend(true);
            labels.put(QUEUE, config.queue());
        }
        Map<String, String> annotations = new TreeMap<>(Map.of(LAUNCH, Digests.of(JSON.serialize(spec))));
        if (!launch.failedOn().isEmpty()) annotations.put(ELSEWHERE, "true");
        return new V1Job()
                .apiVersion("batch/v1")
                .kind("Job")
                .metadata(new V1ObjectMeta()
                        .name(name(launch.job()))
                        .namespace(config.namespace())
                        .labels(labels)
                        .annotations(annotations))
                .spec(spec);
    }

    /**
     * A Job whose one pod is like those of real jobs in all that a cluster may object to, but runs another command of the
     * image, has no token, may write into the cache as the command that fetches does, and does not last.
     */
    V1Job canary(Launch launch, List<String> arguments, Duration limit) {
        V1Job job = job(launch);
        V1JobSpec spec = job.getSpec();
        spec.activeDeadlineSeconds(limit.toSeconds()).ttlSecondsAfterFinished((int) CANARY_KEPT.toSeconds());
        V1PodSpec pod = spec.getTemplate().getSpec();
        V1Container container = pod.getContainers().getLast();
        container.name(CANARY).args(arguments).addEnvItem(fromPod(MACHINE, "status.hostIP"));
        container.volumeMounts(container.getVolumeMounts().stream()
                .filter(mount -> !mount.getName().startsWith(TOKEN))
                .map(mount -> mount.getName().equals(CACHE) ? mount(CACHE, CACHE_PATH) : mount)
                .toList());
        pod.initContainers(null).containers(List.of(container));
        pod.volumes(pod.getVolumes().stream()
                .filter(volume -> !volume.getName().startsWith(TOKEN))
                .toList());
        return job;
    }

    /** The launch's tokens, each in a file of its own; goes when its Job goes. */
    V1Secret secret(Launch launch, String jobUid) {
        Map<String, String> tokens = new HashMap<>();
        for (Launch.Command command : launch.commands()) tokens.put(word(command.purpose()), command.token());
        return new V1Secret()
                .apiVersion("v1")
                .kind("Secret")
                .type("Opaque")
                .immutable(true)
                .metadata(new V1ObjectMeta()
                        .name(secretName(launch))
                        .namespace(config.namespace())
                        .labels(labels(launch))
                        .addOwnerReferencesItem(new V1OwnerReference()
                                .apiVersion("batch/v1")
                                .kind("Job")
                                .name(name(launch.job()))
                                .uid(jobUid)))
                .stringData(tokens);
    }

    /** Whether a Job of the same name is what this launch would have made. */
    boolean isSame(V1Job there, V1Job wanted) {
        return jobOf(there.getMetadata()).equals(jobOf(wanted.getMetadata()))
                && there.getMetadata().getAnnotations() != null
                && wanted.getMetadata()
                        .getAnnotations()
                        .get(LAUNCH)
                        .equals(there.getMetadata().getAnnotations().get(LAUNCH));
    }

    private Map<String, String> labels(Launch launch) {
        Map<String, String> labels = new TreeMap<>();
        labels.put(MANAGER, "touchstone");
        labels.put(HOUSE, house);
        labels.put(RUN, launch.job().run().toString());
        labels.put(ATTEMPT, Integer.toString(launch.job().attempt()));
        return labels;
    }

    /** Not to be known before: nobody can put a Secret of theirs in its place. */
    private static String secretName(Launch launch) {
        String tokens = launch.commands().stream().map(Launch.Command::token).reduce("", String::concat);
        return name(launch.job()) + "-"
                + Digests.of("name of the secret of " + tokens).substring(0, 8);
    }

    private Duration podDeadline(Launch launch) {
        return deadline.multipliedBy(launch.commands().size()).plus(SLACK);
    }

    private V1PodSpec pod(Launch launch) {
        V1PodSpec pod = new V1PodSpec()
                .restartPolicy("Never")
                .automountServiceAccountToken(false)
                .enableServiceLinks(false)
                .terminationGracePeriodSeconds((long) SECONDS_TO_END)
                .activeDeadlineSeconds(podDeadline(launch).toSeconds())
                .priorityClassName(launch.urgent() ? config.finalPriority() : config.boardPriority())
                .hostAliases(serverAddress())
                .nodeSelector(nodeLabels(launch.device()))
                .securityContext(new V1PodSecurityContext()
                        .runAsNonRoot(true)
                        .runAsUser(USER)
                        .runAsGroup(USER)
                        .fsGroup(USER)
                        .seccompProfile(new V1SeccompProfile().type("RuntimeDefault")))
                .volumes(volumes(launch));
        List<V1Container> containers = launch.commands().stream()
                .map(command -> container(launch, command))
                .toList();
        pod.initContainers(containers.subList(0, containers.size() - 1));
        pod.containers(List.of(containers.getLast()));
        if (isCuda(launch.device()))
            pod.runtimeClassName(config.runtimeClassName())
                    .tolerations(config.tolerations().stream()
                            .map(JobManifest::toleration)
                            .toList());
        return pod.affinity(affinity(launch));
    }

    /** Which machines it must keep from; one term, since of several any would do. */
    private @Nullable V1Affinity affinity(Launch launch) {
        V1NodeSelectorTerm term = new V1NodeSelectorTerm();
        if (isCuda(launch.device())) term.addMatchExpressionsItem(unshared(resource(launch.device())));
        // One requirement a machine: a field's may name only one.
        for (String node : launch.failedOn()) term.addMatchFieldsItem(notIn("metadata.name", List.of(node)));
        if (term.equals(new V1NodeSelectorTerm())) return null;
        return new V1Affinity()
                .nodeAffinity(new V1NodeAffinity()
                        .requiredDuringSchedulingIgnoredDuringExecution(
                                new V1NodeSelector().nodeSelectorTerms(List.of(term))));
    }

    /** A card that several pods get has one memory for all: who is beside a run would decide how it ends. */
    private static V1NodeSelectorRequirement unshared(String resource) {
        return notIn(labelled(resource) + SHARING, List.of("time-slicing", "mps"));
    }

    /** What the labels begin with that say of a node how this resource is there. */
    static String labelled(String resource) {
        return resource.endsWith(RENAMED) ? resource.substring(0, resource.length() - RENAMED.length()) : resource;
    }

    /** Holds also of what lacks the label. */
    private static V1NodeSelectorRequirement notIn(String key, List<String> values) {
        return new V1NodeSelectorRequirement().key(key).operator("NotIn").values(values);
    }

    static boolean isCuda(TaskFile.Device device) {
        return device.kind().equals("cuda");
    }

    private static Map<String, String> nodeLabels(TaskFile.Device device) {
        Map<String, String> labels = new TreeMap<>();
        labels.put(ARCHITECTURE, AMD64);
        TaskFile.Gpu gpu = device.gpu();
        if (isCuda(device) && gpu != null && gpu.product() != null) labels.put(GPU_PRODUCT, gpu.product());
        return labels;
    }

    /** @param taint {@code key[=value][:effect]} */
    static V1Toleration toleration(String taint) {
        int effect = taint.lastIndexOf(':');
        String keyAndValue = effect < 0 ? taint : taint.substring(0, effect);
        int value = keyAndValue.indexOf('=');
        V1Toleration toleration = new V1Toleration()
                .key(value < 0 ? keyAndValue : keyAndValue.substring(0, value))
                .operator(value < 0 ? "Exists" : "Equal");
        if (value >= 0) toleration.value(keyAndValue.substring(value + 1));
        if (effect >= 0) toleration.effect(taint.substring(effect + 1));
        return toleration;
    }

    /** Jobs may ask no name service: what answers there could lead them elsewhere, and it would be one more way out. */
    private @Nullable List<V1HostAlias> serverAddress() {
        String host = config.server().getHost();
        // An address, not a name.
        if (host.startsWith("[") || host.matches("[0-9.]+")) return null;
        try {
            String address = InetAddress.getByName(host).getHostAddress();
            return address.equals(host)
                    ? null
                    : List.of(new V1HostAlias().ip(address).hostnames(List.of(host)));
        } catch (UnknownHostException e) {
            throw new ClusterTrouble("the name of touchstone.kubernetes.server, '" + host + "', is not known here", e);
        }
    }

    private V1Container container(Launch launch, Launch.Command command) {
        String name = word(command.purpose());
        TaskFile.Device device = launch.device();
        String image = isCuda(device) ? config.cudaImage() : config.image();
        if (image == null)
            throw new Unmakeable(
                    "the recipe wants a GPU and this house has no image for one: set touchstone.kubernetes.cuda-image");
        return new V1Container()
                .name(name)
                .image(image)
                .imagePullPolicy("IfNotPresent")
                .args(arguments(launch.job(), name))
                .env(environment(image))
                .resources(resources(device, command.purpose()))
                .securityContext(new V1SecurityContext()
                        .allowPrivilegeEscalation(false)
                        .readOnlyRootFilesystem(true)
                        .capabilities(new V1Capabilities().drop(List.of("ALL"))))
                .volumeMounts(mounts(name));
    }

    private List<String> arguments(JobName job, String command) {
        List<String> words =
                new ArrayList<>(List.of(command, "--server", config.server().toString()));
        words.addAll(List.of("--run", job.run().toString(), "--attempt", Integer.toString(job.attempt())));
        words.addAll(List.of("--token-file", "/token/" + command));
        if (!command.equals(FETCH)) words.addAll(List.of("--handover", "/handover"));
        if (config.ca() != null) words.addAll(List.of("--ca", "/ca/ca.crt"));
        if (config.cache() != null) words.addAll(List.of("--cached", CACHE_PATH));
        return words;
    }

    private static List<V1EnvVar> environment(String image) {
        List<V1EnvVar> variables = new ArrayList<>();
        new TreeMap<>(Numerics.ENVIRONMENT).forEach((name, value) -> variables.add(variable(name, value)));
        variables.add(variable("LANG", "C.UTF-8"));
        variables.add(variable("HOME", "/scratch"));
        variables.add(variable("TMPDIR", "/scratch"));
        variables.add(variable("TOUCHSTONE_IMAGE", image));
        variables.add(fromPod("TOUCHSTONE_NODE", "spec.nodeName"));
        return variables;
    }

    private static V1EnvVar fromPod(String name, String field) {
        return new V1EnvVar()
                .name(name)
                .valueFrom(new V1EnvVarSource().fieldRef(new V1ObjectFieldSelector().fieldPath(field)));
    }

    private static V1EnvVar variable(String name, String value) {
        return new V1EnvVar().name(name).value(value);
    }

    private V1ResourceRequirements resources(TaskFile.Device device, Purpose purpose) {
        Map<String, Quantity> amounts = new TreeMap<>();
        amounts.put("cpu", new Quantity(Integer.toString(device.threads())));
        amounts.put("memory", new Quantity(Long.toString(memoryBytes)));
        amounts.put("ephemeral-storage", megabytes(config.scratchMegabytes() + HANDOVER_MEGABYTES));
        if (isCuda(device) && purpose != Purpose.FETCH) {
            TaskFile.Gpu gpu = device.gpu();
            amounts.put(resource(device), new Quantity(Integer.toString(gpu == null ? 1 : gpu.count())));
        }
        return new V1ResourceRequirements().requests(amounts).limits(amounts);
    }

    private String resource(TaskFile.Device device) {
        TaskFile.Gpu gpu = device.gpu();
        return gpu == null || gpu.resource() == null ? config.gpuResource() : gpu.resource();
    }

    private static Quantity megabytes(int number) {
        return new Quantity(number + "Mi");
    }

    private List<V1VolumeMount> mounts(String command) {
        List<V1VolumeMount> mounts = new ArrayList<>();
        mounts.add(mount("scratch-" + command, "/scratch"));
        mounts.add(mount(TOKEN + command, "/token").readOnly(true));
        if (!command.equals(FETCH)) mounts.add(mount("handover", "/handover").readOnly(command.equals(SCORE)));
        if (config.ca() != null) mounts.add(mount("ca", "/ca").readOnly(true));
        if (config.cache() != null) mounts.add(mount(CACHE, CACHE_PATH).readOnly(!command.equals(FETCH)));
        return mounts;
    }

    private static V1VolumeMount mount(String volume, String path) {
        return new V1VolumeMount().name(volume).mountPath(path);
    }

    private List<V1Volume> volumes(Launch launch) {
        List<V1Volume> volumes = new ArrayList<>();
        for (Launch.Command command : launch.commands()) {
            String name = word(command.purpose());
            volumes.add(empty("scratch-" + name, config.scratchMegabytes()));
            volumes.add(new V1Volume()
                    .name(TOKEN + name)
                    .secret(new V1SecretVolumeSource()
                            .secretName(secretName(launch))
                            .defaultMode(READABLE_BY_GROUP)
                            .items(List.of(new V1KeyToPath().key(name).path(name)))));
        }
        volumes.add(empty("handover", HANDOVER_MEGABYTES));
        if (config.ca() != null)
            volumes.add(new V1Volume().name("ca").configMap(new V1ConfigMapVolumeSource().name(config.ca())));
        if (config.cache() != null)
            volumes.add(new V1Volume()
                    .name(CACHE)
                    .persistentVolumeClaim(new V1PersistentVolumeClaimVolumeSource().claimName(config.cache())));
        return volumes;
    }

    private static V1Volume empty(String name, int megabytes) {
        return new V1Volume().name(name).emptyDir(new V1EmptyDirVolumeSource().sizeLimit(megabytes(megabytes)));
    }

    private static String word(Purpose purpose) {
        return switch (purpose) {
            case FETCH -> FETCH;
            case TRAIN -> TRAIN;
            case SCORE -> SCORE;
        };
    }
}
