package touchstone.api.app;

import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.account.Tokens;
import touchstone.api.http.Idempotency;
import touchstone.api.judging.Loops;
import touchstone.api.judging.Retention;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.DataFolder;
import touchstone.api.storage.Scratch;
import touchstone.api.submission.StrategyCheck;

/** Removes what nobody needs any more: expired tokens and checks, blobs without a referrer, left scratch. */
@Singleton
public final class Housekeeping {
    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

    /** No check and no publication takes this long. */
    private static final Duration SCRATCH_LASTS = Duration.ofHours(1);

    private static final List<String> SCRATCH = List.of("check-", "publish-", "demo-");

    private final Tokens tokens;
    private final Idempotency idempotency;
    private final StrategyCheck checks;
    private final Retention retention;
    private final Blobs blobs;
    private final DataFolder folder;
    private final Loops loops;
    private final InstantSource clock;

    Housekeeping(
            Tokens tokens,
            Idempotency idempotency,
            StrategyCheck checks,
            Retention retention,
            Blobs blobs,
            DataFolder folder,
            Loops loops,
            InstantSource clock) {
        this.tokens = tokens;
        this.idempotency = idempotency;
        this.checks = checks;
        this.retention = retention;
        this.blobs = blobs;
        this.folder = folder;
        this.loops = loops;
        this.clock = clock;
    }

    /** What a round removed. */
    public record Done(
            int tokens, int keys, int checks, Retention.Dropped judgings, Blobs.Collected blobs, int scratch) {}

    public Done collect() throws IOException {
        // Blobs last: what the others let go of is deleted in the same round.
        return new Done(
                tokens.collect(),
                idempotency.collect(),
                checks.collect(),
                retention.collect(),
                blobs.collect(),
                sweepScratch());
    }

    @Scheduled(initialDelay = "10m", fixedDelay = "24h")
    void daily() {
        loops.tick("Housekeeping", () -> log.info("housekeeping: {}", collectNow()));
    }

    private Done collectNow() {
        try {
            return collect();
        } catch (IOException e) {
            throw new UncheckedIOException("what is left over could not be swept", e);
        }
    }

    private int sweepScratch() throws IOException {
        if (!Files.isDirectory(folder.work())) return 0;
        Instant old = clock.instant().minus(SCRATCH_LASTS);
        int swept = 0;
        try (Stream<Path> entries = Files.list(folder.work())) {
            for (Path entry : entries.toList()) {
                boolean ours = SCRATCH.stream().anyMatch(entry.getFileName().toString()::startsWith);
                if (!ours || Files.getLastModifiedTime(entry).toInstant().isAfter(old)) continue;
                new Scratch(entry).close();
                swept++;
            }
        }
        return swept;
    }
}
