package touchstone.api.runner.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kubernetes.client.openapi.models.V1ContainerStatus;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodStatus;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ImageDigestTest {
    private static V1Pod pod(String ofTrain, String ofScore) {
        return new V1Pod()
                .status(new V1PodStatus()
                        .initContainerStatuses(List.of(new V1ContainerStatus().imageID(ofTrain)))
                        .containerStatuses(List.of(new V1ContainerStatus().imageID(ofScore))));
    }

    @Test
    void itIsReadAsEachKindOfMachineTellsIt() {
        assertEquals(Optional.empty(), ImageDigest.of(new V1Pod()));
        assertEquals(Optional.empty(), ImageDigest.of(pod("", "")), "nothing runs yet");
        assertEquals(Optional.of("r/e@sha256:1"), ImageDigest.of(pod("r/e@sha256:1", "")), "containerd, CRI-O");
        assertEquals(Optional.of("r/e@sha256:1"), ImageDigest.of(pod("docker-pullable://r/e@sha256:1", "")));
        assertEquals(Optional.of("sha256:1"), ImageDigest.of(pod("", "sha256:1")), "loaded, and judged again");
    }
}
