package touchstone.evaluator.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

    /** What a job that was killed left behind; clocks of machines differ, and copying takes its time. */
    private static final Duration PARTIAL_KEPT = Duration.ofDays(1);

    /** The folder holds 512 MiB, and weights of at most 200 MB twice. */
    private static final long HANDED_OVER_BYTES_MAX = 100_000_000;

    private static final String PARTIAL = "partial-";

    static final LocalFiles NONE = new LocalFiles(null, null);

    private final @Nullable Path cache;
    private final @Nullable Path handover;

    LocalFiles(@Nullable Path cache, @Nullable Path handover) {
        this.cache = cache;
        this.handover = handover;
    }

    /** A file whose bytes have this digest. What cannot be read is told and counts as missing. */
    Optional<Path> find(String digest) {
        for (Path folder : Stream.of(cache, handover).filter(Objects::nonNull).toList()) {
            Path file = folder.resolve(digest);
            try {
                if (Files.isRegularFile(file) && Digests.of(file).equals(digest)) return Optional.of(file);
            } catch (IOException e) {
                System.err.println(file + " cannot be read (" + e + ") and is fetched from the server");
            }
        }
        return Optional.empty();
    }

    /** Leaves a file for the next command, unless that finds it in the cache, or it takes the room that weights need. */
    void handOver(Path file, String digest) {
        if (handover == null || (cache != null && file.startsWith(cache))) return;
        Path place = handover.resolve(digest);
        try {
            if (Files.size(file) <= HANDED_OVER_BYTES_MAX) Files.copy(file, place, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // What is left of it does not have the digest.
            System.err.println(place + " cannot be written (" + e + "); the next command asks the server for it");
        }
    }

    void handOver(byte[] bytes, String digest) throws IOException {
        if (handover != null) Files.write(handover.resolve(digest), bytes);
    }

    /**
     * Puts a verified file into the cache; whole or not at all. Drops what has not been wanted for long, first, since a full
     * cache takes nothing.
     *
     * @throws Unkept what keeps the cache from taking it, and what to do, for an operator
     */
    void keep(Path file, String digest, Instant now) throws Unkept {
        if (cache == null) return;
        try {
            Path place = cache.resolve(digest);
            if (file.equals(place)) Files.setLastModifiedTime(place, FileTime.from(now));
            dropUnwanted(cache, now);
            if (!file.equals(place)) put(file, place, now);
        } catch (IOException e) {
            throw new Unkept(CacheTrouble.sentence(cache, file, e), e);
        }
    }

    /** Writes a file into a cache as {@link #keep} does, and deletes it. */
    static void tryCache(Path cache) throws IOException {
        Path partial = Files.createTempFile(cache, PARTIAL, "");
        try {
            Files.writeString(partial, "tried");
        } finally {
            Files.delete(partial);
        }
    }

    private static void put(Path file, Path place, Instant now) throws IOException {
        Path partial = Files.createTempFile(place.getParent(), PARTIAL, "");
        try {
            Files.copy(file, partial, StandardCopyOption.REPLACE_EXISTING);
            Files.setLastModifiedTime(partial, FileTime.from(now));
            Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(partial);
            throw e;
        }
    }

    private static void dropUnwanted(Path cache, Instant now) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(cache)) {
            files = found.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            try {
                Duration kept = file.getFileName().toString().startsWith(PARTIAL) ? PARTIAL_KEPT : KEPT;
                Instant wanted = Files.getLastModifiedTime(file).toInstant();
                if (wanted.isBefore(now.minus(kept))) Files.delete(file);
            } catch (NoSuchFileException e) {
                // Another job was faster.
            }
        }
    }

    /** The cache does not take a file. */
    static final class Unkept extends Exception {
        private static final long serialVersionUID = 1;

        Unkept(String message, IOException cause) {
            super(message, cause);
        }
    }
}
