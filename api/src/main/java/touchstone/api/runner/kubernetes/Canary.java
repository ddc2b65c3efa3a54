package touchstone.api.runner.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.CoreV1Event;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobState;
import touchstone.api.runner.Launch;
import touchstone.spec.job.CanaryReport;
import touchstone.spec.job.JobOrder.Purpose;
import touchstone.spec.task.TaskFile;

/** One Job like a real one, whose pod tries what it can reach; deleted in any case. */
final class Canary {
    /** Beyond it a start has failed, also where nobody says so: an image that is fetched first takes a while. */
    static final Duration LIMIT = Duration.ofMinutes(3);

    /** In most clouds, what tells a machine its own credentials. */
    static final String METADATA = "169.254.169.254:80";

    private static final String KUBELET_PORT = ":10250";

    /** Of the machine that the canary runs on; the cluster puts the address in. */
    static final String KUBELET = "$(" + JobManifest.MACHINE + ")" + KUBELET_PORT;

    /** Of the Job itself, should nobody be left to delete it. */
    private static final Duration KEPT = Duration.ofMinutes(10);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Logger log = LoggerFactory.getLogger(Canary.class);

    private final KubernetesConfig config;
    private final JobManifest manifest;
    private final BatchV1Api batch;
    private final CoreV1Api core;
    private final CoreV1Api looking;
    private final LongSupplier nanos;
    private final Consumer<Duration> pause;
    private final List<String> forbidden;

    /**
     * @param asking as the server
     * @param looking may perhaps read events
     * @param forbidden addresses that no job may reach, {@code HOST:PORT}
     */
    Canary(
            KubernetesConfig config,
            JobManifest manifest,
            ApiClient asking,
            ApiClient looking,
            LongSupplier nanos,
            Consumer<Duration> pause,
            List<String> forbidden) {
        this.config = config;
        this.manifest = manifest;
        this.batch = new BatchV1Api(asking);
        this.core = new CoreV1Api(asking);
        this.looking = new CoreV1Api(looking);
        this.nanos = nanos;
        this.pause = pause;
        this.forbidden = List.copyOf(forbidden);
    }

    /**
     * @param prefix of the names of its findings: {@code image}, {@code server}, {@code network}, and {@code card} where the
     *     device is one
     */
    List<Finding> look(String prefix, String image, TaskFile.Device device) {
        Tried tried = new Tried(prefix, image, JobManifest.isCuda(device));
        Launch launch = new Launch(
                new JobName(UUID.randomUUID(), 1),
                List.of(new Launch.Command(Purpose.SCORE, "")),
                device,
                false,
                List.of());
        String name = JobManifest.name(launch.job());
        Thread whenInterrupted = new Thread(() -> delete(name), "delete canary");
        Runtime.getRuntime().addShutdownHook(whenInterrupted);
        try {
            V1Job made = batch.createNamespacedJob(config.namespace(), manifest.canary(launch, arguments(tried), KEPT))
                    .execute();
            return of(tried, await(made));
        } catch (ApiException e) {
            return failed(tried, KubernetesRunner.text(e));
        } finally {
            delete(name);
            Runtime.getRuntime().removeShutdownHook(whenInterrupted);
        }
    }

    private record Tried(String prefix, String image, boolean cuda) {}

    private List<String> arguments(Tried tried) {
        List<String> words = new ArrayList<>(List.of(
                JobManifest.CANARY, "--server", config.server().toString(), "--report", "/dev/termination-log"));
        if (config.ca() != null) words.addAll(List.of("--ca", "/ca/ca.crt"));
        if (tried.cuda()) words.add("--cuda");
        if (!forbidden.isEmpty()) words.addAll(List.of("--forbidden", String.join(",", forbidden)));
        return words;
    }

    /** @param pod null = none was seen */
    private record Ended(JobState state, @Nullable V1Pod pod) {}

    private Ended await(V1Job made) throws ApiException {
        long end = nanos.getAsLong() + LIMIT.toNanos();
        String name = made.getMetadata().getName();
        @Nullable V1Pod pod = null;
        String waits = "";
        boolean failed = false;
        while (nanos.getAsLong() < end) {
            pause.accept(LOOK_AGAIN);
            try {
                V1Pod seen = pod(name).orElse(null);
                pod = seen == null ? pod : seen;
                Reading reading = Reading.of(
                        batch.readNamespacedJob(name, config.namespace()).execute(), pod);
                switch (reading) {
                    case Reading.Exited exited -> {
                        return new Ended(exited.state(log(exited.pod())), pod);
                    }
                    case Reading.Is is -> {
                        if (is.state().ended()) return new Ended(is.state(), pod);
                        waits = "it runs and does not end";
                    }
                    case Reading.Waits waiting -> waits = waiting.why();
                    case Reading.Behind behind -> {
                        if (failed) return new Ended(behind.atLast(), pod);
                        failed = true;
                    }
                }
            } catch (ApiException e) {
                if (e.getCode() == 403 || e.getCode() == 404) throw e;
                waits = KubernetesRunner.text(e);
            }
        }
        return new Ended(
                new JobState.NeverStarted("after " + LIMIT.toMinutes() + " minutes " + waits + event(name)), pod);
    }

    private Optional<V1Pod> pod(String job) throws ApiException {
        return core
                .listNamespacedPod(config.namespace())
                .labelSelector("batch.kubernetes.io/job-name=" + job)
                .execute()
                .getItems()
                .stream()
                .findFirst();
    }

    /** What the cluster tells of the Job or its pod; only for an account that may read events, which the server's may not. */
    private String event(String job) {
        try {
            return looking
                    .listNamespacedEvent(config.namespace())
                    .fieldSelector("type=Warning")
                    .execute()
                    .getItems()
                    .stream()
                    .filter(event ->
                            String.valueOf(event.getInvolvedObject().getName()).startsWith(job))
                    .map(CoreV1Event::getMessage)
                    .reduce((first, last) -> last)
                    .map(message -> " (" + message + ")")
                    .orElse("");
        } catch (ApiException e) {
            return "";
        }
    }

    private String log(String pod) {
        return Cluster.log(core, config.namespace(), pod, JobManifest.CANARY);
    }

    private List<Finding> of(Tried tried, Ended ended) {
        if (!(ended.state() instanceof JobState.Finished)) return failed(tried, told(ended.state()));
        Optional<CanaryReport> report = report(ended.pod());
        if (report.isEmpty())
            return failed(
                    tried,
                    "it ended well and nothing of what it found can be read, neither in its log nor in its termination"
                            + " message: the image may be older than this program");
        String node = ended.pod() == null
                ? "a node"
                : String.valueOf(ended.pod().getSpec().getNodeName());
        List<Finding> findings = new ArrayList<>(List.of(
                Finding.ok(
                        tried.prefix() + "image",
                        tried.image() + " was fetched and started on " + node + ", as jobs are"),
                server(tried.prefix(), report.get()),
                network(tried.prefix(), report.get())));
        if (tried.cuda()) findings.add(card(tried.prefix(), report.get()));
        return findings;
    }

    private static Finding card(String prefix, CanaryReport report) {
        String check = prefix + "card";
        if (report.card() != null) return Finding.ok(check, "a job computes on its card: " + report.card());
        String why = report.noCard() == null ? "the canary says nothing of it" : report.noCard();
        return Finding.wrong(
                check,
                "a job cannot compute on the card that it was given: " + why
                        + ". Look whether the node's driver is one for CUDA 12.8 or newer (nvidia-smi there), and whether"
                        + " containers are given it: where NVIDIA's runtime is not the node's own, name its RuntimeClass in"
                        + " TOUCHSTONE_KUBERNETES_RUNTIME_CLASS_NAME");
    }

    private Optional<CanaryReport> report(@Nullable V1Pod pod) {
        if (pod == null) return Optional.empty();
        Stream<String> messages = Stream.ofNullable(pod.getStatus().getContainerStatuses())
                .flatMap(List::stream)
                .map(status -> status.getState())
                .filter(state -> state != null && state.getTerminated() != null)
                .flatMap(state -> Stream.ofNullable(state.getTerminated().getMessage()));
        return Stream.concat(log(pod.getMetadata().getName()).lines(), messages)
                .flatMap(line -> parsed(line).stream())
                .reduce((first, last) -> last);
    }

    private static Optional<CanaryReport> parsed(String line) {
        try {
            return line.startsWith("{") ? Optional.of(JSON.readValue(line, CanaryReport.class)) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private Finding server(String prefix, CanaryReport report) {
        String check = prefix + "server";
        return report.server() == null
                ? Finding.ok(check, "a job reaches the server at " + config.server() + " and it is well")
                : Finding.wrong(
                        check,
                        "a job does not reach the server: " + report.server()
                                + ". Look at the Service and its port, at the NetworkPolicies server-only and server of"
                                + " k8s/base/network.yaml, and at the certificate and the ConfigMap "
                                + (config.ca() == null ? "of TOUCHSTONE_KUBERNETES_CA" : config.ca()));
    }

    private Finding network(String prefix, CanaryReport report) {
        List<String> open =
                report.reached().stream().map(Canary::named).collect(Collectors.toCollection(ArrayList::new));
        if (report.named() != null) open.add("a name service (it said " + report.named() + ")");
        if (!open.isEmpty())
            return Finding.wrong(
                    prefix + "network",
                    "a job reaches what it must not: " + String.join(", ", open)
                            + ". Apply the NetworkPolicies: kubectl apply -f k8s/base/network.yaml; if they are there (kubectl"
                            + " -n " + config.namespace()
                            + " get networkpolicies), the cluster's network does not enforce"
                            + " them: use one that does, such as Calico or Cilium");
        return Finding.ok(
                prefix + "network",
                "a job reaches no name service"
                        + (forbidden.isEmpty()
                                ? ""
                                : " and none of "
                                        + forbidden.stream().map(Canary::named).collect(Collectors.joining(", "))));
    }

    private static String named(String address) {
        if (address.equals(METADATA)) return address + " (the cloud's metadata)";
        if (address.equals(KUBELET)) return "its node's kubelet";
        return address.endsWith(KUBELET_PORT) ? address + " (its node's kubelet)" : address;
    }

    private List<Finding> failed(Tried tried, String why) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.wrong(
                tried.prefix() + "image",
                "the canary, a Job of " + tried.image() + ", failed: " + why + ". " + Advice.on(why, config)));
        for (String check : tried.cuda() ? List.of("server", "network", "card") : List.of("server", "network"))
            findings.add(Finding.notKnown(tried.prefix() + check, "not tried, since the canary did not get so far"));
        return findings;
    }

    private static String told(JobState state) {
        return switch (state) {
            case JobState.Starting starting -> "it did not start";
            case JobState.Queued queued -> queued.why();
            case JobState.Running running -> "it runs and does not end";
            case JobState.Finished finished -> "it ended";
            case JobState.ToldToStop told -> "canary ended with the exit code of a job that was told to stop";
            case JobState.OverLimit over -> over.detail();
            case JobState.Interrupted interrupted -> interrupted.detail();
            case JobState.NeverStarted never -> never.detail();
            case JobState.Displaced displaced -> displaced.detail();
            case JobState.Lost lost -> lost.detail();
            case JobState.Broken broken -> broken.detail();
            case JobState.Unmakeable unmakeable -> unmakeable.detail();
        };
    }

    /** Where none of both may delete, which the check of rights tells, the Job's own times end and remove it. */
    private void delete(String name) {
        for (BatchV1Api each : List.of(batch, new BatchV1Api(looking.getApiClient()))) {
            try {
                Cluster.delete(each, config.namespace(), name);
                return;
            } catch (ApiException e) {
                log.debug("the canary {} cannot be deleted: {}", name, KubernetesRunner.text(e));
            }
        }
    }
}
