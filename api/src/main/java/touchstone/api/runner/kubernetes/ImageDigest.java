package touchstone.api.runner.kubernetes;

import io.kubernetes.client.openapi.models.V1ContainerStatus;
import io.kubernetes.client.openapi.models.V1Pod;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** By which digest an image is known: what a tag names may change from pod to pod. */
final class ImageDigest {
    private static final String DIGEST = "sha256:";

    private ImageDigest() {}

    /** Whether the name can mean one image alone. */
    static boolean isIn(String name) {
        return name.contains("@" + DIGEST);
    }

    /**
     * What a pod's machine says that it runs there, such as {@code registry.example/evaluator@sha256:…}, or {@code sha256:…}
     * where it was loaded and not fetched; empty = not known, or not yet. All containers of a job are of one image.
     */
    static Optional<String> of(V1Pod pod) {
        if (pod.getStatus() == null) return Optional.empty();
        return Stream.of(
                        pod.getStatus().getInitContainerStatuses(),
                        pod.getStatus().getContainerStatuses())
                .filter(Objects::nonNull)
                .flatMap(List::stream)
                .map(V1ContainerStatus::getImageID)
                .filter(id -> id != null && id.contains(DIGEST))
                .map(id -> id.replaceFirst("^[a-z-]+://", ""))
                .findFirst();
    }
}
