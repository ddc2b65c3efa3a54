package touchstone.api.http;

import io.micronaut.http.MediaType;
import io.micronaut.http.server.types.files.StreamedFile;
import java.time.Instant;
import touchstone.api.storage.Blobs;

/** A blob as the body of an answer, with its length. */
public final class BlobAnswer {
    private BlobAnswer() {}

    /**
     * @param content is closed when it has been sent, or the client has gone
     * @param modified what clients are told; an address that answers with another blob later must say another time then
     */
    public static StreamedFile of(Blobs.Content content, MediaType type, Instant modified) {
        return new StreamedFile(content.stream(), type, modified.toEpochMilli(), content.bytes());
    }
}
