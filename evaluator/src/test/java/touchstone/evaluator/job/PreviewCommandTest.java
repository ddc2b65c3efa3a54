package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.TestTasks;

/** The command as people call it: a process of its own. */
final class PreviewCommandTest {

    private static final String LEGEND = """
            Turned
            0  as it is
            1  rotate ±20, chance 0.5 [chance taken as 1]
            2  cutmix 1
            Each column adds one step to those before it.
            """;

    @TempDir
    private Path folder;

    private record Ended(int status, String out, String error) {}

    @Test
    void drawsAPageAndPrintsItsLegend() throws Exception {
        Path page = folder.resolve("page.png");
        Ended ended = run(Map.of(), "--out", page.toString(), "--samples", "3");
        assertEquals(0, ended.status(), ended.error());
        assertEquals(LEGEND, ended.out());
        BufferedImage image = ImageIO.read(page.toFile());
        assertTrue(image.getWidth() >= 3 * 96 && image.getHeight() >= 3 * 96);
    }

    @Test
    void whereJavaHasNoFontsThePageHasNoWords() throws Exception {
        Path page = folder.resolve("page.png");
        Path none = Files.writeString(folder.resolve("fonts.conf"), "<fontconfig></fontconfig>");
        // Java remembers fonts in the home folder, where the numeric library is as well.
        Map<String, String> environment = Map.of(
                "FONTCONFIG_FILE", none.toString(),
                "JAVA_TOOL_OPTIONS", "-Duser.home=" + folder,
                "DJL_CACHE_DIR",
                        System.getenv().getOrDefault("DJL_CACHE_DIR", System.getProperty("user.home") + "/.djl.ai"));
        Ended ended = run(environment, "--out", page.toString(), "--samples", "3");
        assertEquals(0, ended.status(), ended.error());
        assertEquals(LEGEND, ended.out());
        assertEquals(6 + 3 * (96 + 6), ImageIO.read(page.toFile()).getWidth());
    }

    @Test
    void whatIsWrongIsTold() throws Exception {
        Ended ended = run(Map.of(), "--out", folder.resolve("page.png").toString(), "--samples", "33");
        assertEquals(2, ended.status());
        assertTrue(ended.error().contains("--samples is from 1 to 32"), ended.error());
        ended = run(Map.of(), "--out", folder.resolve("page.png").toString(), "--epoch", "5");
        assertEquals(2, ended.status());
        assertTrue(ended.error().contains("--epoch is from 1 to 4"), ended.error());
        ended = run(Map.of(), "--out", folder.resolve("absent/page.png").toString());
        assertEquals(2, ended.status());
        assertTrue(ended.error().contains("there is no folder " + folder.resolve("absent")), ended.error());
    }

    private Ended run(Map<String, String> environment, String... options) throws Exception {
        Path strategy = TestTasks.write(folder.resolve("strategy"), Map.of("strategy.yaml", """
                title: Turned
                samples:
                  augment:
                    - {rotate: 20, chance: 0.5}
                    - {cutmix: 1}
                """));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dstdout.encoding=UTF-8",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "preview",
                "--task",
                TestTasks.tinyFolder().toString(),
                "--strategy",
                strategy.toString()));
        command.addAll(List.of(options));
        Path out = folder.resolve("out");
        Path error = folder.resolve("error");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(error.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), "it hangs");
        return new Ended(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(error, StandardCharsets.UTF_8));
    }
}
