package touchstone.evaluator.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.data.TaskSource;
import touchstone.fixtures.Fixtures;
import touchstone.spec.catalogue.Metric;
import touchstone.spec.catalogue.Operation;
import touchstone.spec.job.CheckReport;
import touchstone.spec.task.TaskParser;
import touchstone.spec.text.Problems;

/** The examples of the references are what the checker accepts. */
class DocumentationTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern BLOCK = Pattern.compile("```(yaml|csv)(?: (\\S+))?\\n(.*?)```", Pattern.DOTALL);

    private record Block(String kind, String file, String text) {}

    @TempDir
    private Path folder;

    @Test
    void everyStrategyExampleIsSound() throws IOException {
        Fixtures.writeAll(folder);
        List<Block> blocks = blocks("strategy.md");
        int examples = 0;
        for (int i = 0; i < blocks.size(); i++) {
            if (!blocks.get(i).kind().equals("yaml")) continue;
            Path strategy = folder.resolve("example-" + i);
            Files.createDirectories(strategy.resolve("extra"));
            Files.writeString(strategy.resolve("strategy.yaml"), blocks.get(i).text());
            for (Block table : blocks) {
                if (table.kind().equals("csv")) Files.writeString(strategy.resolve(table.file()), table.text());
            }
            ImageIO.write(
                    new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY),
                    "png",
                    strategy.resolve("extra/one.png").toFile());
            CheckReport report = StrategyCheck.check(
                    TaskSource.read(folder.resolve("tiny"), new Problems()).orElseThrow(), strategy);
            assertEquals(List.of(), report.problems(), "example " + i);
            examples++;
        }
        assertTrue(examples >= 3, "the reference has lost its examples");
    }

    @Test
    void theTaskExampleIsATask() throws IOException {
        Block example = blocks("task.md").getFirst();
        Problems problems = new Problems();
        assertTrue(TaskParser.parse(example.text(), problems).isPresent());
        assertEquals(List.of(), problems.list());
    }

    @Test
    void everyOperationHasItsRow() throws IOException {
        List<String> lines = Files.readAllLines(DOCS.resolve("strategy.md"));
        for (Operation operation : Operation.values()) {
            String row =
                    "| `" + operation.word() + "` | " + operation.parameter().text() + " | " + operation.meaning();
            assertTrue(lines.stream().anyMatch(line -> line.startsWith(row + " |")), "docs/strategy.md lacks " + row);
        }
    }

    @Test
    void everyMetricHasItsRow() throws IOException {
        String page = Files.readString(DOCS.resolve("task.md"));
        for (Metric metric : Metric.values()) {
            String row = "| `" + metric.word() + "` | " + (metric.higherIsBetter() ? "higher" : "lower") + " | "
                    + metric.version() + " | " + metric.meaning() + " |\n";
            assertTrue(page.contains(row), "docs/task.md needs the row " + row);
        }
    }

    @Test
    void everyOperationHasItsPicture() throws IOException {
        List<String> words = new ArrayList<>(Operation.words());
        words.addAll(List.of("one-of", "some-of"));
        List<String> lines = Files.readAllLines(DOCS.resolve("strategy.md"));
        for (String word : words) {
            Path picture = DOCS.resolve("pictures").resolve(word + ".png");
            assertTrue(Files.exists(picture), picture + " is missing: make it with docs/pictures/make");
            BufferedImage image = ImageIO.read(picture.toFile());
            assertTrue(image.getWidth() > 150 && image.getHeight() > 250, "three samples, before and after: " + word);
            assertTrue(
                    lines.stream()
                            .anyMatch(line -> line.startsWith("| `" + word + "` |")
                                    && line.contains("pictures/" + word + ".png")),
                    "the row of " + word + " does not show its picture");
        }
        try (var pictures = Files.list(DOCS.resolve("pictures"))) {
            assertEquals(
                    words.size(),
                    pictures.filter(file -> file.toString().endsWith(".png")).count(),
                    "a picture is of nothing that there is");
        }
    }

    private static List<Block> blocks(String page) throws IOException {
        Matcher matcher = BLOCK.matcher(Files.readString(DOCS.resolve(page)));
        List<Block> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), String.valueOf(matcher.group(2)), matcher.group(3)));
        }
        return blocks;
    }
}
