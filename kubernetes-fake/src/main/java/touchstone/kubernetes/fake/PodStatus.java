package touchstone.kubernetes.fake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** Writes what a node knows of a pod into the pod's status, as a kubelet does. */
final class PodStatus {
    private PodStatus() {}

    static JsonObject write(JsonObject pod, PodWork work, Instant now) {
        JsonObject status = Json.make(pod, "status");
        String phase = work.phase();
        Json.put(status, "phase", phase);
        Json.putIfAbsent(status, "startTime", work.started());
        Json.putIfAbsent(status, "hostIP", "10.0.0.1");
        Json.putIfAbsent(status, "podIP", "10.1.0.1");
        PodWork.End end = work.end();
        if (end != null) {
            Json.put(status, "reason", end.reason());
            Json.put(status, "message", end.message());
        }
        boolean initialized = work.initContainers().stream().allMatch(container -> PodWork.code(container) == 0);
        boolean ready =
                work.containers().stream().allMatch(container -> container.state() instanceof Container.State.Running);
        boolean ended = phase.equals("Succeeded") || phase.equals("Failed");
        String endReason = phase.equals("Succeeded") ? "PodCompleted" : "PodFailed";
        Conditions.set(pod, "PodReadyToStartContainers", ended ? "False" : "True", null, null, now);
        if (initialized) {
            Conditions.set(pod, "Initialized", "True", ended ? endReason : null, null, now);
        } else {
            Conditions.set(
                    pod,
                    "Initialized",
                    "False",
                    "ContainersNotInitialized",
                    "containers with incomplete status: " + names(work.initContainers(), 0),
                    now);
        }
        for (String type : List.of("Ready", "ContainersReady")) {
            if (ready) {
                Conditions.set(pod, type, "True", null, null, now);
            } else if (ended) {
                Conditions.set(pod, type, "False", endReason, null, now);
            } else {
                Conditions.set(
                        pod,
                        type,
                        "False",
                        "ContainersNotReady",
                        "containers with unready status: " + names(work.containers(), -2),
                        now);
            }
        }
        if (!work.initContainers().isEmpty()) {
            status.add("initContainerStatuses", statuses(work, work.initContainers()));
        }
        status.add("containerStatuses", statuses(work, work.containers()));
        return pod;
    }

    /** The names of those that are neither running nor ended with that code, in brackets. */
    private static String names(List<Container> containers, int code) {
        return containers.stream()
                .filter(container -> PodWork.code(container) != code)
                .filter(container -> code == 0 || !(container.state() instanceof Container.State.Running))
                .map(Container::name)
                .collect(Collectors.joining(" ", "[", "]"));
    }

    private static JsonArray statuses(PodWork work, List<Container> containers) {
        var list = new JsonArray();
        for (Container container : containers) {
            list.add(status(work, container));
        }
        return list;
    }

    private static JsonObject status(PodWork work, Container container) {
        String id = "containerd://"
                + UUID.nameUUIDFromBytes((work.uid() + container.name()).getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .replace("-", "")
                        .repeat(2);
        JsonObject status = Json.of(
                "name",
                container.name(),
                "image",
                container.image(),
                "imageID",
                "",
                "ready",
                false,
                "started",
                false,
                "restartCount",
                0,
                "lastState",
                new JsonObject());
        switch (container.state()) {
            case Container.State.Waiting waiting ->
                status.add(
                        "state", Json.of("waiting", Json.of("reason", waiting.reason(), "message", waiting.message())));
            case Container.State.Running running -> {
                Json.put(status, "containerID", id);
                Json.put(status, "imageID", Images.id(container.image()));
                Json.put(status, "ready", work.containers().contains(container));
                Json.put(status, "started", true);
                status.add("state", Json.of("running", Json.of("startedAt", running.since())));
            }
            case Container.State.Terminated terminated -> {
                Json.put(status, "containerID", id);
                Json.put(status, "imageID", Images.id(container.image()));
                Json.put(
                        status,
                        "ready",
                        terminated.exitCode() == 0 && work.initContainers().contains(container));
                status.add(
                        "state",
                        Json.of(
                                "terminated",
                                Json.of(
                                        "exitCode",
                                        terminated.exitCode(),
                                        "reason",
                                        terminated.reason(),
                                        "message",
                                        terminated.message(),
                                        "startedAt",
                                        terminated.started(),
                                        "finishedAt",
                                        terminated.finished(),
                                        "containerID",
                                        id)));
            }
        }
        return status;
    }
}
