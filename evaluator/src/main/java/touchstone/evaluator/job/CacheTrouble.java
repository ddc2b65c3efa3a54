package touchstone.evaluator.job;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;

/** What an operator is told of a cache that does not take a file. */
final class CacheTrouble {
    private static final long MEBIBYTE = 1024 * 1024;
    private static final Path THIS_PROCESS = Path.of("/proc/self");

    private CacheTrouble() {}

    /** @return one line: what did not work, how the cache stands, what to do, and what becomes of the job */
    static String sentence(Path cache, Path file, IOException failure) {
        return "the cache " + cache + " does not take '" + file.getFileName() + "' (" + mebibytes(size(file)) + "): "
                + failure + ". " + state(cache) + advice(cache, size(file), failure)
                + " The job goes on without it: each of its commands asks the server for the file.";
    }

    /** @return one line: what did not work, how the cache stands, what to do */
    static String sentence(Path cache, IOException failure) {
        return failure + ". " + state(cache) + advice(cache, 0, failure);
    }

    static String free(Path cache) {
        return mebibytes(room(cache)) + " free";
    }

    private static String state(Path cache) {
        if (!Files.isDirectory(cache)) return "It is not there, or no folder. ";
        try {
            PosixFileAttributes attributes = Files.readAttributes(cache, PosixFileAttributes.class);
            return "It belongs to " + owner(cache) + ", its rights are "
                    + PosixFilePermissions.toString(attributes.permissions()) + ", it has " + free(cache)
                    + "; this job is " + owner(THIS_PROCESS) + ". ";
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    private static String owner(Path path) throws IOException {
        Map<String, Object> ids = Files.readAttributes(path, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
        return "user " + ids.get("uid") + " and group " + ids.get("gid");
    }

    private static String advice(Path cache, long bytes, IOException failure) {
        String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (text.contains("no space left") || text.contains("quota"))
            return "Make its volume larger, or delete files in it: each is a task's and is fetched again when wanted.";
        if (failure instanceof AccessDeniedException || text.contains("not permitted") || text.contains("read-only"))
            return "Give it to the job's group, to read, write and enter (chgrp, chmod g+rwx): not every volume's driver"
                    + " heeds a pod's fsGroup.";
        if (Files.isDirectory(cache) && room(cache) < bytes) return "Make its volume larger.";
        return "Look at its volume.";
    }

    private static long room(Path cache) {
        try {
            return Files.getFileStore(cache).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    private static String mebibytes(long bytes) {
        return bytes == Long.MAX_VALUE
                ? "an unknown amount"
                : String.format(Locale.ROOT, "%.1f MiB", bytes / (double) MEBIBYTE);
    }
}
