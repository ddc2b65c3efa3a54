package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Runs the pods of all nodes: init containers one after the other, then the rest; tells their state; ends them. */
final class Kubelet {
    private static final Duration PULL_AGAIN = Duration.ofSeconds(10);

    private final Store store;
    private final Timers timers;
    private final Writes writes;
    private final Images images;
    private final Volumes volumes;
    private final Map<String, PodWork> pods = new ConcurrentHashMap<>();
    /** Nodes that nobody hears of: their pods run on, and nothing is told. */
    private final Set<String> silent = ConcurrentHashMap.newKeySet();

    private volatile Containers containers = Containers.byHand();
    private volatile Duration startTime = Duration.ZERO;

    Kubelet(Store store, Writes writes, Timers timers, Images images) {
        this.store = store;
        this.writes = writes;
        this.timers = timers;
        this.images = images;
        this.volumes = new Volumes(store);
        store.listen(this::changed);
    }

    static boolean ended(JsonObject pod) {
        String phase = Json.string(pod, "status", "phase");
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    void containers(Containers work) {
        containers = work;
    }

    void startTime(Duration time) {
        startTime = time;
    }

    Volumes volumes() {
        return volumes;
    }

    Instant now() {
        return timers.instant();
    }

    void soon(Runnable work) {
        timers.soon(work);
    }

    void after(Duration time, Runnable work) {
        timers.after(time, work);
    }

    private void changed(Store.Change change) {
        JsonObject object = change.object();
        boolean isContent = change.kind() == Kind.SECRET || change.kind() == Kind.CONFIG_MAP;
        if (isContent && change.type() == Store.Type.ADDED) {
            timers.soon(this::proceedAll);
        }
        if (change.kind() != Kind.POD || Json.string(object, "spec", "nodeName").isEmpty()) {
            return;
        }
        if (change.type() == Store.Type.DELETED) {
            timers.soon(() -> gone(object));
        } else if (Json.deleting(object)) {
            timers.soon(() -> terminate(object));
        } else if (!ended(object) && !pods.containsKey(Json.uid(object))) {
            timers.soon(() -> accept(object));
        }
    }

    private void accept(JsonObject pod) {
        if (pods.containsKey(Json.uid(pod)) || store.find(Kind.POD, Json.namespace(pod), Json.name(pod)) == null) {
            return;
        }
        var work = new PodWork(store, this, pod, now());
        pods.put(work.uid(), work);
        tell(work);
        if (Json.has(pod, "spec", "activeDeadlineSeconds")) {
            String uid = work.uid();
            timers.after(Duration.ofSeconds(Json.number(pod, 0, "spec", "activeDeadlineSeconds")), () -> find(uid)
                    .ifPresent(late -> end(
                            late,
                            "DeadlineExceeded",
                            "Pod was active on the node longer than the specified deadline")));
        }
        timers.after(startTime, () -> {
            work.begin();
            proceed(work);
        });
    }

    private void proceedAll() {
        pods.values().forEach(work -> {
            if (work.hasBegun() && work.phase().equals("Pending")) {
                proceed(work);
            }
        });
    }

    /** Starts what is next. */
    private void proceed(PodWork work) {
        if (!pods.containsKey(work.uid()) || work.phase().equals("Failed")) {
            return;
        }
        Optional<String> missing = volumes.missing(work.find());
        if (missing.isPresent()) {
            // Told by an event alone: the pod itself says only ContainerCreating.
            Events.warn(writes, timers, work.find(), "FailedMount", missing.get(), "kubelet");
            return;
        }
        for (Container container : work.initContainers()) {
            if (PodWork.code(container) != 0) {
                start(work, container);
                return;
            }
        }
        work.containers().forEach(container -> start(work, container));
    }

    private void start(PodWork work, Container container) {
        if (!(container.state() instanceof Container.State.Waiting)) {
            return;
        }
        String image = container.image();
        Optional<String> missing = volumes.missing(work.find(), container.spec());
        if (!Images.isName(image)) {
            container.waits(
                    "InvalidImageName",
                    "Failed to apply default image tag \"%s\": couldn't parse image name \"%s\": invalid reference format"
                            .formatted(image, image));
        } else if (!images.has(image)) {
            pullAgain(work, container);
        } else if (missing.isPresent()) {
            container.waits("CreateContainerConfigError", missing.get());
        } else {
            container.runs(now());
            tell(work);
            containers.start(container);
            return;
        }
        tell(work);
    }

    private void pullAgain(PodWork work, Container container) {
        String image = container.image();
        String why = "failed to pull and unpack image \"%s\": failed to resolve reference \"%s\": %s: not found"
                .formatted(image, image, image);
        boolean isFirst = container.state() instanceof Container.State.Waiting waiting
                && !waiting.reason().equals("ErrImagePull");
        if (isFirst) {
            container.waits("ErrImagePull", "rpc error: code = NotFound desc = " + why);
        } else {
            container.waits(
                    "ImagePullBackOff",
                    "Back-off pulling image \"%s\": ErrImagePull: rpc error: code = NotFound desc = %s"
                            .formatted(image, why));
        }
        timers.after(PULL_AGAIN, () -> proceed(work));
    }

    void ended(Container container, int code, String reason) {
        PodWork work = container.work();
        if (!(container.state() instanceof Container.State.Running)) {
            return;
        }
        container.ends(code, reason, now());
        if (!pods.containsKey(work.uid())) {
            return;
        }
        tell(work);
        if (work.initContainers().contains(container) && code == 0) {
            proceed(work);
        }
    }

    /** Ends a pod from outside its containers. */
    void end(PodWork work, @Nullable String reason, String message) {
        if (!pods.containsKey(work.uid()) || ended(work.find())) {
            return;
        }
        work.end(new PodWork.End(reason, message));
        work.all().forEach(container -> container.stop(now()));
        tell(work);
    }

    private void tell(PodWork work) {
        if (silent.contains(work.node())) {
            return;
        }
        JsonObject now = store.find(Kind.POD, work.namespace(), work.name());
        if (now != null && Json.uid(now).equals(work.uid())) {
            store.update(Kind.POD, work.namespace(), work.name(), copy -> PodStatus.write(copy, work, now()));
        }
    }

    private void terminate(JsonObject pod) {
        if (silent.contains(Json.string(pod, "spec", "nodeName"))
                || store.find(Kind.POD, Json.namespace(pod), Json.name(pod)) == null) {
            return;
        }
        PodWork work = pods.get(Json.uid(pod));
        if (work != null) {
            work.all().forEach(container -> container.stop(now()));
            if (!ended(work.find()) && work.phase().equals("Pending")) {
                work.end(new PodWork.End(null, null));
            }
            tell(work);
        }
        store.touch(Kind.POD, Json.namespace(pod), Json.name(pod), copy -> {
            Json.put(Json.make(copy, "metadata"), "deletionGracePeriodSeconds", 0);
            return copy;
        });
    }

    private void gone(JsonObject pod) {
        PodWork work = pods.remove(Json.uid(pod));
        if (work != null) {
            work.all().forEach(container -> container.stop(now()));
            volumes.forget(work.uid());
        }
    }

    Optional<PodWork> find(String namespace, String podOrJob) {
        PodWork found = null;
        for (PodWork work : pods.values()) {
            boolean isMeant = work.name().equals(podOrJob) || work.job().equals(podOrJob);
            if (isMeant && work.namespace().equals(namespace)) {
                found = found == null || found.started().isBefore(work.started()) ? work : found;
            }
        }
        return Optional.ofNullable(found);
    }

    List<PodWork> on(String node) {
        return pods.values().stream().filter(work -> work.node().equals(node)).toList();
    }

    void silence(String node) {
        silent.add(node);
    }

    /** Is heard of again, and tells what happened meanwhile. */
    void hear(String node) {
        silent.remove(node);
        for (PodWork work : on(node)) {
            JsonObject pod = work.find();
            if (Json.deleting(pod)) {
                terminate(pod);
            } else {
                tell(work);
            }
        }
    }

    /** The work of that very pod, empty where it is on no node. */
    Optional<PodWork> find(String uid) {
        return Optional.ofNullable(pods.get(uid));
    }

    boolean isSilent(String node) {
        return silent.contains(node);
    }

    void close() {
        pods.values().forEach(work -> work.all().forEach(container -> container.stop(now())));
        volumes.close();
    }
}
