package touchstone.evaluator.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.data.TaskPack;
import touchstone.fixtures.HostileUploads;
import touchstone.spec.text.Problem;

/** What is sent to hurt gets sentences: quickly, and within this process's small heap. */
final class HostileArchivesTest {

    /** Of computing, so that a busy machine fails nobody. */
    private static final Duration COMPUTING_MAX = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static TaskPack tiny;

    @TempDir
    private Path folder;

    @BeforeAll
    static void readTask() {
        tiny = TestTasks.tiny();
    }

    @Test
    void notAZip() throws IOException {
        assertEquals(
                List.of(Problem.of(
                        null,
                        "this is not a zip archive that can be read",
                        "pack strategy.yaml and its files with 'zip -r'")),
                check(HostileUploads.notAZip()));
    }

    @Test
    void anEmptyFile() throws IOException {
        assertEquals(
                "this is not a zip archive that can be read",
                check(new byte[0]).get(0).message());
    }

    @Test
    void cutOff() throws IOException {
        assertEquals(
                "this is not a zip archive that can be read",
                check(HostileUploads.cutOff()).get(0).message());
    }

    @Test
    void zipBombs() throws IOException {
        Problem growth = Problem.of("labels.csv", "this file grows more than 100-fold when unpacked", "send real data");
        assertEquals(List.of(growth), check(HostileUploads.zipBomb()));
        assertEquals(List.of(growth), check(HostileUploads.idleZipBomb()), "read or not");
    }

    /** Its directory says that it unpacks to one byte. */
    @Test
    void zipBombThatDeniesIt() throws IOException {
        byte[] bomb = HostileUploads.zipBomb();
        ByteBuffer buffer = ByteBuffer.wrap(bomb).order(ByteOrder.LITTLE_ENDIAN);
        int lies = 0;
        for (int at = 0; at + 46 <= bomb.length; at++) {
            if (buffer.getInt(at) != 0x02014b50) continue;
            if (buffer.getInt(at + 24) < 1 << 20) continue;
            buffer.putInt(at + 24, 1);
            lies++;
        }
        assertEquals(1, lies);
        assertEquals(
                List.of(Problem.of("labels.csv", "this file grows more than 100-fold when unpacked", "send real data")),
                check(bomb));
    }

    @Test
    void climbingNames() throws IOException {
        assertEquals(
                List.of(Problem.of(
                        null,
                        "'../../labels.csv' is not an allowed file name",
                        "use relative names without '..', backslashes or control characters")),
                check(HostileUploads.climbingNames()));
    }

    @Test
    void absoluteNames() throws IOException {
        assertEquals(
                "'/etc/labels.csv' is not an allowed file name",
                check(HostileUploads.absoluteNames()).get(0).message());
    }

    @Test
    void manyEntries() throws IOException {
        assertEquals(List.of(TOO_MANY), check(HostileUploads.manyEntries()));
    }

    /** The end record says 1, the directory holds 200,001. */
    @Test
    void manyEntriesThatAreDenied() throws IOException {
        byte[] zip = HostileUploads.manyEntries();
        ByteBuffer buffer = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putShort(zip.length - 22 + 8, (short) 1).putShort(zip.length - 22 + 10, (short) 1);
        assertEquals(List.of(TOO_MANY), check(zip));
    }

    private static final Problem TOO_MANY = Problem.of(
            null, "the archive holds more than 50000 files", "at most 50000; put many images into fewer files");

    @Test
    void manyProblems() throws IOException {
        List<Problem> problems = check(HostileUploads.manyProblems());
        assertEquals(101, problems.size());
        assertEquals(
                Problem.at("labels.csv", 2, 1, "there is no sample 'nobody-0'", "ids look like 't0001'"),
                problems.get(0));
        assertEquals("200 more problems are not listed", problems.get(100).message());
    }

    @Test
    void hugePicture() throws IOException {
        assertEquals(
                List.of(Problem.of(
                        "extra/huge.png",
                        "the image is 30000 x 30000 pixels",
                        "at most 4194304 pixels; the task needs 16 x 16")),
                check(HostileUploads.hugePicture()));
    }

    @Test
    void encrypted() throws IOException {
        List<Problem> problems = check(HostileUploads.encrypted());
        assertEquals(2, problems.size());
        problems.forEach(problem -> assertEquals("pack without a password", problem.instead()));
    }

    @Test
    void duplicateNames() throws IOException {
        assertEquals(
                List.of(Problem.of("labels-a.csv", "two entries have this name", "keep one of them")),
                check(HostileUploads.duplicateNames()));
    }

    @Test
    void multiplyingAliases() throws IOException {
        List<Problem> problems = check(HostileUploads.multiplyingAliases());
        assertEquals(1, problems.size());
        assertTrue(problems.get(0).message().startsWith("this is not YAML that can be read"), problems.toString());
    }

    @Test
    void paddingIsNotRead() throws IOException {
        assertEquals(List.of(), check(HostileUploads.padded(4_900_000)));
    }

    @Test
    void hundredsOfThousandsOfRowsThatNameNothingKnown() throws IOException {
        StringBuilder table = new StringBuilder("id,label\n");
        for (int i = 0; i < 300_000; i++) table.append("u").append(i).append(",iiiii\n");
        List<Problem> problems = check(zip(Map.of(
                "strategy.yaml", bytes("strategy: 1\nlabels:\n  - file: labels.csv\n"),
                "labels.csv", bytes(table.toString()))));
        assertEquals("599900 more problems are not listed", problems.get(100).message());
    }

    /** The first table's repetitions are told, the second goes over the limit, the third is not read. */
    @Test
    void allTablesTogetherHaveTheRowsOfOne() throws IOException {
        byte[] table = bytes("id,label\n" + "t0001,i\n".repeat(510_000));
        List<Problem> problems = check(stored(Map.of(
                "strategy.yaml", bytes("strategy: 1\nlabels:\n  - file: a.csv\n  - file: b.csv\n  - file: c.csv\n"),
                "a.csv", table,
                "b.csv", table,
                "c.csv", table)));
        assertEquals("509900 more problems are not listed", problems.get(100).message());
    }

    @Test
    void rowsThatNameFilesThatAreNotThereAmongManyThatAre() throws IOException {
        StringBuilder table = new StringBuilder("id,file,label\n");
        for (int i = 0; i < 50; i++)
            table.append("u").append(i).append(",picture-").append(i).append(",ii\n");
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("strategy.yaml", bytes("strategy: 1\nsamples:\n  add: add.csv\n"));
        files.put("add.csv", bytes(table.toString()));
        for (int i = 0; i < 20_000; i++) files.put("picture-" + (i + 1_000_000) + ".png", new byte[0]);
        assertEquals(50, check(zip(files)).size());
    }

    @Test
    void longNamesThatAreNearlyThoseOfManyFiles() throws IOException {
        StringBuilder table = new StringBuilder("id,file,label\n");
        String name = "a".repeat(90);
        for (int i = 0; i < 50; i++)
            table.append("u").append(i).append(",").append(name).append(i).append(",ii\n");
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("strategy.yaml", bytes("strategy: 1\nsamples:\n  add: add.csv\n"));
        files.put("add.csv", bytes(table.toString()));
        for (int i = 0; i < 20_000; i++) files.put("b".repeat(90) + (i + 1_000_000), new byte[0]);
        assertEquals(50, check(zip(files)).size());
    }

    @Test
    void rowsThatAreAllTooShortForAWideHeader() throws IOException {
        StringBuilder table = new StringBuilder("id");
        for (int c = 1; c < 1_900; c++)
            table.append(',').append("c".repeat(110)).append(c);
        table.append('\n');
        for (int i = 0; i < 300_000; i++) table.append("x\n");
        List<Problem> problems = check(stored(Map.of(
                "strategy.yaml", bytes("strategy: 1\nlabels:\n  - file: labels.csv\n"),
                "labels.csv", bytes(table.toString()))));
        assertEquals(
                "1 more problems are not listed, and not every table was read to its end",
                problems.get(100).message());
    }

    @Test
    void oneLargePictureNamedByFarTooManyRows() throws IOException {
        StringBuilder table = new StringBuilder("id,file,label\n");
        for (int i = 0; i < 100_000; i++) table.append("u").append(i).append(",a.png,ii\n");
        List<Problem> problems = check(zip(Map.of(
                "strategy.yaml", bytes("strategy: 1\nsamples:\n  add: add.csv\n"),
                "add.csv", bytes(table.toString()),
                "a.png", png(2_000))));
        assertEquals(
                List.of(Problem.of(
                        "strategy.yaml",
                        "the strategy adds 100000 samples",
                        "at most 50: more is not in the task's budget")),
                problems);
    }

    @Test
    void oneLargePictureNamedAsOftenAsIsAllowedIsDecodedOnce() throws IOException {
        StringBuilder table = new StringBuilder("id,file,label\n");
        for (int i = 0; i < 50; i++) table.append("u").append(i).append(",a.png,ii\n");
        assertEquals(
                List.of(),
                check(zip(Map.of(
                        "strategy.yaml", bytes("strategy: 1\nsamples:\n  add: add.csv\n"),
                        "add.csv", bytes(table.toString()),
                        "a.png", png(2_000)))));
    }

    @Test
    void picturesThatAreNone() throws IOException {
        byte[] cut = java.util.Arrays.copyOf(png(64), 60);
        List<Problem> problems = check(zip(Map.of(
                "strategy.yaml", bytes("strategy: 1\nsamples:\n  add: add.csv\n"),
                "add.csv", bytes("id,file,label\nu1,a.png,ii\nu2,b.gif,ii\n"),
                "a.png", cut,
                "b.gif", bytes("GIF89a"))));
        assertEquals(
                List.of(
                        Problem.of("a.png", "this image cannot be decoded", "save it again as PNG"),
                        Problem.of("b.gif", "this is neither a PNG nor a JPEG image", "send PNG or JPEG")),
                problems);
    }

    @Test
    void strategyInAFolderBesideOthers() throws IOException {
        List<Problem> problems = check(zip(Map.of("a/strategy.yaml", bytes("strategy: 1\n"), "b/x.csv", new byte[0])));
        assertEquals(
                List.of(Problem.of(
                        null,
                        "the archive has no file 'strategy.yaml'",
                        "put strategy.yaml at the top of the archive, not in a folder")),
                problems);
    }

    @Test
    void oneFolderAroundEverythingIsNoHarm() throws IOException {
        assertEquals(
                List.of(),
                check(zip(Map.of(
                        "mine/strategy.yaml", bytes("strategy: 1\n"), "__MACOSX/mine/._strategy.yaml", new byte[9]))));
    }

    private List<Problem> check(byte[] upload) throws IOException {
        Path zip = Files.write(folder.resolve("upload.zip"), upload);
        return assertTimeoutPreemptively(PATIENCE, () -> {
            List<Problem> problems = StrategyCheck.check(tiny, zip).problems();
            long computed = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            assertTrue(computed < COMPUTING_MAX.toNanos(), () -> "it took " + Duration.ofNanos(computed));
            return problems;
        });
    }

    private static byte[] zip(Map<String, byte[]> files) throws IOException {
        return zip(files, Deflater.DEFAULT_COMPRESSION);
    }

    /** As large packed as it is unpacked. */
    private static byte[] stored(Map<String, byte[]> files) throws IOException {
        return zip(files, Deflater.NO_COMPRESSION);
    }

    private static byte[] zip(Map<String, byte[]> files, int level) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setLevel(level);
            for (var file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] png(int side) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY), "png", bytes);
        return bytes.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
