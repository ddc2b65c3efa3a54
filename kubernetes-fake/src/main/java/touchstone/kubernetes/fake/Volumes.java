package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What containers are given: files and environment. A pod has a folder on this machine as soon as somebody asks for it. */
final class Volumes {
    private final Store store;
    private final Map<String, Path> folders = new HashMap<>();

    Volumes(Store store) {
        this.store = store;
    }

    /** What the pod still lacks before its containers can be made: a Secret to mount. */
    Optional<String> missing(JsonObject pod) {
        for (JsonObject volume : Json.objects(pod, "spec", "volumes")) {
            String secret = Json.string(volume, "secret", "secretName");
            if (!secret.isEmpty()
                    && !Json.flag(volume, "secret", "optional")
                    && store.find(Kind.SECRET, Json.namespace(pod), secret) == null) {
                return Optional.of("MountVolume.SetUp failed for volume \"%s\" : secret \"%s\" not found"
                        .formatted(Json.string(volume, "name"), secret));
            }
        }
        return Optional.empty();
    }

    /** What the container's environment names and is not there. */
    Optional<String> missing(JsonObject pod, JsonObject container) {
        for (JsonObject variable : Json.objects(container, "env")) {
            JsonObject reference = Json.object(variable, "valueFrom", "secretKeyRef");
            if (reference.isEmpty() || Json.flag(reference, "optional")) {
                continue;
            }
            JsonObject secret = store.find(Kind.SECRET, Json.namespace(pod), Json.string(reference, "name"));
            if (secret == null) {
                return Optional.of("secret \"%s\" not found".formatted(Json.string(reference, "name")));
            }
            if (!Json.has(secret, "data", Json.string(reference, "key"))) {
                return Optional.of("couldn't find key %s in Secret %s/%s"
                        .formatted(Json.string(reference, "key"), Json.namespace(pod), Json.name(secret)));
            }
        }
        return Optional.empty();
    }

    Map<String, String> environment(JsonObject pod, JsonObject container) {
        var environment = new HashMap<String, String>();
        for (JsonObject variable : Json.objects(container, "env")) {
            environment.put(Json.string(variable, "name"), value(pod, variable));
        }
        return environment;
    }

    private String value(JsonObject pod, JsonObject variable) {
        if (Json.has(variable, "valueFrom", "fieldRef")) {
            return Json.string(
                    pod,
                    Json.string(variable, "valueFrom", "fieldRef", "fieldPath").split("\\."));
        }
        JsonObject reference = Json.object(variable, "valueFrom", "secretKeyRef");
        if (reference.isEmpty()) {
            return Json.string(variable, "value");
        }
        JsonObject secret = store.get(Kind.SECRET, Json.namespace(pod), Json.string(reference, "name"));
        return new String(
                Base64.getDecoder().decode(Json.string(secret, "data", Json.string(reference, "key"))),
                StandardCharsets.UTF_8);
    }

    synchronized Path folder(JsonObject pod, JsonObject container, String mountPath) {
        for (JsonObject mount : Json.objects(container, "volumeMounts")) {
            if (Json.string(mount, "mountPath").equals(mountPath)) {
                return folder(pod, Json.string(mount, "name")).resolve(Json.string(mount, "subPath"));
            }
        }
        throw new IllegalArgumentException(
                "container %s mounts nothing at %s".formatted(Json.string(container, "name"), mountPath));
    }

    String localized(JsonObject pod, JsonObject container, String text) {
        List<String> paths = Json.objects(container, "volumeMounts").stream()
                .map(mount -> Json.string(mount, "mountPath"))
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
        for (String path : paths) {
            int at = text.indexOf(path);
            if (at >= 0) {
                return text.substring(0, at) + folder(pod, container, path) + text.substring(at + path.length());
            }
        }
        return text;
    }

    private Path folder(JsonObject pod, String volumeName) {
        try {
            Path root = folders.get(Json.uid(pod));
            if (root == null) {
                root = Files.createTempDirectory("fake-pod-");
                folders.put(Json.uid(pod), root);
            }
            Path folder = root.resolve(volumeName);
            if (!Files.exists(folder)) {
                Files.createDirectory(folder);
                fill(pod, volumeName, folder);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void fill(JsonObject pod, String volumeName, Path folder) throws IOException {
        for (JsonObject volume : Json.objects(pod, "spec", "volumes")) {
            String name = Json.string(volume, "secret", "secretName");
            JsonObject secret = name.isEmpty() || !Json.string(volume, "name").equals(volumeName)
                    ? null
                    : store.find(Kind.SECRET, Json.namespace(pod), name);
            if (secret == null) {
                continue;
            }
            Map<String, String> files = new HashMap<>();
            List<JsonObject> items = Json.objects(volume, "secret", "items");
            items.forEach(item -> files.put(Json.string(item, "key"), Json.string(item, "path")));
            for (Map.Entry<String, String> entry : Json.map(secret, "data").entrySet()) {
                String file = items.isEmpty() ? entry.getKey() : files.get(entry.getKey());
                if (file != null) {
                    Files.write(folder.resolve(file), Base64.getDecoder().decode(entry.getValue()));
                }
            }
        }
    }

    /** Removes the pod's folder. */
    synchronized void forget(String uid) {
        Path root = folders.remove(uid);
        if (root == null) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // A process that is still ending writes into it; the machine's own sweep of temporary files takes it.
        }
    }

    synchronized void close() {
        List.copyOf(folders.keySet()).forEach(this::forget);
    }
}
