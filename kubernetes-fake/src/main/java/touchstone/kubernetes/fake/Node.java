package touchstone.kubernetes.fake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A node to be: labels, what it has (such as {@code cpu: 16} and {@code nvidia.com/gpu: 8}), taints as {@code key=value:Effect}. */
public record Node(String name, Map<String, String> labels, Map<String, String> capacity, List<String> taints) {
    public Node {
        labels = Map.copyOf(labels);
        capacity = Map.copyOf(capacity);
        taints = List.copyOf(taints);
    }

    /** A node without cards: 128 processors, 1 TiB, 110 pods. */
    public static Node cpu(String name) {
        return new Node(name, Map.of(), machine(), List.of());
    }

    /** A node with so many cards of a product such as {@code NVIDIA-H100-80GB-HBM3}, and the taint that keeps others away. */
    public static Node gpu(String name, String product, int cards) {
        Map<String, String> capacity = new TreeMap<>(machine());
        capacity.put("nvidia.com/gpu", Integer.toString(cards));
        return new Node(
                name,
                Map.of("nvidia.com/gpu.product", product, "nvidia.com/gpu.present", "true"),
                capacity,
                List.of("nvidia.com/gpu=present:NoSchedule"));
    }

    private static Map<String, String> machine() {
        return Map.of("cpu", "128", "memory", "1024Gi", "pods", "110", "ephemeral-storage", "1024Gi");
    }

    JsonObject object(Instant now) {
        JsonObject node = Json.of("metadata", Json.of("name", name), "spec", new JsonObject());
        JsonObject all = Json.make(node, "metadata", "labels");
        all.addProperty("kubernetes.io/hostname", name);
        all.addProperty("kubernetes.io/os", "linux");
        all.addProperty("kubernetes.io/arch", "amd64");
        labels.forEach(all::addProperty);
        var list = new JsonArray();
        taints.forEach(taint -> list.add(taint(taint)));
        Json.put(node.getAsJsonObject("spec"), "taints", list.isEmpty() ? null : list);
        for (String field : List.of("capacity", "allocatable")) {
            JsonObject amounts = Json.make(node, "status", field);
            capacity.forEach(amounts::addProperty);
        }
        Json.make(node, "status")
                .add(
                        "addresses",
                        Json.array(
                                Json.of("type", "InternalIP", "address", "10.0.0.1"),
                                Json.of("type", "Hostname", "address", name)));
        Conditions.set(node, "Ready", "True", "KubeletReady", "kubelet is posting ready status", now);
        return node;
    }

    private static JsonObject taint(String text) {
        String key = text.replaceFirst("[=:].*", "");
        String value = text.contains("=") ? text.replaceFirst(".*=", "").replaceFirst(":.*", "") : "";
        return Json.of(
                "key",
                key,
                "value",
                value.isEmpty() ? null : value,
                "effect",
                text.substring(text.lastIndexOf(':') + 1));
    }
}
