package touchstone.api.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Where the contents of blobs lie, by digest. What is there is whole; every call may be made again. */
interface BlobStore {

    /** Something that lies there. */
    record Stored(String digest, long bytes, Instant modified) {}

    /** Makes a file's content be there, whole or not at all. May take the file away; one that is gone was taken before. */
    void put(String digest, Path file) throws IOException;

    /** Whether {@link #put} sends bytes far, so that it is worth doing before locks are held. */
    boolean isFar();

    /** @throws NoSuchFileException when nothing of that digest is there */
    Blobs.Content open(String digest) throws IOException;

    /** @throws NoSuchFileException when nothing of that digest is there */
    Blobs.Local local(String digest) throws IOException;

    /** Does nothing when it is not there. */
    void delete(String digest) throws IOException;

    List<Stored> list() throws IOException;

    /** Removes what processes that were killed before that time left unfinished, and tells how much. */
    int sweep(Instant before) throws IOException;
}
