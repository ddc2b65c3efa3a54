package touchstone.api.runner.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.CoreV1Event;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1Pod;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    /** Beyond it a start has failed, also where nobody says so; a machine that gets ready is given the time that jobs are. */
    static final Duration LIMIT = Duration.ofMinutes(3);

    /** In most clouds, what tells a machine its own credentials. */
    static final String METADATA = "169.254.169.254:80";

    private static final String KUBELET_PORT = ":10250";

    /** Of the machine that the canary runs on; the cluster puts the address in. */
    static final String KUBELET = "$(" + JobManifest.MACHINE + ")" + KUBELET_PORT;

    /** Of the Job itself beyond all waiting, should nobody be left to delete it. */
    private static final Duration SLACK = Duration.ofMinutes(4);

    private static final Duration TOLD_AFTER = Duration.ofSeconds(10);
    private static final Duration TELL_AGAIN = Duration.ofMinutes(1);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /** The image may be newer than this program, and report more. */
    private static final ObjectMapper JSON =
            new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    private static final Logger log = LoggerFactory.getLogger(Canary.class);

    private final KubernetesConfig config;
    private final JobManifest manifest;
    private final BatchV1Api batch;
    private final CoreV1Api core;
    private final CoreV1Api looking;
    private final LongSupplier nanos;
    private final Consumer<Duration> pause;
    private final List<String> forbidden;
    private final Consumer<String> waiting;

    /**
     * @param asking as the server
     * @param looking may perhaps read events
     * @param forbidden addresses that no job may reach, {@code HOST:PORT}
     * @param waiting hears what is waited for, one sentence every minute
     */
    Canary(
            KubernetesConfig config,
            JobManifest manifest,
            ApiClient asking,
            ApiClient looking,
            LongSupplier nanos,
            Consumer<Duration> pause,
            List<String> forbidden,
            Consumer<String> waiting) {
        this.config = config;
        this.manifest = manifest;
        this.batch = new BatchV1Api(asking);
        this.core = new CoreV1Api(asking);
        this.looking = new CoreV1Api(looking);
        this.nanos = nanos;
        this.pause = pause;
        this.forbidden = List.copyOf(forbidden);
        this.waiting = waiting;
    }

    /**
     * @param prefix of the names of its findings: {@code image}, {@code server}, {@code network}, {@code card} where the
     *     device is one, and {@code cache} where there is one
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
            Duration limit = LIMIT.multipliedBy(2).plus(config.settingUp()).plus(SLACK);
            V1Job made = batch.createNamespacedJob(config.namespace(), manifest.canary(launch, arguments(tried), limit))
                    .execute();
            return of(tried, await(tried, made));
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
        if (config.cache() != null) words.addAll(List.of("--cached", JobManifest.CACHE_PATH));
        if (!forbidden.isEmpty()) words.addAll(List.of("--forbidden", String.join(",", forbidden)));
        return words;
    }

    /** @param pod null = none was seen */
    private record Ended(JobState state, @Nullable V1Pod pod) {}

    private Ended await(Tried tried, V1Job made) throws ApiException {
        String name = made.getMetadata().getName();
        Standstill standstill = new Standstill(tried.prefix());
        @Nullable V1Pod pod = null;
        boolean failed = false;
        while (true) {
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
                        standstill.is(Phase.RUNNING, "it runs and does not end");
                    }
                    case Reading.Waits waits -> standstill.is(phase(waits, pod), waits.why());
                    case Reading.Behind behind -> {
                        if (failed) return new Ended(behind.atLast(), pod);
                        failed = true;
                    }
                }
            } catch (ApiException e) {
                if (e.getCode() == 403 || e.getCode() == 404) throw e;
                standstill.is(Phase.WAITING, KubernetesRunner.text(e));
            }
            Optional<String> end = standstill.end(name, pod);
            if (end.isPresent()) return new Ended(new JobState.NeverStarted(end.get()), pod);
        }
    }

    /** Where no scheduler is, no machine gets ready. */
    private static Phase phase(Reading.Waits waits, @Nullable V1Pod pod) {
        boolean placed = pod != null && pod.getSpec().getNodeName() != null;
        return placed && waits.patience() == Reading.Patience.SETTING_UP ? Phase.SETTING_UP : Phase.WAITING;
    }

    private enum Phase {
        WAITING,
        SETTING_UP,
        RUNNING
    }

    /** For what the canary waits, and how long it did in each phase. */
    private final class Standstill {
        private final String prefix;
        private final Map<Phase, Duration> spent = new EnumMap<>(Phase.class);
        private Phase phase = Phase.WAITING;
        private String why = "";
        private long lookedNanos = nanos.getAsLong();
        private long tellNanos = lookedNanos + TOLD_AFTER.toNanos();

        Standstill(String prefix) {
            this.prefix = prefix;
        }

        /** What a look has found; until then it was as before. */
        void is(Phase found, String itsWhy) {
            long now = nanos.getAsLong();
            spent.merge(phase, Duration.ofNanos(now - lookedNanos), Duration::plus);
            lookedNanos = now;
            if (phase != found) tellNanos = now + TOLD_AFTER.toNanos();
            phase = found;
            why = itsWhy;
        }

        /** Why it is given up; empty = it goes on. */
        Optional<String> end(String job, @Nullable V1Pod pod) {
            Duration time = spent.getOrDefault(phase, Duration.ZERO);
            Duration most = phase == Phase.SETTING_UP ? config.settingUp() : LIMIT;
            boolean over = time.compareTo(most) > 0;
            if (!over && lookedNanos - tellNanos < 0) return Optional.empty();
            if (phase != Phase.SETTING_UP || pod == null) {
                if (over) return Optional.of(after(time, event(job)));
                tell(most, "");
                return Optional.empty();
            }
            Optional<CoreV1Event> newest = newestEvent(pod);
            boolean stands = time.compareTo(LIMIT) > 0
                    && newest.filter(Canary::isWarning).isPresent();
            if (over || stands)
                return Optional.of(after(time, newest.map(Canary::said).orElse("")));
            String unsaid = "; kubectl -n " + config.namespace() + " describe pod "
                    + pod.getMetadata().getName() + " says what of it is fetched or missing";
            tell(
                    most,
                    " on " + pod.getSpec().getNodeName()
                            + newest.map(Canary::said).orElse(unsaid));
            return Optional.empty();
        }

        private String after(Duration time, String said) {
            return "after " + time.toMinutes() + " minutes " + why + said;
        }

        private void tell(Duration most, String more) {
            tellNanos = lookedNanos + TELL_AGAIN.toNanos();
            waiting.accept("waiting for " + prefix + "image, at most " + most.toMinutes() + " minutes: " + why + more);
        }
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

    /** What the cluster told last of a pod; only for an account that may read events. */
    private Optional<CoreV1Event> newestEvent(V1Pod pod) {
        try {
            return looking
                    .listNamespacedEvent(config.namespace())
                    .fieldSelector("involvedObject.name=" + pod.getMetadata().getName())
                    .execute()
                    .getItems()
                    .stream()
                    .max(Comparator.comparing(Canary::time));
        } catch (ApiException e) {
            return Optional.empty();
        }
    }

    private static OffsetDateTime time(CoreV1Event event) {
        return Stream.of(
                        event.getLastTimestamp(),
                        event.getEventTime(),
                        event.getMetadata().getCreationTimestamp())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(OffsetDateTime.MIN);
    }

    /** Of a pod that has a machine by now the scheduler's own are old. */
    private static boolean isWarning(CoreV1Event event) {
        return "Warning".equals(event.getType()) && !"FailedScheduling".equals(event.getReason());
    }

    private static String said(CoreV1Event event) {
        return " (" + event.getMessage() + ")";
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
                    .reduce((first, last) -> last)
                    .map(Canary::said)
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
                        tried.image() + " was fetched and started on " + node + ", as jobs are"
                                + ran(tried, ended.pod())),
                server(tried.prefix(), report.get()),
                network(tried.prefix(), report.get())));
        if (tried.cuda()) findings.add(card(tried.prefix(), report.get()));
        if (config.cache() != null) findings.add(cache(tried.prefix(), report.get()));
        return findings;
    }

    private static String ran(Tried tried, @Nullable V1Pod pod) {
        if (pod == null || ImageDigest.isIn(tried.image())) return "";
        return ImageDigest.of(pod).map(digest -> "; there it was " + digest).orElse("");
    }

    private Finding cache(String prefix, CanaryReport report) {
        String check = prefix + "cache";
        if (report.cache() != null)
            return Finding.ok(check, "a job writes into the cache " + config.cache() + ", " + report.cache());
        if (report.noCache() == null)
            return Finding.notKnown(check, "the canary says nothing of it: the image may be older than this program");
        return Finding.wrong(
                check,
                "a job cannot write into the cache " + config.cache() + ", and each fetches the task from the server: "
                        + report.noCache()
                        + " Jobs are user and group 65532 with fsGroup 65532. Where the volume's driver heeds no fsGroup, which most"
                        + " that several nodes may write do not, make the folder theirs once, where it is exported: chown"
                        + " 65532:65532 FOLDER; chmod 770 FOLDER. A claim that several nodes write needs accessModes:"
                        + " [ReadWriteMany] (k8s/examples/cache.yaml)");
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
        List<String> others = new ArrayList<>(List.of("server", "network"));
        if (tried.cuda()) others.add("card");
        if (config.cache() != null) others.add("cache");
        for (String check : others)
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
