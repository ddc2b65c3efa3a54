package touchstone.api.runner.kubernetes;

import io.kubernetes.client.common.KubernetesObject;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.BatchV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1DeleteOptions;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1JobList;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodList;
import io.kubernetes.client.openapi.models.V1Preconditions;
import io.kubernetes.client.openapi.models.V1Secret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import okhttp3.Call;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This house's Jobs and pods on the cluster, as last heard. One informer for each kind tells of changes; a full comparison,
 * every few minutes, finds what their events have missed.
 */
final class Cluster implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Cluster.class);

    private static final int LISTED_AT_A_TIME = 500;
    private static final int LOG_LINES = 200;

    /** The server counts them from the first of these lines, so there are more than are kept. */
    private static final int LOG_BYTES = 4 << 20;

    private static final int LOG_CHARACTERS_KEPT = 64 * 1024;

    private final Clients clients;
    private final BatchV1Api batch;
    private final CoreV1Api core;
    private final String namespace;
    private final JobManifest manifest;
    private final LongSupplier nanos;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    private final Versions watched = new Versions(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());

    /** What the watch told to be gone since the last comparison began, whose list may still have it. */
    private final Set<String> gone = ConcurrentHashMap.newKeySet();

    private volatile SharedInformerFactory informers;

    /**
     * @param job null = only its pod was heard of yet
     * @param pod as last heard, also when it is gone since
     * @param heardNanos when, by this process's clock
     */
    record Seen(@Nullable V1Job job, @Nullable V1Pod pod, long heardNanos) {}

    /**
     * The newest versions, each by the name of the Job; versions of all objects come from one counter.
     *
     * @param pods of any of a Job's pods, also one that is gone
     */
    record Versions(Map<String, Long> jobs, Map<String, Long> pods) {}

    /**
     * @param asking gives up a call that is not answered
     * @param watching never gives up a call, since a watch may have nothing to tell for long
     */
    record Clients(ApiClient asking, ApiClient watching) {}

    Cluster(Clients clients, String namespace, JobManifest manifest, LongSupplier nanos) {
        this.clients = clients;
        this.batch = new BatchV1Api(clients.asking());
        this.core = new CoreV1Api(clients.asking());
        this.namespace = namespace;
        this.manifest = manifest;
        this.nanos = nanos;
        this.informers = watch();
    }

    /** By the name of the Job. */
    Map<String, Seen> seen() {
        return seen;
    }

    /** Asks for no bookmarks: those of pods and Jobs have no containers, and are no objects. */
    private SharedInformerFactory watch() {
        SharedInformerFactory factory = new SharedInformerFactory(clients.watching());
        BatchV1Api jobs = new BatchV1Api(clients.watching());
        CoreV1Api pods = new CoreV1Api(clients.watching());
        factory.sharedIndexInformerFor(
                        params -> jobs.listNamespacedJob(namespace)
                                .labelSelector(manifest.selector())
                                .resourceVersion(params.resourceVersion)
                                .timeoutSeconds(params.timeoutSeconds)
                                .watch(params.watch)
                                .buildCall(null),
                        V1Job.class,
                        V1JobList.class,
                        0,
                        (type, fault) -> log.warn("the watch of Jobs broke off: {}", String.valueOf(fault)))
                .addEventHandler(new Handler<>(this::watched, this::gone));
        factory.sharedIndexInformerFor(
                        params -> pods.listNamespacedPod(namespace)
                                .labelSelector(manifest.selector())
                                .resourceVersion(params.resourceVersion)
                                .timeoutSeconds(params.timeoutSeconds)
                                .watch(params.watch)
                                .buildCall(null),
                        V1Pod.class,
                        V1PodList.class,
                        0,
                        (type, fault) -> log.warn("the watch of pods broke off: {}", String.valueOf(fault)))
                .addEventHandler(new Handler<>(this::watched, this::watched));
        factory.startAllRegisteredInformers();
        return factory;
    }

    private record Handler<T extends KubernetesObject>(Consumer<T> heard, Consumer<T> deleted)
            implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T object) {
            heard.accept(object);
        }

        @Override
        public void onUpdate(T before, T object) {
            heard.accept(object);
        }

        @Override
        public void onDelete(T object, boolean stateUnknown) {
            deleted.accept(object);
        }
    }

    private void watched(V1Job job) {
        watched.jobs().put(job.getMetadata().getName(), version(job));
        heardOf(job);
    }

    private void watched(V1Pod pod) {
        jobOf(pod).ifPresent(job -> watched.pods().merge(job, version(pod), Math::max));
        heardOf(pod);
    }

    private void heardOf(V1Job job) {
        seen.compute(job.getMetadata().getName(), (name, before) -> {
            if (before != null && before.job() != null && isOlder(job, before.job())) return before;
            return new Seen(job, before == null ? null : before.pod(), nanos.getAsLong());
        });
    }

    /** Of a pod that is gone the last word stays: it may say why. */
    private void heardOf(V1Pod pod) {
        jobOf(pod)
                .ifPresent(job -> seen.compute(job, (name, before) -> {
                    if (before != null && before.pod() != null && isOlder(pod, before.pod())) return before;
                    return new Seen(before == null ? null : before.job(), pod, nanos.getAsLong());
                }));
    }

    private static Optional<String> jobOf(V1Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getLabels().get("batch.kubernetes.io/job-name"));
    }

    private void gone(V1Job job) {
        gone.add(job.getMetadata().getUid());
        watched.jobs().remove(job.getMetadata().getName());
        seen.computeIfPresent(
                job.getMetadata().getName(),
                (name, before) -> before.job() == null || isSameObject(before.job(), job) ? null : before);
    }

    private static boolean isSameObject(KubernetesObject one, KubernetesObject other) {
        return Objects.equals(one.getMetadata().getUid(), other.getMetadata().getUid());
    }

    /** Two streams tell of one object, and the slower may lag. Versions of one object grow. */
    private static boolean isOlder(KubernetesObject told, KubernetesObject known) {
        if (!isSameObject(told, known)) return false;
        return version(told) < version(known);
    }

    private static long version(KubernetesObject object) {
        return Long.parseLong(object.getMetadata().getResourceVersion());
    }

    /**
     * Lists everything, and puts right what events have missed.
     *
     * @return what the informers must have heard of soon
     */
    Versions compare() throws ApiException {
        long began = nanos.getAsLong();
        gone.clear();
        Map<String, V1Job> jobs = new HashMap<>();
        for (@Nullable String next = ""; next != null; ) {
            V1JobList page = batch.listNamespacedJob(namespace)
                    .labelSelector(manifest.selector())
                    .limit(LISTED_AT_A_TIME)
                    ._continue(emptyToNull(next))
                    .execute();
            page.getItems().forEach(job -> jobs.put(job.getMetadata().getName(), job));
            next = emptyToNull(page.getMetadata().getContinue());
        }
        List<V1Pod> pods = new ArrayList<>();
        for (@Nullable String next = ""; next != null; ) {
            V1PodList page = core.listNamespacedPod(namespace)
                    .labelSelector(manifest.selector())
                    .limit(LISTED_AT_A_TIME)
                    ._continue(emptyToNull(next))
                    .execute();
            pods.addAll(page.getItems());
            next = emptyToNull(page.getMetadata().getContinue());
        }
        // What was heard of since it began may be newer than the list.
        jobs.values().removeIf(job -> gone.contains(job.getMetadata().getUid()));
        seen.entrySet()
                .removeIf(entry ->
                        !jobs.containsKey(entry.getKey()) && entry.getValue().heardNanos() - began < 0);
        watched.jobs().keySet().retainAll(seen.keySet());
        watched.pods().keySet().retainAll(seen.keySet());
        jobs.values().forEach(this::heardOf);
        pods.forEach(this::heardOf);
        Versions listed = new Versions(new HashMap<>(), new HashMap<>());
        jobs.forEach((name, job) -> listed.jobs().put(name, version(job)));
        pods.forEach(pod -> jobOf(pod).ifPresent(job -> listed.pods().merge(job, version(pod), Math::max)));
        return listed;
    }

    private static @Nullable String emptyToNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    /**
     * Starts informers anew that have fallen silent.
     *
     * @param expected as a comparison some seconds ago gave it
     * @return whether they had
     */
    boolean checkInformers(Versions expected) {
        long jobs = unheard(expected.jobs(), watched.jobs());
        long pods = unheard(expected.pods(), watched.pods());
        if (jobs + pods == 0) return false;
        log.warn("the informers have not heard of changes to {} Jobs and {} pods; they are started anew", jobs, pods);
        informers.stopAllRegisteredInformers();
        informers = watch();
        return true;
    }

    private long unheard(Map<String, Long> expected, Map<String, Long> heard) {
        return expected.entrySet().stream()
                .filter(job -> isThere(job.getKey()))
                .filter(job -> heard.getOrDefault(job.getKey(), 0L) < job.getValue())
                .count();
    }

    /** Of a Job that is gone the end of its pod may be heard later, and is all that stays. */
    private boolean isThere(String name) {
        Seen known = seen.get(name);
        return known != null && known.job() != null;
    }

    /** @return the Job that is there now, or the one that was there already */
    V1Job create(V1Job job) throws ApiException {
        V1Job made;
        try {
            made = batch.createNamespacedJob(namespace, job).execute();
        } catch (ApiException e) {
            if (e.getCode() != 409) throw e;
            made = batch.readNamespacedJob(job.getMetadata().getName(), namespace)
                    .execute();
            if (!manifest.isSame(made, job))
                throw new Unmakeable("the namespace " + namespace + " holds a Job "
                        + job.getMetadata().getName() + " that this house has not made; remove it");
        }
        heardOf(made);
        return made;
    }

    void create(V1Secret secret) throws ApiException {
        try {
            core.createNamespacedSecret(namespace, secret).execute();
        } catch (ApiException e) {
            // A quota under contention answers 409 as well, with another reason.
            if (!StatusText.says(e, "AlreadyExists")) throw e;
        }
    }

    /** This house's Job, its pod and its Secret. What somebody else has made under its name stays. */
    void delete(String name) throws ApiException {
        Optional<String> uid = uidOf(name);
        if (uid.isPresent() && delete(batch, namespace, name, uid.get())) return;
        seen.computeIfPresent(
                name,
                (same, before) -> before.job() == null
                                || uid.equals(Optional.ofNullable(
                                        before.job().getMetadata().getUid()))
                        ? null
                        : before);
    }

    /** Of this house's Job; empty = there is none. One whose making was not answered may not have been heard of. */
    private Optional<String> uidOf(String name) throws ApiException {
        Seen heard = seen.get(name);
        if (heard != null && heard.job() != null)
            return Optional.ofNullable(heard.job().getMetadata().getUid());
        try {
            V1Job there = batch.readNamespacedJob(name, namespace).execute();
            return manifest.jobOf(there.getMetadata())
                    .map(job -> there.getMetadata().getUid());
        } catch (ApiException e) {
            if (e.getCode() == 404) return Optional.empty();
            throw e;
        }
    }

    /** Whichever Job has the name. */
    static boolean delete(BatchV1Api batch, String namespace, String name) throws ApiException {
        return delete(batch, namespace, name, null);
    }

    /**
     * @param uid of the Job that is meant; null = whichever has the name
     * @return false = it was not there
     */
    private static boolean delete(BatchV1Api batch, String namespace, String name, @Nullable String uid)
            throws ApiException {
        // Beside a body the words of an address count for nothing, and without this one the pod would stay.
        V1DeleteOptions options = new V1DeleteOptions().propagationPolicy("Background");
        if (uid != null) options.preconditions(new V1Preconditions().uid(uid));
        Call call = batch.deleteNamespacedJob(name, namespace).body(options).buildCall(null);
        // The answer may be a Status or the Job itself, and the client knows only the one.
        try (Response answer = call.execute()) {
            boolean isAnother = uid != null && answer.code() == 409;
            if (answer.code() == 404 || isAnother) return false;
            if (!answer.isSuccessful())
                throw new ApiException(answer.code(), Map.of(), answer.body().string());
            return true;
        } catch (IOException e) {
            throw new ApiException(e);
        }
    }

    /** The last of what a container printed; empty when it cannot be had any more. */
    String log(String pod, String container) {
        return log(core, namespace, pod, container);
    }

    static String log(CoreV1Api core, String namespace, String pod, String container) {
        try {
            String printed = Objects.requireNonNullElse(
                    core.readNamespacedPodLog(pod, namespace)
                            .container(container)
                            .tailLines(LOG_LINES)
                            .limitBytes(LOG_BYTES)
                            .execute(),
                    "");
            return printed.substring(Math.max(0, printed.length() - LOG_CHARACTERS_KEPT));
        } catch (ApiException | RuntimeException e) {
            log.info("what {} of {} printed cannot be had", container, pod, e);
            return "";
        }
    }

    @Override
    public void close() {
        informers.stopAllRegisteredInformers(true);
    }
}
