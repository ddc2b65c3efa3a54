package touchstone.evaluator.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.data.Digests;

/**
 * Files by their SHA-256 that lie where the job runs: tasks, which outlast jobs, and the final weights on their way from one
 * command to the next. They only save the way to the server: what is missing or damaged here is fetched from there.
 */
final class LocalFiles {

    /** A task that nothing was trained on for so long is fetched again when it is wanted. */
    private static final Duration KEPT = Duration.ofDays(14);

    static final LocalFiles NONE = new LocalFiles(null, null);

    private final @Nullable Path cache;
    private final @Nullable Path handover;

    LocalFiles(@Nullable Path cache, @Nullable Path handover) {
        this.cache = cache;
        this.handover = handover;
    }

    /** A file whose bytes have this digest. */
    Optional<Path> find(String digest) throws IOException {
        for (Path folder : Stream.of(cache, handover).filter(Objects::nonNull).toList()) {
            Path file = folder.resolve(digest);
            if (Files.isRegularFile(file)
                    && Digests.of(Files.readAllBytes(file)).equals(digest)) return Optional.of(file);
        }
        return Optional.empty();
    }

    void handOver(byte[] bytes, String digest) throws IOException {
        if (handover != null) Files.write(handover.resolve(digest), bytes);
    }

    /** Puts a verified file into the cache; whole or not at all. Drops what has not been wanted for long. */
    void keep(Path file, String digest, Instant now) throws IOException {
        if (cache == null) return;
        Path place = cache.resolve(digest);
        if (!file.equals(place)) {
            Path partial = Files.createTempFile(cache, "partial-", "");
            Files.copy(file, partial, StandardCopyOption.REPLACE_EXISTING);
            Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.setLastModifiedTime(place, FileTime.from(now));
        dropUnwanted(now);
    }

    private void dropUnwanted(Instant now) throws IOException {
        Instant before = now.minus(KEPT);
        List<Path> files;
        try (Stream<Path> found = Files.list(Objects.requireNonNull(cache))) {
            files = found.toList();
        }
        for (Path file : files) {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) Files.deleteIfExists(file);
        }
    }
}
