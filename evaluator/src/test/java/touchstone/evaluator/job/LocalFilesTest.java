package touchstone.evaluator.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
    void aFetchedTask(@TempDir Path folder) throws IOException {
        fetched = Files.write(folder.resolve("task"), TASK);
        files = new LocalFiles(cache, handover);
    }

    @Test
    void whatOneJobKeptTheNextFinds() throws IOException {
        assertEquals(Optional.empty(), files.find(DIGEST));
        files.keep(fetched, DIGEST, NOW);
        assertEquals(Optional.of(cache.resolve(DIGEST)), files.find(DIGEST));
        try (Stream<Path> kept = Files.list(cache)) {
            assertEquals(1, kept.count(), "no partial file is left");
        }
    }

    @Test
    void whatIsDamagedIsNotTakenAndIsReplaced() throws IOException {
        Files.writeString(cache.resolve(DIGEST), "another task");
        assertEquals(Optional.empty(), files.find(DIGEST));
        files.keep(fetched, DIGEST, NOW);
        assertEquals(Optional.of(cache.resolve(DIGEST)), files.find(DIGEST));
    }

    @Test
    void weightsGoFromOneCommandToTheNext() throws IOException {
        files.handOver(TASK, DIGEST);
        assertEquals(Optional.of(handover.resolve(DIGEST)), new LocalFiles(null, handover).find(DIGEST));
        assertEquals(Optional.empty(), LocalFiles.NONE.find(DIGEST));
    }

    @Test
    void whatNobodyWantedForTwoWeeksGoes() throws IOException {
        files.keep(fetched, DIGEST, NOW);
        byte[] other = "another task".getBytes(StandardCharsets.UTF_8);
        Path later = Files.write(fetched.resolveSibling("other"), other);
        files.keep(cache.resolve(DIGEST), DIGEST, NOW.plus(Duration.ofDays(10)));
        files.keep(later, Digests.of(other), NOW.plus(Duration.ofDays(20)));
        assertTrue(files.find(DIGEST).isPresent(), "it was wanted ten days ago");
        files.keep(later, Digests.of(other), NOW.plus(Duration.ofDays(25)));
        assertFalse(Files.exists(cache.resolve(DIGEST)));
    }
}
