package touchstone.api.runner.kubernetes;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.AuthenticationV1Api;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.apis.SchedulingV1Api;
import io.kubernetes.client.openapi.apis.VersionApi;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1SelfSubjectReview;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import touchstone.api.runner.JobName;
import touchstone.api.runner.Launch;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.task.TaskFile;

/** Finds what is wrong with a cluster before a contest does. What it makes there, one Job at a time, it removes again. */
public final class ClusterCheck {
    /** No server knows this house, so none takes its jobs for its own. */
    private static final String HOUSE = "k8s-check";

    /** Somewhere that everybody can reach who reaches anything, and what is near to a pod. */
    private static final List<String> OUTSIDE = List.of("1.1.1.1:443", Canary.METADATA, Canary.KUBELET);

    private static final String ENFORCED = "pod-security.kubernetes.io/enforce";
    private static final String RESTRICTED = "restricted";
    private static final int HTTPS = 443;

    private static final TaskFile.Device CPU = new TaskFile.Device("cpu", 1);

    private final KubernetesConfig config;
    private final @Nullable String product;
    private final ApiClient asking;
    private final ApiClient looking;
    private final JobManifest manifest;
    private final LongSupplier nanos;
    private final Consumer<Duration> pause;
    private final List<String> outside;

    /**
     * @param account whose rights are looked at, and who makes the Jobs; null = who the settings say. Another one needs the
     *     right to impersonate
     * @param product of the wanted card, as nodes are labelled {@code nvidia.com/gpu.product}; null = any
     * @param deadline for one command of a job
     * @param memoryBytes for one command of a job
     */
    public ClusterCheck(
            KubernetesConfig config,
            @Nullable String account,
            @Nullable String product,
            Duration deadline,
            long memoryBytes) {
        this(
                config,
                account,
                product,
                new JobManifest(config, HOUSE, deadline, memoryBytes),
                System::nanoTime,
                time -> LockSupport.parkNanos(time.toNanos()),
                OUTSIDE);
    }

    ClusterCheck(
            KubernetesConfig config,
            @Nullable String account,
            @Nullable String product,
            JobManifest manifest,
            LongSupplier nanos,
            Consumer<Duration> pause,
            List<String> outside) {
        this.config = config;
        this.product = product;
        this.looking = KubernetesRunner.client(config, KubernetesRunner.CALL_TIMEOUT);
        this.asking = KubernetesRunner.client(config, KubernetesRunner.CALL_TIMEOUT);
        if (account != null) asking.addDefaultHeader("Impersonate-User", account);
        this.manifest = manifest;
        this.nanos = nanos;
        this.pause = pause;
        this.outside = outside;
    }

    /**
     * @param told hears of each finding as soon as it is there
     * @param waiting hears what is waited for, one sentence every minute
     */
    public void run(Consumer<Finding> told, Consumer<String> waiting) {
        Finding api = api();
        told.accept(api);
        if (api.outcome() == Finding.Outcome.WRONG) {
            for (String check : List.of("rights", "namespace", "job", "cards", "image", "server", "network"))
                told.accept(Finding.notKnown(check, "not looked at, since the cluster does not answer"));
            return;
        }
        told.accept(guarded("rights", () -> new RightsCheck(asking, config.namespace()).look()));
        told.accept(guarded("namespace", this::namespace));
        Finding job = guarded("job", this::job);
        told.accept(job);
        told.accept(guarded("cards", () -> new CardCheck(config, product).look(new CoreV1Api(looking))));
        told.accept(digest());
        if (job.outcome() == Finding.Outcome.OK) canaries(told, waiting);
        else
            for (String check : List.of("image", "server", "network"))
                told.accept(Finding.notKnown(check, "not tried, since the cluster takes no Job from here"));
    }

    private interface Look {
        Finding look() throws ApiException;
    }

    private static Finding guarded(String check, Look look) {
        try {
            return look.look();
        } catch (ApiException e) {
            return Finding.notKnown(
                    check, "the cluster does not say: " + KubernetesRunner.text(e) + ". Run this again");
        }
    }

    private Finding api() {
        String address = asking.getBasePath();
        try {
            String user = user();
            String version = new VersionApi(asking).getCode().execute().getGitVersion();
            return Finding.ok("api", "Kubernetes " + version + " answers at " + address + user);
        } catch (ApiException e) {
            String advice =
                    switch (e.getCode()) {
                        case 401 ->
                            "the credentials are not accepted: make new ones for the kubeconfig, or let the pod"
                                    + " mount its token (k8s/base/server.yaml)";
                        case 403 -> "the account may not even ask; with --as, yours must be allowed to impersonate";
                        default -> "look whether the address is right and can be reached from here";
                    };
            return Finding.wrong("api", address + ": " + KubernetesRunner.text(e) + "; " + advice);
        }
    }

    /** Clusters before 1.28 do not say who asks; that the credentials are refused is said by all. */
    private String user() throws ApiException {
        try {
            return ", as "
                    + new AuthenticationV1Api(asking)
                            .createSelfSubjectReview(new V1SelfSubjectReview())
                            .execute()
                            .getStatus()
                            .getUserInfo()
                            .getUsername();
        } catch (ApiException e) {
            if (e.getCode() == 404) return "";
            throw e;
        }
    }

    private Finding namespace() throws ApiException {
        String name = config.namespace();
        String apply = "kubectl apply -f k8s/base/namespaces.yaml";
        try {
            V1Namespace namespace = new CoreV1Api(looking).readNamespace(name).execute();
            Map<String, String> labels = namespace.getMetadata().getLabels();
            String level = labels == null ? "" : labels.getOrDefault(ENFORCED, "");
            if (level.equals(RESTRICTED))
                return Finding.ok("namespace", name + " refuses pods that are not " + RESTRICTED);
            return Finding.wrong(
                    "namespace",
                    name + (level.isEmpty() ? " refuses no pod" : " refuses only pods that are not " + level) + ": "
                            + apply + ", or kubectl label --overwrite namespace " + name + " " + ENFORCED + "="
                            + RESTRICTED);
        } catch (ApiException e) {
            if (e.getCode() == 404)
                return Finding.wrong(
                        "namespace",
                        "there is no namespace " + name + ": " + apply
                                + ", or name another in TOUCHSTONE_KUBERNETES_NAMESPACE");
            if (e.getCode() != 403) throw e;
            // A dry run proves nothing of it either: of Jobs, Pod Security only warns; it refuses pods.
            return Finding.notKnown(
                    "namespace",
                    "this account may not read " + name + ", and need not. Look with your own: kubectl get namespace "
                            + name
                            + " --show-labels must show " + ENFORCED + "=" + RESTRICTED
                            + "; or run this with your --kubeconfig");
        }
    }

    /** The Job only: what a cluster has against its pod it says when it makes one, as of the canary. */
    private Finding job() throws ApiException {
        Optional<String> noClass = missingPriorityClass();
        if (noClass.isPresent())
            return Finding.wrong(
                    "job", "there is no PriorityClass " + noClass.get() + ". " + Advice.on("PriorityClass", config));
        BatchV1Api batch = new BatchV1Api(asking);
        try {
            for (TaskFile.Device device : devices())
                batch.createNamespacedJob(config.namespace(), manifest.job(launch(device)))
                        .dryRun("All")
                        .fieldValidation("Strict")
                        .execute();
            return Finding.ok("job", "a Job as the server makes it is taken (tried without making it)");
        } catch (ApiException e) {
            if (e.getCode() == 0 || e.getCode() >= 500) throw e;
            String why = KubernetesRunner.text(e);
            return Finding.wrong(
                    "job", "a Job as the server makes it is refused: " + why + ". " + Advice.on(why, config));
        } catch (ClusterTrouble e) {
            String inPod =
                    "kubectl -n touchstone exec deployment/touchstone -c server -- /opt/touchstone/bin/touchstone"
                            + " k8s check";
            return config.kubeconfig() == null
                    ? Finding.wrong(
                            "job",
                            e.getMessage() + "; write the name of the Service, such as"
                                    + " https://touchstone.touchstone.svc:8443")
                    : Finding.notKnown("job", e.getMessage() + ". Run this where the server runs too: " + inPod);
        }
    }

    /** Only for an account that may read them, which the server's may not. */
    private Optional<String> missingPriorityClass() throws ApiException {
        for (String name : Stream.of(config.boardPriority(), config.finalPriority())
                .flatMap(Stream::ofNullable)
                .toList()) {
            try {
                new SchedulingV1Api(looking).readPriorityClass(name).execute();
            } catch (ApiException e) {
                if (e.getCode() == 404) return Optional.of(name);
                if (e.getCode() != 403) throw e;
            }
        }
        return Optional.empty();
    }

    private List<TaskFile.Device> devices() {
        return config.cudaImage() == null ? List.of(CPU) : List.of(CPU, card());
    }

    private TaskFile.Device card() {
        return new TaskFile.Device("cuda", 1, new TaskFile.Gpu(product, null, null, 1));
    }

    private Launch launch(TaskFile.Device device) {
        List<Launch.Command> commands = Stream.of(Purpose.values())
                .filter(purpose -> purpose != Purpose.FETCH || config.cache() != null)
                .map(purpose -> new Launch.Command(purpose, ""))
                .toList();
        return new Launch(new JobName(UUID.randomUUID(), 1), commands, device, false, List.of());
    }

    /** That a tag still means what it meant cannot be seen from here. */
    private Finding digest() {
        List<String> tags = Stream.of(config.image(), config.cudaImage())
                .filter(Objects::nonNull)
                .filter(image -> !ImageDigest.isIn(image))
                .toList();
        if (tags.isEmpty()) return Finding.ok("digest", "what runs jobs is named by its digest");
        return Finding.notKnown(
                "digest",
                "which image runs a job may change in the middle of a contest: " + String.join(" and ", tags)
                        + (tags.size() == 1 ? " is a tag, which" : " are tags, which")
                        + " can be moved. Write NAME@sha256:…, as the push printed it, into"
                        + " TOUCHSTONE_KUBERNETES_IMAGE (for a card: …_CUDA_IMAGE)");
    }

    private void canaries(Consumer<Finding> told, Consumer<String> waiting) {
        Canary canary = new Canary(config, manifest, asking, looking, nanos, pause, forbidden(), waiting);
        canary.look("", config.image(), CPU).forEach(told);
        if (config.cudaImage() != null)
            canary.look("cuda-", config.cudaImage(), card()).forEach(told);
    }

    /** Of a cluster on this machine the API's address is another one seen from a pod. */
    private List<String> forbidden() {
        List<String> addresses = new ArrayList<>(outside);
        URI api = URI.create(asking.getBasePath());
        try {
            InetAddress address = InetAddress.getByName(api.getHost());
            if (!address.isLoopbackAddress())
                addresses.addFirst(address.getHostAddress() + ":" + (api.getPort() < 0 ? HTTPS : api.getPort()));
        } catch (UnknownHostException e) {
            // It answered a moment ago by that name.
        }
        return addresses;
    }
}
