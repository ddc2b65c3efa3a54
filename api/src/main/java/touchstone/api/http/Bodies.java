package touchstone.api.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micronaut.http.HttpRequest;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.StorageFault;
import touchstone.spec.text.Problem;

/** Raw bodies, read to disk through a limit. */
@Singleton
public final class Bodies {
    /** What of a refused body is still read. A client that is sending does not look for an answer before it is done. */
    private static final long DRAINED_BYTES_MAX = 300_000_000;

    private final Blobs blobs;

    private final MeterRegistry meters;

    Bodies(Blobs blobs, MeterRegistry meters) {
        this.blobs = blobs;
        this.meters = meters;
    }

    /** A body that begins as a zip does. Closing the answer deletes it, unless it became a blob. */
    public Blobs.Incoming archive(HttpRequest<?> request, @Nullable InputStream body, long bytesMax) {
        Timer.Sample time = Timer.start();
        String outcome = "refused";
        try {
            Blobs.Incoming archive = read(request, body, bytesMax);
            meters.summary("touchstone.upload.bytes").record(archive.bytes());
            outcome = "taken";
            return archive;
        } finally {
            time.stop(meters.timer("touchstone.upload", "outcome", outcome));
        }
    }

    private Blobs.Incoming read(HttpRequest<?> request, @Nullable InputStream body, long bytesMax) {
        if (body == null) throw notAnArchive("The body is empty");
        try {
            return receive(request, body, bytesMax);
        } catch (Refusal | StorageFault refused) {
            drain(body);
            throw refused;
        } catch (IOException e) {
            throw Refusal.badRequest("broken-upload", "The upload broke off before its end. Send it again.");
        }
    }

    private Blobs.Incoming receive(HttpRequest<?> request, InputStream body, long bytesMax) throws IOException {
        if (request.getContentLength() > bytesMax) throw Refusal.tooLarge(bytesMax);
        try {
            Blobs.Incoming archive = blobs.receive(new ZipStart(body), bytesMax);
            if (archive.bytes() > 0) return archive;
            archive.close();
            throw notAnArchive("The body is empty");
        } catch (Blobs.TooLarge e) {
            throw Refusal.tooLarge(e.bytesMax());
        } catch (ZipStart.NotZip e) {
            throw notAnArchive("The body is not a zip archive: it does not begin with the letters PK");
        }
    }

    /** Reads what is left of a body that is refused, so that its sender comes to look for the answer. */
    public static void drain(InputStream body) {
        byte[] buffer = new byte[64 * 1024];
        try {
            long drained = 0;
            for (int read = body.read(buffer); read >= 0 && drained < DRAINED_BYTES_MAX; read = body.read(buffer))
                drained += read;
        } catch (IOException e) {
            // The client has gone: then nobody waits for the answer either.
            return;
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
