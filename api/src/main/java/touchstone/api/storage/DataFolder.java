package touchstone.api.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that a server keeps its files in. */
public record DataFolder(Path root) {

    public Path blobs() {
        return root.resolve("blobs");
    }

    /** Scratch for jobs and uploads; nothing in it outlives what made it. */
    public Path work() {
        return root.resolve("work");
    }

    public Path keyFile() {
        return root.resolve("touchstone.key");
    }

    /** A new empty folder in {@link #work()}; whoever asked deletes it. */
    public Path newScratch(String prefix) throws IOException {
        Files.createDirectories(work());
        return Files.createTempDirectory(work(), prefix + "-");
    }
}
