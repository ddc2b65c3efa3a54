package touchstone.api.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that a server keeps its files in. */
public record DataFolder(Path root) {

    public Path blobs() {
        return root.resolve("blobs");
    }

    /** Copies of blobs that lie in a far store; may be deleted while no server runs. */
    public Path cache() {
        return root.resolve("cache");
    }

    /** Scratch for jobs and uploads; nothing in it outlives what made it. */
    public Path work() {
        return root.resolve("work");
    }

    public Path keyFile() {
        return root.resolve("touchstone.key");
    }

    /** A new empty folder in {@link #work()}. */
    public Scratch scratch(String prefix) {
        try {
            Files.createDirectories(work());
            return new Scratch(Files.createTempDirectory(work(), prefix + "-").toAbsolutePath());
        } catch (IOException e) {
            throw StorageFault.of("Could not make a folder in " + work(), e);
        }
    }
}
