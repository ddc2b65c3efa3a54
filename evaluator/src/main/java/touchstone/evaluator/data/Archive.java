package touchstone.evaluator.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Named files that somebody else wrote: a zip or a folder, read through limits. */
public sealed interface Archive extends Closeable permits ZipArchive, FolderArchive {

    /**
     * What may be read.
     *
     * @param entriesMax files in the archive
     * @param inflatedBytesMax of all that is read from it, together
     * @param growthMax how many times a file may grow when unpacked
     */
    record Limits(int entriesMax, long inflatedBytesMax, int growthMax) {
        /** An organizer's task: large, but still bounded. */
        public static final Limits TASK = new Limits(200_000, 4L << 30, 2_000);

        /** A contestant's strategy: what its own budget allows, inflated to at most ten times as much. */
        public static Limits strategy(int archiveMegabytes) {
            return new Limits(50_000, Math.max(64L << 20, ((long) archiveMegabytes << 20) * 10), 100);
        }
    }

    Set<String> names();

    /** The file's bytes; empty with a problem when it is too large or its compression is broken. The name must exist. */
    default Optional<byte[]> read(String name, Problems problems) throws IOException {
        return read(name, 0, problems);
    }

    /** As {@link #read}, or empty with a problem where there is no such file. */
    default Optional<byte[]> find(String name, Problems problems) throws IOException {
        if (names().contains(name)) return read(name, problems);
        String instead = name.equals("task.yaml")
                ? "it stands at the top, in no folder"
                : "add it, or mend its name in task.yaml";
        problems.add(Problem.of(name, "the archive has no file '" + name + "'", instead));
        return Optional.empty();
    }

    /** As {@link #read}, without the file's first {@code from} bytes. */
    Optional<byte[]> read(String name, int from, Problems problems) throws IOException;

    /** The file's first bytes, at most so many; empty with a problem when its compression is broken. The name must exist. */
    Optional<byte[]> head(String name, int bytesMax, Problems problems) throws IOException;

    /** The archive, or empty with problems when it is none or not a safe one. */
    static Optional<? extends Archive> open(Path path, Limits limits, Problems problems) throws IOException {
        if (Files.isDirectory(path)) return Optional.of(new FolderArchive(path));
        return ZipArchive.open(path, limits, problems);
    }
}
