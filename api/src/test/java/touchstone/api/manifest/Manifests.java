package touchstone.api.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import touchstone.api.app.TestHouse;

/** The documents under {@code k8s/}, as a cluster would be given them. */
final class Manifests {
    private static final Path FOLDER = TestHouse.repository().resolve("k8s");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, List<JsonNode>> RENDERED = new ConcurrentHashMap<>();

    private Manifests() {}

    static Path folder() {
        return FOLDER;
    }

    /** What {@code kubectl kustomize} makes of a folder. */
    static List<JsonNode> render(String folder) {
        return RENDERED.computeIfAbsent(folder, name -> parse(kustomize(FOLDER.resolve(name))));
    }

    static List<JsonNode> examples() {
        try (Stream<Path> files = Files.list(FOLDER.resolve("examples"))) {
            List<JsonNode> documents = new ArrayList<>();
            for (Path file : files.sorted().toList()) documents.addAll(parse(Files.readString(file)));
            return documents;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonNode> parse(String text) {
        List<JsonNode> documents = new ArrayList<>();
        new Yaml(new SafeConstructor(new LoaderOptions()))
                .loadAll(text)
                .forEach(document -> documents.add(JSON.valueToTree(document)));
        return documents;
    }

    private static String kustomize(Path folder) {
        try {
            Process process = new ProcessBuilder(kubectl().toString(), "kustomize", folder.toString()).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) throw new AssertionError("kubectl kustomize " + folder + ": " + errors);
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Path kubectl() {
        String named = System.getenv("TOUCHSTONE_KUBECTL");
        if (named != null) return Path.of(named);
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "kubectl"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("No kubectl is on the path: './touchstone test' fetches one, or"
                        + " point TOUCHSTONE_KUBECTL at kubectl 1.27 or newer."));
    }
}
