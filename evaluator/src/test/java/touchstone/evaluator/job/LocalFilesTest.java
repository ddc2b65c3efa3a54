package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.evaluator.data.Digests;

class LocalFilesTest {
    private static final byte[] TASK = "a task".getBytes(StandardCharsets.UTF_8);
    private static final String DIGEST = Digests.of(TASK);
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir
    private Path cache;

    @TempDir
    private Path handover;

    private Path fetched;
    private LocalFiles files;

    @BeforeEach
    void aFetchedTask(@TempDir Path folder) throws Exception {
        fetched = Files.write(folder.resolve("task"), TASK);
        files = new LocalFiles(cache, handover);
    }

    @Test
    void whatOneJobKeptTheNextFinds() throws Exception {
        assertEquals(Optional.empty(), files.find(DIGEST));
        files.keep(fetched, DIGEST, NOW);
        assertEquals(Optional.of(cache.resolve(DIGEST)), files.find(DIGEST));
        try (Stream<Path> kept = Files.list(cache)) {
            assertEquals(1, kept.count(), "no partial file is left");
        }
    }

    @Test
    void whatIsDamagedIsNotTakenAndIsReplaced() throws Exception {
        Files.writeString(cache.resolve(DIGEST), "another task");
        assertEquals(Optional.empty(), files.find(DIGEST));
        files.keep(fetched, DIGEST, NOW);
        assertEquals(Optional.of(cache.resolve(DIGEST)), files.find(DIGEST));
    }

    @Test
    void weightsGoFromOneCommandToTheNext() throws Exception {
        files.handOver(TASK, DIGEST);
        assertEquals(Optional.of(handover.resolve(DIGEST)), new LocalFiles(null, handover).find(DIGEST));
        assertEquals(Optional.empty(), LocalFiles.NONE.find(DIGEST));
    }

    @Test
    void aTaskGoesFromOneCommandToTheNextWhereTheCacheHasItNotAndThereIsRoom() throws Exception {
        files.keep(fetched, DIGEST, NOW);
        files.handOver(cache.resolve(DIGEST), DIGEST);
        assertFalse(Files.exists(handover.resolve(DIGEST)), "the next one finds it in the cache");
        files.handOver(fetched, DIGEST);
        assertEquals(Optional.of(handover.resolve(DIGEST)), new LocalFiles(null, handover).find(DIGEST));
        LocalFiles.NONE.handOver(fetched, DIGEST);

        Path large = fetched.resolveSibling("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(100_000_001);
        }
        files.handOver(large, "large");
        assertFalse(Files.exists(handover.resolve("large")));
        new LocalFiles(null, handover.resolve("none")).handOver(fetched, DIGEST);
    }

    @Test
    void whatNobodyWantedForTwoWeeksGoes() throws Exception {
        files.keep(fetched, DIGEST, NOW);
        byte[] other = "another task".getBytes(StandardCharsets.UTF_8);
        Path later = Files.write(fetched.resolveSibling("other"), other);
        files.keep(cache.resolve(DIGEST), DIGEST, NOW.plus(Duration.ofDays(10)));
        files.keep(later, Digests.of(other), NOW.plus(Duration.ofDays(20)));
        assertTrue(files.find(DIGEST).isPresent(), "it was wanted ten days ago");
        files.keep(later, Digests.of(other), NOW.plus(Duration.ofDays(25)));
        assertFalse(Files.exists(cache.resolve(DIGEST)));
    }

    @Test
    void whatIsKeptIsWholeOrNotThereAtAll() throws Exception {
        Path inTheWay = Files.createDirectories(cache.resolve(DIGEST).resolve("something"));
        LocalFiles.Unkept told = assertThrows(LocalFiles.Unkept.class, () -> files.keep(fetched, DIGEST, NOW));
        assertTrue(
                told.getMessage().startsWith("the cache " + cache + " does not take 'task' (0.0 MiB): "),
                told.getMessage());
        try (Stream<Path> left = Files.list(cache)) {
            assertEquals(List.of(inTheWay.getParent()), left.toList(), "no partial file is left");
        }
    }

    @Test
    void whatCannotBeReadCountsAsMissing() throws Exception {
        // A link to a file that opens and does not read; nobody's rights are in play, and tests may run as root.
        Files.createSymbolicLink(cache.resolve(DIGEST), Path.of("/proc/self/mem"));
        assertEquals(Optional.empty(), files.find(DIGEST));
    }

    @Test
    void aFullCacheIsRidOfWhatNobodyWantsBeforeItIsWrittenTo() throws Exception {
        Path old = aged("old", 15);
        Path killed = aged("partial-1", 2);
        Path beingWritten = aged("partial-2", 0);
        Path folder = Files.createDirectory(cache.resolve("lost+found"));
        Files.setLastModifiedTime(folder, FileTime.from(NOW.minus(Duration.ofDays(100))));
        Files.createDirectory(cache.resolve(DIGEST));
        Files.createFile(cache.resolve(DIGEST).resolve("in-the-way"));
        assertThrows(LocalFiles.Unkept.class, () -> files.keep(fetched, DIGEST, NOW));
        assertFalse(Files.exists(old) || Files.exists(killed));
        assertTrue(Files.exists(beingWritten) && Files.exists(folder));
    }

    private Path aged(String name, int days) throws IOException {
        Path file = Files.writeString(cache.resolve(name), "text");
        return Files.setLastModifiedTime(file, FileTime.from(NOW.minus(Duration.ofDays(days))));
    }

    @Test
    void whatIsWrongWithACacheIsToldWithWhatToDo() {
        String foreign = CacheTrouble.sentence(cache, fetched, new AccessDeniedException(cache + "/partial-1"));
        assertTrue(foreign.contains("AccessDeniedException: " + cache + "/partial-1. It belongs to user "), foreign);
        assertTrue(foreign.contains("rwx------"), foreign);
        assertTrue(foreign.contains("; this job is user "), foreign);
        assertTrue(foreign.contains("Give it to the job's group"), foreign);
        assertTrue(foreign.endsWith("each of its commands asks the server for the file."), foreign);
        String full = CacheTrouble.sentence(
                cache, fetched, new FileSystemException("partial-1", null, "No space left on device"));
        assertTrue(full.contains("Make its volume larger, or delete files in it"), full);
        String gone = CacheTrouble.sentence(cache.resolve("none"), fetched, new NoSuchFileException("partial-1"));
        assertTrue(gone.contains("It is not there, or no folder. Look at its volume."), gone);
    }
}
