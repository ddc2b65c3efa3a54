package touchstone.api.runner.kubernetes;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.runner.JobName;
import touchstone.api.runner.JobRunner;
import touchstone.api.runner.JobState;
import touchstone.api.runner.Launch;
import touchstone.api.runner.Place;
import touchstone.api.runner.PodMark;

/**
 * Jobs on a cluster. They outlive the servers of the house, and every server sees all of them.
 *
 * <p>What the cluster does not do now (its quota is used up, it cannot be reached, its rights are wrong) is asked for again
 * and again, and meanwhile no more jobs are taken: it is never a fault of the job.
 */
public final class KubernetesRunner implements JobRunner {
    /** What the database calls it. */
    public static final String NAME = "kubernetes";

    private static final Logger log = LoggerFactory.getLogger(KubernetesRunner.class);

    static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(30);
    private static final Duration PAUSE_AFTER_FAILED_COMPARISON = Duration.ofSeconds(10);

    /** For which informers may lag behind a list. */
    private static final Duration INFORMERS_LAG = Duration.ofSeconds(20);

    /** For which a job waits for another machine than those where it failed; the others may be gone since. */
    private static final Duration ELSEWHERE = Duration.ofHours(1);

    /** Jobs that may be on their way while the cluster refuses one: the next one may pass. */
    private static final int PROBES = 3;

    /** So many others that pass meanwhile make a refusal the job's own. */
    private static final int OVERTAKEN = 5;

    /** Calls at a time; a full cluster makes a few in a second. */
    private static final int CALLS_AT_A_TIME = 8;

    private final KubernetesConfig config;
    private final JobManifest manifest;
    private final Cluster cluster;
    private final LongSupplier nanos;
    private final ExecutorService calls = Executors.newFixedThreadPool(
            CALLS_AT_A_TIME,
            Thread.ofPlatform().daemon().name("cluster calls ", 0).factory());
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("cluster").factory());
    private final Map<JobName, Making> making = new ConcurrentHashMap<>();
    private final Set<JobName> leaving = ConcurrentHashMap.newKeySet();
    private final Map<JobName, Standstill> standstills = new ConcurrentHashMap<>();
    private final Map<JobName, CompletableFuture<JobState>> ends = new ConcurrentHashMap<>();
    private volatile @Nullable String trouble;
    private volatile boolean compared;
    private volatile boolean comparedWell;
    private final AtomicLong passed = new AtomicLong();
    private volatile long comparedWellNanos;
    private volatile long comparedFromNanos;

    /** Makes the runner of a server, once that knows what it needs. Always there to be asked for; the settings need not be. */
    @Singleton
    public static final class Start {
        private final KubernetesConfig config;

        Start(KubernetesConfig config) {
            this.config = config;
        }

        /**
         * @param house tells this house's jobs from another's on the same cluster
         * @param deadline for one command of a job
         * @param memoryBytes for one command of a job
         */
        public JobRunner start(String house, Duration deadline, long memoryBytes) {
            return new KubernetesRunner(config, house, deadline, memoryBytes, System::nanoTime);
        }
    }

    KubernetesRunner(KubernetesConfig config, String house, Duration deadline, long memoryBytes, LongSupplier nanos) {
        this.config = config;
        this.nanos = nanos;
        this.manifest = new JobManifest(config, house, deadline, memoryBytes);
        this.cluster = new Cluster(
                new Cluster.Clients(client(config, CALL_TIMEOUT), client(config, Duration.ZERO)),
                config.namespace(),
                manifest,
                nanos);
        clock.execute(this::compare);
    }

    static ApiClient client(KubernetesConfig config, Duration readTimeout) {
        Models.tolerateUnknownFields();
        try {
            ClientBuilder builder = config.kubeconfig() == null ? ClientBuilder.cluster() : of(config.kubeconfig());
            return builder.setReadTimeout(readTimeout).build();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "how the cluster is reached cannot be read; inside a cluster mount the service account's token, outside"
                            + " set touchstone.kubernetes.kubeconfig to a file",
                    e);
        }
    }

    private static ClientBuilder of(String file) throws IOException {
        try (Reader reader = Files.newBufferedReader(Path.of(file))) {
            KubeConfig read = KubeConfig.loadKubeConfig(reader);
            read.setFile(Path.of(file).toFile());
            return ClientBuilder.kubeconfig(read);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean outlivesServers() {
        return true;
    }

    @Override
    public boolean keepsTasks() {
        return config.cache() != null;
    }

    @Override
    public boolean seesAll() {
        long silent = nanos.getAsLong() - comparedWellNanos;
        return compared
                && silent < config.compare().multipliedBy(2).plus(CALL_TIMEOUT).toNanos();
    }

    /** What keeps the cluster from taking jobs, for an operator; empty = nothing. */
    @Override
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** A job that no machine is free for holds no slot, or such jobs could keep out all that have one. */
    @Override
    public int freeSlots() {
        if (!compared || !comparedWell) return 0;
        List<JobName> there = cluster.seen().keySet().stream()
                .flatMap(name -> jobOf(name).stream())
                .filter(job -> !leaving.contains(job) && !making.containsKey(job))
                .toList();
        int unplaced = (int) there.stream().filter(this::isUnplaced).count();
        int busy = there.size() - Math.min(unplaced, config.jobs());
        int free = Math.max(0, config.jobs() - busy - making.size());
        return trouble == null ? free : Math.min(free, Math.max(0, PROBES - making.size()));
    }

    private boolean isUnplaced(JobName job) {
        Standstill standstill = standstills.get(job);
        return standstill != null
                && (standstill.kind() == Reading.Patience.UNPLACED || standstill.kind() == Reading.Patience.ELSEWHERE)
                && stood(standstill).compareTo(config.told()) > 0;
    }

    @Override
    public void start(Launch launch) {
        Making begun = new Making(launch);
        if (making.putIfAbsent(launch.job(), begun) == null) calls.execute(begun::go);
    }

    /** A launch on its way to the cluster. */
    private final class Making {
        private final Launch launch;
        private volatile boolean unwanted;
        private volatile @Nullable JobState failed;
        private volatile String waitsFor = "";
        private int tries;
        private long refusedNanos;
        private long passedBefore;
        private @Nullable V1Job job;

        Making(Launch launch) {
            this.launch = launch;
        }

        /** Runs on one thread at a time. */
        void go() {
            try {
                if (!unwanted) {
                    // Once: should the server's address change between two tries, it would be another Job of the same
                    // name.
                    if (job == null) job = manifest.job(launch);
                    V1Job made = cluster.create(job);
                    cluster.create(manifest.secret(launch, made.getMetadata().getUid()));
                    passed.incrementAndGet();
                    well();
                }
                settled();
            } catch (ApiException e) {
                later(text(e), e);
            } catch (ClusterTrouble e) {
                later(e.getMessage(), e);
            } catch (Unmakeable e) {
                fail(new JobState.Unmakeable(e.getMessage()));
            } catch (RuntimeException e) {
                log.error("the job {} met a fault of the server", launch.job(), e);
                fail(new JobState.Unmakeable("the job met a fault of the server: " + e));
            }
        }

        private void settled() {
            making.remove(launch.job());
            if (unwanted) delete(launch.job());
        }

        private void fail(JobState end) {
            failed = end;
        }

        private void later(String why, Exception cause) {
            long now = nanos.getAsLong();
            if (tries == 0) {
                refusedNanos = now;
                passedBefore = passed.get();
            }
            // It is this one job, or the whole cluster; and whoever waits for the cluster gives way to others in the
            // end.
            boolean overtaken = passed.get() - passedBefore >= OVERTAKEN;
            if (overtaken && isInvalid(cause)) {
                fail(new JobState.Unmakeable("the cluster calls this job invalid, and takes others: " + why));
                return;
            }
            if (overtaken || now - refusedNanos > config.stuck().toNanos()) {
                fail(new JobState.NeverStarted("the cluster did not take the job: " + why));
                return;
            }
            // First, so that whoever sees the job wait also sees that no other is taken.
            ill(why, cause);
            waitsFor = "the cluster takes no job now: " + why;
            long pause = Math.min(PAUSE_MAX.toMillis(), 500L << Math.min(tries++, 10));
            clock.schedule(() -> calls.execute(this::go), pause, TimeUnit.MILLISECONDS);
        }

        JobState state() {
            JobState broken = failed;
            if (broken != null) return broken;
            return waitsFor.isEmpty() ? new JobState.Starting() : new JobState.Queued(waitsFor);
        }
    }

    /** By a setting of the house, and then all jobs are; or by this one's recipe. */
    private static boolean isInvalid(Exception cause) {
        return cause instanceof ApiException e && (e.getCode() == 422 || e.getCode() == 400);
    }

    static String text(ApiException e) {
        if (e.getCode() == 0) return "it cannot be reached (" + e.getMessage() + ")";
        String body = e.getResponseBody() == null ? "" : e.getResponseBody();
        String message = StatusText.message(body).orElse(body);
        return e.getCode() + " " + message.substring(0, Math.min(500, message.length()));
    }

    private void ill(String why, Exception cause) {
        if (trouble == null) log.warn("the cluster takes no jobs for now: {}", why, cause);
        trouble = why;
    }

    private void well() {
        if (trouble != null) log.info("the cluster takes jobs again");
        trouble = null;
    }

    @Override
    public Map<JobName, JobState> jobs() {
        Map<JobName, JobState> states = new HashMap<>();
        cluster.seen().forEach((name, seen) -> {
            if (seen.job() == null) return;
            manifest.jobOf(seen.job().getMetadata())
                    .filter(job -> !leaving.contains(job))
                    .ifPresent(job -> states.put(job, state(job, seen.job(), seen)));
        });
        // Last, so that a job on its way is found in one of the two. Without its Secret a Job is still on its way.
        making.forEach((job, begun) -> states.put(job, begun.state()));
        standstills.keySet().retainAll(states.keySet());
        ends.keySet().retainAll(states.keySet());
        return states;
    }

    private JobState state(JobName job, V1Job seenJob, Cluster.Seen seen) {
        Reading reading = Reading.of(seenJob, seen.pod());
        if (reading instanceof Reading.Is || reading instanceof Reading.Exited) standstills.remove(job);
        return switch (reading) {
            case Reading.Is is -> is.state();
            case Reading.Waits waits -> waiting(job, waits);
            case Reading.Behind behind -> behind(job, behind);
            case Reading.Exited exited -> end(job, exited);
        };
    }

    /** What stands still, and since when as seen from here: clocks of machines differ. */
    private record Standstill(Object kind, long sinceNanos) {}

    private JobState waiting(JobName job, Reading.Waits waits) {
        Standstill standstill = standstill(job, waits.patience());
        if (waits.atLast() != null && isOver(standstill, most(waits.patience()))) return waits.atLast();
        return stood(standstill).compareTo(config.told()) > 0
                ? new JobState.Queued(waits.why())
                : new JobState.Starting();
    }

    private Duration stood(Standstill standstill) {
        return Duration.ofNanos(nanos.getAsLong() - standstill.sinceNanos());
    }

    private JobState behind(JobName job, Reading.Behind behind) {
        return isOver(standstill(job, "behind"), INFORMERS_LAG) ? behind.atLast() : new JobState.Starting();
    }

    private Duration most(Reading.Patience patience) {
        return switch (patience) {
            case QUEUED, UNPLACED -> config.queued();
            case ELSEWHERE -> ELSEWHERE;
            case SETTING_UP -> config.settingUp();
            case STUCK -> config.stuck();
        };
    }

    private Standstill standstill(JobName job, Object kind) {
        return standstills.compute(
                job,
                (same, before) -> before != null && before.kind().equals(kind)
                        ? before
                        : new Standstill(kind, nanos.getAsLong()));
    }

    /** Only a look at the whole cluster that began after all that time tells: a picture may be old, and the job may run. */
    private boolean isOver(Standstill standstill, Duration most) {
        return compared && comparedFromNanos - standstill.sinceNanos() > most.toNanos();
    }

    /** Its log is fetched once, while the pod is still there. */
    private JobState end(JobName job, Reading.Exited exited) {
        CompletableFuture<JobState> end =
                ends.computeIfAbsent(job, same -> CompletableFuture.supplyAsync(() -> endWithLog(exited), calls));
        return end.getNow(new JobState.Starting());
    }

    private JobState endWithLog(Reading.Exited exited) {
        return exited.state(cluster.log(exited.pod(), exited.container()));
    }

    @Override
    public void stop(JobName job) {
        Making begun = making.get(job);
        if (begun != null) begun.unwanted = true;
        if (begun != null && begun.failed != null) making.remove(job);
        if (cluster.seen().containsKey(JobManifest.name(job))) delete(job);
    }

    @Override
    public void forget(JobName job) {
        stop(job);
    }

    private void delete(JobName job) {
        if (!leaving.add(job)) return;
        calls.execute(() -> {
            try {
                cluster.delete(JobManifest.name(job));
                clock.schedule(() -> leaving.remove(job), INFORMERS_LAG.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ApiException e) {
                // The sweep asks again.
                leaving.remove(job);
                log.warn("the job {} cannot be deleted now: {}", job, text(e));
            }
            ends.remove(job);
        });
    }

    @Override
    public Optional<Place> place(JobName job) {
        return Optional.ofNullable(cluster.seen().get(JobManifest.name(job)))
                .map(Cluster.Seen::pod)
                .filter(pod -> pod.getSpec().getNodeName() != null
                        && !pod.getSpec().getNodeName().isEmpty())
                .map(pod -> new PodMark(
                        pod.getSpec().getNodeName(), ImageDigest.of(pod).orElse(null)));
    }

    private Optional<JobName> jobOf(String name) {
        Cluster.Seen seen = cluster.seen().get(name);
        return seen == null || seen.job() == null
                ? Optional.empty()
                : manifest.jobOf(seen.job().getMetadata());
    }

    private void compare() {
        Duration pause = config.compare();
        try {
            long began = nanos.getAsLong();
            Cluster.Versions expected = cluster.compare();
            comparedFromNanos = began;
            comparedWellNanos = nanos.getAsLong();
            compared = true;
            comparedWell = true;
            clock.schedule(() -> cluster.checkInformers(expected), INFORMERS_LAG.toMillis(), TimeUnit.MILLISECONDS);
            if (making.isEmpty()) well();
        } catch (ApiException e) {
            comparedWell = false;
            ill(text(e), e);
            pause = shorter(pause, PAUSE_AFTER_FAILED_COMPARISON);
        } catch (RuntimeException e) {
            comparedWell = false;
            ill("its answers cannot be read (" + e.getMessage() + "); see the log", e);
        } finally {
            clock.schedule(this::compare, pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Jobs go on, and other servers, or the next start of this one, see them. */
    @Override
    public void close() {
        clock.shutdownNow();
        calls.shutdownNow();
        cluster.close();
    }
}
