package touchstone.api.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A folder of this machine, or one that several servers mount. */
final class FolderStore implements BlobStore {
    private final Path folder;

    FolderStore(Path folder) {
        this.folder = folder;
    }

    private Path place(String digest) {
        return folder.resolve(digest.substring(0, 2)).resolve(digest);
    }

    /** Always moves: gc may have unlinked the file of an earlier row of this digest. */
    @Override
    public void put(String digest, Path file) throws IOException {
        Path place = place(digest);
        Files.createDirectories(place.getParent());
        try {
            Files.move(file, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            if (!Files.exists(place)) throw e;
        }
        force(place.getParent());
    }

    /** Else a loss of power could undo the move of a file whose row is committed. */
    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    @Override
    public boolean isFar() {
        return false;
    }

    @Override
    public Blobs.Content open(String digest) throws IOException {
        return Blobs.Content.of(place(digest));
    }

    @Override
    public Blobs.Local local(String digest) throws IOException {
        Path place = place(digest);
        if (!Files.exists(place)) throw new NoSuchFileException(place.toString());
        return new Blobs.Local(place.toAbsolutePath(), false);
    }

    @Override
    public void delete(String digest) throws IOException {
        Files.deleteIfExists(place(digest));
    }

    @Override
    public List<Stored> list() throws IOException {
        List<Stored> found = new ArrayList<>();
        if (!Files.isDirectory(folder)) return found;
        try (Stream<Path> files = Files.walk(folder, 2)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (Digests.isDigest(name))
                    found.add(new Stored(
                            name,
                            Files.size(file),
                            Files.getLastModifiedTime(file).toInstant()));
            }
        }
        return found;
    }

    @Override
    public int sweep(Instant before) {
        return 0;
    }
}
