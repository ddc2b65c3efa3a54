package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The evaluator as people call it: a process of its own. */
final class Evaluator {
    private Evaluator() {}

    record Ended(int status, String out, String error) {
        JsonNode json() throws IOException {
            return Json.MAPPER.readTree(out);
        }
    }

    static Ended run(Path scratch, String command, String... options) throws Exception {
        return run(scratch, List.of(), command, options);
    }

    /** @param machine further options of the Java machine */
    static Ended run(Path scratch, List<String> machine, String command, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dstderr.encoding=UTF-8",
                "-Xmx512m",
                "-XX:+UseSerialGC"));
        words.addAll(machine);
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), command));
        words.addAll(List.of(options));
        Path out = Files.createTempFile(scratch, "out", "");
        Path error = Files.createTempFile(scratch, "error", "");
        Process process = new ProcessBuilder(words)
                .redirectOutput(out.toFile())
                .redirectError(error.toFile())
                .start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), "it hangs");
        return new Ended(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(error, StandardCharsets.UTF_8));
    }
}
