package touchstone.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.fixtures.Fixtures;

/**
 * The images, as far as that goes where none can be built: what the Containerfiles say, and the very files and command lines that they hold,
 * started with nothing of this machine but its Java.
 */
class ImagesTest {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final Path IMAGES = REPOSITORY.resolve("k8s/images");
    private static final String INSIDE = "/opt/touchstone";
    private static final String JAVA = "/opt/java/openjdk/bin/java";

    @TempDir
    private Path folder;

    /** What a folder of files without write rights needs before it can be removed. */
    @AfterEach
    void makeRemovable() throws Exception {
        new ProcessBuilder("chmod", "-R", "u+w", folder.toString()).start().waitFor();
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "evaluator-cpu", "evaluator-cuda"})
    void anImageIsPinnedAndRunsAsNobody(String image) throws IOException {
        String text = containerfile(image);
        List<String> bases = matches("(?m)^FROM (\\S+)", text);
        assertFalse(bases.isEmpty());
        // The tag says what it is to a person, the digest to the builder.
        for (String base : bases)
            assertTrue(base.matches("[a-z.]+/[a-z/-]+:[0-9]+\\.[0-9]+[^@]*@sha256:[0-9a-f]{64}"), base);
        assertEquals(List.of("65532:65532"), matches("(?m)^USER (\\S+)$", text));
        assertTrue(text.lastIndexOf("\nUSER ") > text.lastIndexOf("\nCOPY "), "files belong to root");
        assertTrue(text.lastIndexOf("\nUSER ") > text.lastIndexOf("\nRUN "));
    }

    /** What makes results the same everywhere, as the launcher sets it; what only a card reads may be missing without one. */
    @ParameterizedTest
    @ValueSource(strings = {"evaluator-cpu", "evaluator-cuda"})
    void anEvaluatorComputesAsAllOthersDo(String image) throws IOException {
        Map<String, String> environment = environment(containerfile(image), folder);
        String launcher = Files.readString(REPOSITORY.resolve("touchstone"));
        List<String> settings = matches("(?m)^export ([A-Z0-9_]+=[^$\\s]+)$", launcher);
        assertEquals(7, settings.size(), settings::toString);
        for (String setting : settings) {
            String[] pair = setting.split("=", 2);
            boolean ofCards = pair[0].matches("CUBLAS.*|NVIDIA.*|CUDA.*");
            if (!ofCards || image.endsWith("cuda")) assertEquals(pair[1], environment.get(pair[0]), setting);
        }
    }

    @Test
    void theEvaluatorTrainsFromReadOnlyFiles() throws Exception {
        Path root = layOut("evaluator-cpu");
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        Path fixtures = folder.resolve("fixtures");
        Fixtures.writeTiny(fixtures);
        List<String> words = entrypoint("evaluator-cpu", root, scratch);
        words.addAll(List.of("evaluate", "--task", fixtures.resolve("tiny").toString(), "--strategy"));
        words.add(fixtures.resolve("strategies/baseline.zip").toString());
        Ended ended = run(words, environment(containerfile("evaluator-cpu"), scratch));
        assertEquals(0, ended.status(), ended.said());
        assertTrue(ended.said().contains("accuracy"), ended.said());
        try (Stream<Path> left = Files.walk(scratch)) {
            assertEquals(
                    List.of(),
                    left.filter(file -> file.toString().endsWith(".so")).toList(),
                    "nothing was unpacked or fetched");
        }
    }

    @Test
    void theServersImageMakesAHouseAndPacksATaskWithoutLibtorch() throws Exception {
        Path root = layOut("server");
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        List<String> words = entrypoint("server", root, scratch);
        Path key = Files.write(folder.resolve("given.key"), new byte[32]);
        words.addAll(List.of("init", "--data", folder.resolve("data").toString(), "--key-file", key.toString()));
        Ended made = run(words, environment(containerfile("server"), scratch));
        assertEquals(0, made.status(), made.said());
        assertTrue(Files.isExecutable(root.resolve("bin/touchstone")));
        TreeSet<String> client = named(list(root.resolve("sbom/touchstone-client.cdx.json")));
        assertTrue(client.stream().anyMatch(name -> name.startsWith("react-dom-")), client::toString);
        assertFalse(client.stream().anyMatch(name -> name.startsWith("vite-")), "what only builds it is not in it");
        Path fixtures = folder.resolve("fixtures");
        Fixtures.writeTiny(fixtures);
        // As the server starts it; see EvaluatorHome.
        Path evaluator = root.resolve("evaluator/target");
        List<String> publish = new ArrayList<>(List.of(java(), "-Xmx512m", "-cp"));
        publish.add(evaluator.resolve("touchstone-evaluator-0.1.0.jar") + ":" + evaluator.resolve("lib") + "/*");
        publish.addAll(List.of("touchstone.evaluator.job.Main", "publish"));
        publish.addAll(List.of("--task", fixtures.resolve("tiny").toString()));
        publish.addAll(List.of("--out", folder.resolve("packed").toString()));
        Ended packed = run(publish, Map.of("LANG", "C.UTF-8"));
        assertEquals(0, packed.status(), packed.said());
        assertTrue(Files.exists(folder.resolve("packed/task.zip")));
    }

    @Test
    void theCudaImageHoldsTheBridgeWhereItIsLookedFor() throws Exception {
        Path root = layOut("evaluator-cuda");
        try (Stream<Path> files = Files.walk(root.resolve("djl"))) {
            List<String> natives = files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .toList();
            assertEquals(1, natives.size(), natives::toString);
            assertTrue(
                    natives.getFirst().matches("djl/pytorch/2\\.7\\.1-cu128-linux-x86_64/[0-9.]+-libdjl_torch\\.so"),
                    natives::toString);
        }
        assertTrue(Files.exists(root.resolve("native/native/lib/pytorch.properties")));
    }

    /** The archive with the ABI of the bridge; for this version no public build file has the shorter name. */
    @Test
    void theCudaImageFetchesOneCertainLibtorch() throws IOException {
        String text = containerfile("evaluator-cuda");
        String archive = "libtorch-cxx11-abi-shared-with-deps-2.7.1";
        assertEquals(
                List.of("https://download.pytorch.org/libtorch/cu128/" + archive + "%2Bcu128.zip"),
                matches("(?m)^ARG LIBTORCH_URL=(.*)$", text));
        assertEquals(
                1, matches("(?m)^ARG LIBTORCH_SHA256=([0-9a-f]{64})$", text).size());
        assertTrue(text.contains("echo \"$LIBTORCH_SHA256  /libtorch.zip\" | sha256sum -c -"));
        String page = Files.readString(REPOSITORY.resolve("docs/operations.md"));
        assertTrue(page.contains(archive + "+cu128.zip"));
    }

    private Path layOut(String image) throws Exception {
        Path root = folder.resolve(image);
        Map<String, String> environment = new HashMap<>(Map.of("JAVA_HOME", System.getProperty("java.home")));
        environment.put("PATH", System.getenv("PATH"));
        Ended ended = run(List.of(IMAGES.resolve("layout").toString(), image, root.toString()), environment);
        assertEquals(0, ended.status(), ended.said());
        for (String module : List.of("api", "evaluator")) {
            if (!Files.exists(root.resolve(module))) continue;
            boolean made = Files.exists(REPOSITORY.resolve(module + "/target/bom.json"));
            // Maven makes them only where it has network; `k8s/images/build` demands them.
            assertTrue(
                    made || !"offline=false".equals(System.getProperty("maven")),
                    module + " has no list: package it without -o");
            if (made) assertNamesWhatLies(root, module, image);
        }
        return root;
    }

    private static void assertNamesWhatLies(Path root, String module, String image) throws IOException {
        TreeSet<String> there = new TreeSet<>();
        try (Stream<Path> jars = Files.list(root.resolve(module + "/target/lib"))) {
            jars.forEach(jar -> there.add(jar.getFileName().toString()));
        }
        if (image.equals("evaluator-cpu")) there.add("pytorch-native-cpu-2.7.1-linux-x86_64.jar");
        if (image.equals("evaluator-cuda")) there.add("libtorch-2.7.1+cu128.jar");
        assertEquals(there, named(list(root.resolve("sbom/touchstone-" + module + ".cdx.json"))));
    }

    private static JsonNode list(Path file) throws IOException {
        JsonNode list = new ObjectMapper().readTree(file.toFile());
        assertEquals("CycloneDX", list.path("bomFormat").asText());
        return list;
    }

    /** The components of a list, as files of a class path. */
    private static TreeSet<String> named(JsonNode list) {
        TreeSet<String> names = new TreeSet<>();
        for (JsonNode component : list.path("components")) {
            List<String> words = new ArrayList<>();
            for (String field : List.of("name", "version"))
                words.add(component.path(field).asText());
            words.addAll(
                    matches("[?&]classifier=([^&]+)", component.path("purl").asText()));
            names.add(String.join("-", words) + ".jar");
        }
        return names;
    }

    /** As it does for real lists, which only a Maven with network makes. */
    @Test
    void aListNamesWhatTheImageHolds() throws Exception {
        Path lib = Files.createDirectories(folder.resolve("lib"));
        Files.createFile(lib.resolve("picocli-4.7.7.jar"));
        Path made = Files.writeString(folder.resolve("bom.json"), """
                {"bomFormat": "CycloneDX", "serialNumber": "urn:uuid:0", "metadata": {"component": {"bom-ref": "evaluator"}},
                 "components": [
                  {"bom-ref": "p", "name": "picocli", "version": "4.7.7", "purl": "pkg:maven/info.picocli/picocli@4.7.7?type=jar"},
                  {"bom-ref": "n", "name": "pytorch-native-cpu", "version": "2.7.1",
                   "purl": "pkg:maven/ai.djl.pytorch/pytorch-native-cpu@2.7.1?classifier=linux-x86_64&type=jar"}],
                 "dependencies": [{"ref": "evaluator", "dependsOn": ["p", "n"]}, {"ref": "p"}, {"ref": "n", "dependsOn": []}]}
                """);
        String picocli = "picocli-4.7.7.jar";
        assertEquals(Set.of(picocli), named(cut(made, lib, "server")));
        assertEquals(
                Set.of(picocli, "pytorch-native-cpu-2.7.1-linux-x86_64.jar"), named(cut(made, lib, "evaluator-cpu")));
        JsonNode cuda = cut(made, lib, "evaluator-cuda");
        assertEquals(Set.of(picocli, "libtorch-2.7.1+cu128.jar"), named(cuda));
        assertEquals(
                matches("(?m)^ARG LIBTORCH_SHA256=([0-9a-f]{64})$", containerfile("evaluator-cuda")),
                cuda.findValuesAsText("content"));
        assertEquals(
                "[\"p\",\"pkg:generic/libtorch@2.7.1%2Bcu128\"]",
                cuda.at("/dependencies/0/dependsOn").toString());
        assertEquals(2, cuda.path("dependencies").size());
    }

    private JsonNode cut(Path list, Path lib, String image) throws Exception {
        String script = IMAGES.resolve("sbom.mjs").toString();
        Ended ended = run(
                List.of("node", script, list.toString(), lib.toString(), image), Map.of("PATH", System.getenv("PATH")));
        assertEquals(0, ended.status(), ended.said());
        return new ObjectMapper().readTree(ended.said());
    }

    /** The ENTRYPOINT with the image's paths replaced by this machine's. */
    private static List<String> entrypoint(String image, Path root, Path scratch) throws IOException {
        String json = matches("(?m)^ENTRYPOINT (\\[.*])$", containerfile(image)).getFirst();
        List<String> words = new ArrayList<>();
        for (String word : new ObjectMapper().readValue(json, String[].class)) words.add(moved(word, root, scratch));
        for (String entry : words.get(words.indexOf("-cp") + 1).split(":"))
            assertTrue(Files.exists(Path.of(entry.replace("/*", ""))), entry);
        return words;
    }

    private Map<String, String> environment(String containerfile, Path scratch) {
        Map<String, String> environment = new HashMap<>();
        Path root = folder.resolve("evaluator-cpu");
        for (String block : matches("(?m)^ENV ((?:.*\\\\\\n)*.*)$", containerfile)) {
            for (String word : block.replace("\\\n", " ").trim().split("\\s+")) {
                int at = word.indexOf('=');
                environment.put(word.substring(0, at), moved(word.substring(at + 1), root, scratch));
            }
        }
        return environment;
    }

    private static String moved(String word, Path root, Path scratch) {
        if (word.equals(JAVA)) return java();
        return word.replaceAll("(^|=)/(scratch|tmp)(?=/|$)", "$1" + Matcher.quoteReplacement(scratch.toString()))
                .replace(INSIDE, root.toString());
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String containerfile(String image) throws IOException {
        return Files.readString(IMAGES.resolve(image + ".Containerfile"));
    }

    private static List<String> matches(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(hit -> hit.group(1))
                .toList();
    }

    private record Ended(int status, String said) {}

    private static Ended run(List<String> words, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), () -> Arrays.toString(words.toArray()));
        return new Ended(process.exitValue(), said);
    }
}
