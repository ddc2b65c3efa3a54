package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the log that a call means, or says why there is none. */
final class Logs {
    private Logs() {}

    /** {@code wanted} is the container's name; it may be empty where the pod has only one. */
    static PodLog of(Kubelet kubelet, JsonObject pod, String wanted) {
        String name = Json.name(pod);
        String container = wanted.isEmpty() ? only(pod) : wanted;
        boolean isKnown = Stream.of("initContainers", "containers")
                .flatMap(list -> Json.objects(pod, "spec", list).stream())
                .anyMatch(one -> Json.string(one, "name").equals(container));
        if (!isKnown) {
            throw Failure.badRequest("container %s is not valid for pod %s".formatted(container, name));
        }
        String node = Json.string(pod, "spec", "nodeName");
        if (node.isEmpty()) {
            throw Failure.badRequest("pod %s does not have a host assigned".formatted(name));
        }
        if (kubelet.isSilent(node)) {
            throw Failure.of(
                    500,
                    "InternalError",
                    "Get \"https://10.0.0.1:10250/containerLogs/%s/%s/%s\": dial tcp 10.0.0.1:10250: connect: no route to host"
                            .formatted(Json.namespace(pod), name, container));
        }
        Optional<Container> found = kubelet.find(Json.uid(pod)).flatMap(work -> work.all().stream()
                .filter(one -> one.name().equals(container))
                .findFirst());
        Container.State state =
                found.map(Container::state).orElse(new Container.State.Waiting("ContainerCreating", null));
        if (found.isEmpty() || state instanceof Container.State.Waiting) {
            throw Failure.badRequest("container \"%s\" in pod \"%s\" is waiting to start: %s"
                    .formatted(
                            container,
                            name,
                            state instanceof Container.State.Waiting waiting ? waiting.reason() : "unknown"));
        }
        return found.get().log();
    }

    private static String only(JsonObject pod) {
        List<JsonObject> containers = Json.objects(pod, "spec", "containers");
        if (containers.size() > 1) {
            throw Failure.badRequest("a container name must be specified for pod %s, choose one of: [%s]"
                    .formatted(
                            Json.name(pod),
                            containers.stream()
                                    .map(one -> Json.string(one, "name"))
                                    .collect(Collectors.joining(" "))));
        }
        return Json.string(containers.getFirst(), "name");
    }
}
