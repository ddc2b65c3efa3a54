package touchstone.api.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The disk or the blob store refused to write or read, by no fault of who asked. The same may succeed later. */
public class StorageFault extends RuntimeException {
    /** How Linux and Java say that a disk or a quota is full. */
    private static final List<String> FULL =
            List.of("No space left on device", "Disk quota exceeded", "out of disk space");

    StorageFault(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    static StorageFault of(String what, IOException cause) {
        if (cause instanceof NoSuchFileException) return new Gone(what, cause);
        if (isFull(cause)) return new Full(what, cause);
        return new StorageFault(what + ": " + cause.getMessage(), cause);
    }

    /** Whether it says that no room is left. */
    static boolean isFull(IOException thrown) {
        String message = String.valueOf(thrown.getMessage());
        return FULL.stream().anyMatch(message::contains);
    }

    /** No room is left. */
    public static final class Full extends StorageFault {
        Full(String what, IOException cause) {
            super(what + ": no room is left", cause);
        }
    }

    /** The row is there and the content is not: it was lost, or the store is another than the database's. */
    public static final class Gone extends StorageFault {
        Gone(String what, IOException cause) {
            super(what + ": its content is not in the store", cause);
        }
    }
}
