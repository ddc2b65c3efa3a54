package touchstone.api.storage;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Copies of far blobs on this machine, verified, the longest unused ones dropped first. What somebody reads stays readable
 * when it is dropped: an open file and a second link outlive the name.
 */
final class BlobCache {
    /** Two that want one blob fetch it once; blobs that share a lock by chance wait for each other. */
    private static final int LOCKS = 64;

    private final Path folder;
    private final Path held;
    private final Path coming;
    private final long bytesMax;
    private final InstantSource clock;
    private final List<ReentrantLock> locks =
            IntStream.range(0, LOCKS).mapToObj(i -> new ReentrantLock()).toList();

    BlobCache(Path folder, long bytesMax, InstantSource clock) {
        this.folder = folder;
        this.held = folder.resolve("held");
        this.coming = folder.resolve("coming");
        this.bytesMax = bytesMax;
        this.clock = clock;
    }

    /** Writes a blob's content into a file that does not exist yet. */
    interface Fetch {
        void fetch(String digest, Path into) throws IOException;
    }

    Blobs.Content open(String digest, Fetch fetch) throws IOException {
        Blobs.Local local = local(digest, fetch);
        try (local) {
            return Blobs.Content.of(local.file());
        }
    }

    Blobs.Local local(String digest, Fetch fetch) throws IOException {
        Files.createDirectories(held);
        ReentrantLock lock = locks.get(Integer.parseInt(digest.substring(0, 2), 16) % LOCKS);
        lock.lock();
        try {
            Path link = held.resolve(UUID.randomUUID().toString());
            if (!link(digest, link)) {
                bring(digest, fetch, link);
                makeRoom();
            }
            return new Blobs.Local(link.toAbsolutePath(), true);
        } finally {
            lock.unlock();
        }
    }

    private boolean link(String digest, Path link) throws IOException {
        Path place = folder.resolve(digest);
        try {
            Files.setLastModifiedTime(place, FileTime.from(clock.instant()));
            Files.createLink(link, place);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** The caller's link is made first, so that it has the file whatever becomes of the cache. */
    private void bring(String digest, Fetch fetch, Path link) throws IOException {
        Files.createDirectories(coming);
        Path file = coming.resolve(UUID.randomUUID().toString());
        try {
            fetch.fetch(digest, file);
            String found = Digests.of(file);
            if (!found.equals(digest))
                throw new IOException("Blob " + digest + " came damaged: its content has the digest " + found);
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
            Files.createLink(link, file);
            Files.move(file, folder.resolve(digest), StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException e) {
            // Another process that shares the folder was faster.
            if (!Files.exists(link)) throw e;
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private record Kept(Path file, long bytes, Instant used) {}

    private synchronized void makeRoom() throws IOException {
        List<Kept> kept = kept();
        long bytes = kept.stream().mapToLong(Kept::bytes).sum();
        for (Kept file : kept) {
            if (bytes <= bytesMax) return;
            Files.deleteIfExists(file.file());
            bytes -= file.bytes();
        }
    }

    /** Longest unused first. */
    private List<Kept> kept() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> Digests.isDigest(file.getFileName().toString()))
                    .flatMap(BlobCache::look)
                    .sorted(Comparator.comparing(Kept::used))
                    .toList();
        }
    }

    /** Nothing for a file that another process has just dropped. */
    private static Stream<Kept> look(Path file) {
        try {
            return Stream.of(new Kept(
                    file, Files.size(file), Files.getLastModifiedTime(file).toInstant()));
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    void forget(String digest) throws IOException {
        Files.deleteIfExists(folder.resolve(digest));
    }

    /** Links and half files of processes that ended before they could clean up. */
    int sweep(Instant before) throws IOException {
        return Blobs.sweep(held, before) + Blobs.sweep(coming, before);
    }
}
