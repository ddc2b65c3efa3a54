package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node knows of one pod that it runs. */
final class PodWork {
    /** How the node or the cluster ended the pod, where its containers did not. */
    record End(@Nullable String reason, @Nullable String message) {}

    private final Store store;
    private final JsonObject first;
    private final List<Container> initContainers = new ArrayList<>();
    private final List<Container> containers = new ArrayList<>();
    private final Instant started;
    private @Nullable End end;
    private boolean begun;

    PodWork(Store store, Kubelet kubelet, JsonObject pod, Instant started) {
        this.store = store;
        this.first = pod;
        this.started = started;
        List<JsonObject> before = Json.objects(pod, "spec", "initContainers");
        var waiting = new Container.State.Waiting(before.isEmpty() ? "ContainerCreating" : "PodInitializing", null);
        before.forEach(spec -> initContainers.add(new Container(kubelet, this, spec, waiting)));
        Json.objects(pod, "spec", "containers")
                .forEach(spec -> containers.add(new Container(kubelet, this, spec, waiting)));
    }

    String namespace() {
        return Json.namespace(first);
    }

    String name() {
        return Json.name(first);
    }

    String uid() {
        return Json.uid(first);
    }

    String node() {
        return Json.string(first, "spec", "nodeName");
    }

    String job() {
        return Json.string(first, "metadata", "labels", "batch.kubernetes.io/job-name");
    }

    /** The pod as it is, or as it was when it is gone. */
    JsonObject find() {
        JsonObject now = store.find(Kind.POD, namespace(), name());
        return now == null ? first : now;
    }

    List<Container> initContainers() {
        return initContainers;
    }

    List<Container> containers() {
        return containers;
    }

    List<Container> all() {
        var all = new ArrayList<>(initContainers);
        all.addAll(containers);
        return all;
    }

    Instant started() {
        return started;
    }

    @Nullable
    End end() {
        return end;
    }

    void end(End how) {
        end = how;
    }

    /** Its containers may be made from now on. */
    void begin() {
        begun = true;
    }

    boolean hasBegun() {
        return begun;
    }

    String phase() {
        if (end != null || initContainers.stream().anyMatch(container -> code(container) > 0)) {
            return "Failed";
        }
        if (containers.stream().allMatch(container -> code(container) >= 0)) {
            return containers.stream().allMatch(container -> code(container) == 0) ? "Succeeded" : "Failed";
        }
        boolean anyBegun =
                containers.stream().anyMatch(container -> !(container.state() instanceof Container.State.Waiting));
        return anyBegun ? "Running" : "Pending";
    }

    /** The exit code, -1 while there is none. */
    static int code(Container container) {
        return container.state() instanceof Container.State.Terminated terminated ? terminated.exitCode() : -1;
    }
}
