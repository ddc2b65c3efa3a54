package touchstone.api.http;

import io.micronaut.http.HttpRequest;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Blobs;
import touchstone.spec.text.Problem;

/** Raw bodies, read to disk through a limit. */
@Singleton
public final class Bodies {
    private final Blobs blobs;

    Bodies(Blobs blobs) {
        this.blobs = blobs;
    }

    /** A body that begins as a zip does. Closing the answer deletes it, unless it became a blob. */
    public Blobs.Incoming archive(HttpRequest<?> request, @Nullable InputStream body, long bytesMax) {
        if (request.getContentLength() > bytesMax) throw Refusal.tooLarge(bytesMax);
        if (body == null) throw notAnArchive("The body is empty");
        try {
            InputStream checked = new ZipStart(body);
            Blobs.Incoming archive = blobs.receive(checked, bytesMax);
            if (archive.bytes() == 0) {
                archive.close();
                throw notAnArchive("The body is empty");
            }
            return archive;
        } catch (Blobs.TooLarge e) {
            throw Refusal.tooLarge(e.bytesMax());
        } catch (ZipStart.NotZip e) {
            throw notAnArchive("The body is not a zip archive: it does not begin with the letters PK");
        } catch (IOException e) {
            throw Refusal.badRequest("broken-upload", "The upload broke off before its end. Send it again.");
        }
    }

    private static Refusal notAnArchive(String found) {
        return Refusal.problems(
                "not-a-zip",
                "Not a zip archive",
                List.of(
                        Problem.of(
                                null,
                                found + ".",
                                "send the zip file itself as the body, with Content-Type: application/zip (curl --data-binary @strategy.zip)")));
    }
}
