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
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What containers are given: files and environment. A pod has a folder on this machine as soon as somebody asks for it. */
final class Volumes {
    private final Store store;
    private final Map<String, Path> folders = new HashMap<>();

    Volumes(Store store) {
        this.store = store;
    }

    /** What the pod still lacks before its containers can be made: a Secret or a ConfigMap to mount. */
    Optional<String> missing(JsonObject pod) {
        for (JsonObject volume : Json.objects(pod, "spec", "volumes")) {
            for (Source source : Source.values()) {
                String name = Json.string(volume, source.field, source.name);
                if (!name.isEmpty()
                        && !Json.flag(volume, source.field, "optional")
                        && store.find(source.kind, Json.namespace(pod), name) == null) {
                    return Optional.of("MountVolume.SetUp failed for volume \"%s\" : %s \"%s\" not found"
                            .formatted(Json.string(volume, "name"), source.field.toLowerCase(Locale.ROOT), name));
                }
            }
        }
        return Optional.empty();
    }

    private enum Source {
        SECRET(Kind.SECRET, "secret", "secretName"),
        CONFIG_MAP(Kind.CONFIG_MAP, "configMap", "name");

        private final Kind kind;
        private final String field;
        private final String name;

        Source(Kind kind, String field, String name) {
            this.kind = kind;
            this.field = field;
            this.name = name;
        }
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
        Map<String, String> places = new HashMap<>();
        for (JsonObject mount : Json.objects(container, "volumeMounts")) {
            String path = Json.string(mount, "mountPath");
            if (text.contains(path)) {
                places.put(path, folder(pod, container, path).toString());
            }
        }
        String message = Json.string(container, "terminationMessagePath");
        if (text.contains(message)) {
            places.put(message, messageFile(pod, container).toString());
        }
        if (places.isEmpty()) {
            return text;
        }
        // In one pass, so that a place is never looked for within another; and whole names: "/ca.crt" does not begin
        // with "/ca".
        return Pattern.compile(places.keySet().stream()
                        .sorted(Comparator.comparing(String::length).reversed())
                        .map(Pattern::quote)
                        .collect(Collectors.joining("|", "(?:", ")(?![\\w.-])")))
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(Objects.requireNonNull(places.get(found.group()))));
    }

    /** What stands for {@code /dev/termination-log}. */
    synchronized Path messageFile(JsonObject pod, JsonObject container) {
        try {
            return root(Json.uid(pod)).resolve("message-of-" + Json.string(container, "name"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same, where the pod still has a folder: one that is gone gets none again. */
    synchronized Optional<Path> writtenMessage(JsonObject pod, JsonObject container) {
        return folders.containsKey(Json.uid(pod))
                ? Optional.of(messageFile(pod, container)).filter(Files::exists)
                : Optional.empty();
    }

    private Path root(String owner) throws IOException {
        Path root = folders.get(owner);
        if (root == null) {
            root = Files.createTempDirectory("fake-volumes-");
            folders.put(owner, root);
        }
        return root;
    }

    private Path folder(JsonObject pod, String volumeName) {
        JsonObject volume = Json.objects(pod, "spec", "volumes").stream()
                .filter(one -> Json.string(one, "name").equals(volumeName))
                .findFirst()
                .orElseThrow();
        String claim = Json.string(volume, "persistentVolumeClaim", "claimName");
        try {
            // A claim is shared by all pods that name it.
            String owner = claim.isEmpty() ? Json.uid(pod) : Json.namespace(pod) + "/" + claim;
            Path folder = root(owner).resolve(volumeName);
            if (!Files.exists(folder)) {
                Files.createDirectory(folder);
                for (Source source : Source.values()) {
                    fill(pod, Json.object(volume, source.field), source, folder);
                }
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void fill(JsonObject pod, JsonObject volume, Source source, Path folder) throws IOException {
        JsonObject content = store.find(source.kind, Json.namespace(pod), Json.string(volume, source.name));
        if (content == null) {
            return;
        }
        Map<String, String> files = new HashMap<>();
        List<JsonObject> items = Json.objects(volume, "items");
        items.forEach(item -> files.put(Json.string(item, "key"), Json.string(item, "path")));
        for (Map.Entry<String, String> entry : Json.map(content, "data").entrySet()) {
            String file = items.isEmpty() ? entry.getKey() : files.get(entry.getKey());
            if (file != null) {
                Files.write(
                        folder.resolve(file),
                        source == Source.SECRET
                                ? Base64.getDecoder().decode(entry.getValue())
                                : entry.getValue().getBytes(StandardCharsets.UTF_8));
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
