package touchstone.api.runner.kubernetes;

import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Node;
import io.kubernetes.client.openapi.models.V1NodeCondition;
import io.kubernetes.client.openapi.models.V1Taint;
import io.kubernetes.client.openapi.models.V1Toleration;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether the cluster has a card for jobs, one that no two jobs share. */
final class CardCheck {
    private static final String NAME = "cards";
    private static final String REPLICAS = ".replicas";
    private static final String PRODUCT = ".product";
    private static final String SHARED = "-SHARED";
    private static final int LISTED_AT_A_TIME = 500;

    private final KubernetesConfig config;
    private final @Nullable String product;

    /** @param product as nodes are labelled {@code nvidia.com/gpu.product}; null = any */
    CardCheck(KubernetesConfig config, @Nullable String product) {
        this.config = config;
        this.product = product;
    }

    Finding look(CoreV1Api api) throws ApiException {
        if (config.cudaImage() == null && product == null)
            return Finding.ok(
                    NAME, "none is wanted: without touchstone.kubernetes.cuda-image no recipe with a card is judged");
        if (config.cudaImage() == null)
            return Finding.wrong(
                    NAME,
                    "no recipe with a card is judged as long as there is no image for one: set TOUCHSTONE_KUBERNETES_CUDA_IMAGE,"
                            + " as k8s/overlays/gpu does");
        try {
            return of(nodes(api));
        } catch (ApiException e) {
            if (e.getCode() != 403) throw e;
            return Finding.notKnown(
                    NAME,
                    "this account may not list nodes, and need not. Look with your own: kubectl get nodes -L "
                            + String.join(",", JobManifest.GPU_PRODUCT, label(JobManifest.SHARING), label(REPLICAS))
                            + ", or run this with your --kubeconfig");
        }
    }

    private static List<V1Node> nodes(CoreV1Api api) throws ApiException {
        List<V1Node> nodes = new ArrayList<>();
        for (@Nullable String next = null; ; ) {
            var page = api.listNode().limit(LISTED_AT_A_TIME)._continue(next).execute();
            nodes.addAll(page.getItems());
            next = page.getMetadata().getContinue();
            if (next == null || next.isEmpty()) return nodes;
        }
    }

    private Finding of(List<V1Node> nodes) {
        List<V1Node> withCards = nodes.stream().filter(node -> cards(node) > 0).toList();
        if (withCards.isEmpty())
            return Finding.wrong(
                    NAME,
                    "none of " + nodes.size() + " nodes has " + config.gpuResource()
                            + " to give: install NVIDIA's device plugin or GPU operator, or name what your nodes have in"
                            + " TOUCHSTONE_KUBERNETES_GPU_RESOURCE, or a slice of a recipe's with --gpu-resource (kubectl describe"
                            + " nodes, Allocatable)");
        List<V1Node> wanted = withCards.stream()
                .filter(node -> product == null || product.equals(label(node, JobManifest.GPU_PRODUCT)))
                .toList();
        if (wanted.isEmpty())
            return Finding.wrong(
                    NAME,
                    "no node is labelled " + JobManifest.GPU_PRODUCT + "=" + product + "; there are "
                            + products(withCards)
                            + ". Write one of these in the recipe (device.product), or label the nodes:"
                            + " GPU feature discovery does it");
        List<V1Node> shared = wanted.stream().filter(this::isShared).toList();
        if (!shared.isEmpty())
            return Finding.wrong(
                    NAME,
                    "several pods get the same card on " + names(shared)
                            + " (time-slicing or MPS): no run there is worth a rank. Take the sharing out of the device"
                            + " plugin's configuration, or set its renameByDefault, or use MIG");
        List<String> blocked =
                wanted.stream().flatMap(node -> blocked(node).stream()).toList();
        if (blocked.size() == wanted.size())
            return Finding.wrong(NAME, "no node with a card takes a job: " + String.join("; ", blocked));
        long cards = wanted.stream()
                .filter(node -> blocked(node).isEmpty())
                .mapToLong(this::cards)
                .sum();
        return Finding.ok(
                NAME,
                cards + " of " + config.gpuResource() + " on " + (wanted.size() - blocked.size()) + " nodes, "
                        + products(wanted) + ", none of them shared"
                        + (blocked.isEmpty() ? "" : "; not used: " + String.join("; ", blocked)));
    }

    private long cards(V1Node node) {
        return Stream.ofNullable(node.getStatus().getAllocatable())
                .flatMap(all -> Stream.ofNullable(all.get(config.gpuResource())))
                .map(quantity -> quantity.getNumber())
                .mapToLong(BigDecimal::longValue)
                .sum();
    }

    /** A slice has labels of its own beside those of whole cards. */
    private boolean isShared(V1Node node) {
        String strategy = label(node, label(JobManifest.SHARING));
        return !strategy.isEmpty() && !strategy.equals("none")
                || label(node, label(REPLICAS)).matches("[2-9]|[1-9][0-9]+")
                || label(node, label(PRODUCT)).endsWith(SHARED);
    }

    private String label(String ending) {
        return JobManifest.labelled(config.gpuResource()) + ending;
    }

    /** Why no job comes to this node. */
    private Optional<String> blocked(V1Node node) {
        String name = node.getMetadata().getName();
        if (Boolean.TRUE.equals(node.getSpec().getUnschedulable()))
            return Optional.of(name + " is cordoned (kubectl uncordon " + name + ")");
        String architecture = label(node, JobManifest.ARCHITECTURE);
        if (!architecture.equals(JobManifest.AMD64))
            return Optional.of(name + " is of the architecture " + architecture + ", and jobs run on "
                    + JobManifest.AMD64 + " alone");
        boolean ready = Stream.ofNullable(node.getStatus().getConditions())
                .flatMap(List::stream)
                .anyMatch(CardCheck::isReady);
        if (!ready) return Optional.of(name + " is not ready (kubectl describe node " + name + ")");
        return Stream.ofNullable(node.getSpec().getTaints())
                .flatMap(List::stream)
                .filter(taint -> !"PreferNoSchedule".equals(taint.getEffect()) && !isTolerated(taint))
                .findFirst()
                .map(taint -> name + " has the taint " + taint.getKey()
                        + (taint.getValue() == null ? "" : "=" + taint.getValue()) + ":" + taint.getEffect()
                        + " that TOUCHSTONE_KUBERNETES_TOLERATIONS does not name");
    }

    private static boolean isReady(V1NodeCondition condition) {
        return "Ready".equals(condition.getType()) && "True".equals(condition.getStatus());
    }

    private boolean isTolerated(V1Taint taint) {
        return config.tolerations().stream().map(JobManifest::toleration).anyMatch(each -> tolerates(each, taint));
    }

    private static boolean tolerates(V1Toleration toleration, V1Taint taint) {
        return Objects.equals(toleration.getKey(), taint.getKey())
                && (toleration.getEffect() == null || toleration.getEffect().equals(taint.getEffect()))
                && ("Exists".equals(toleration.getOperator())
                        || Objects.equals(toleration.getValue(), taint.getValue()));
    }

    private static String label(V1Node node, String name) {
        return Stream.ofNullable(node.getMetadata().getLabels())
                .flatMap(labels -> Stream.ofNullable(labels.get(name)))
                .findFirst()
                .orElse("");
    }

    private static String products(List<V1Node> nodes) {
        return nodes.stream()
                .map(node -> label(node, JobManifest.GPU_PRODUCT))
                .map(each -> each.isEmpty() ? "a card without a label" : each)
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .collect(Collectors.joining(", "));
    }

    private static String names(List<V1Node> nodes) {
        return nodes.stream().map(node -> node.getMetadata().getName()).collect(Collectors.joining(", "));
    }
}
