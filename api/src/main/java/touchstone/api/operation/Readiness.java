package touchstone.api.operation;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.judging.Loops;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.DataFolder;
import touchstone.api.storage.Database;
import touchstone.api.storage.StorageFault;

/**
 * Whether this server can do its work now. Each part is looked at once at a time however many ask, and one that does not answer
 * in time counts as wrong, so that asking never hangs.
 */
@Singleton
final class Readiness {
    private static final Logger log = LoggerFactory.getLogger(Readiness.class);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(2);
    private static final Duration FRESH = Duration.ofSeconds(1);

    /** A blob that nobody has stored: asking for it tells whether the store answers. */
    private static final String NO_BLOB = "0".repeat(64);

    private final Database database;
    private final Blobs blobs;
    private final DataFolder folder;
    private final Loops loops;
    private final Map<String, FutureTask<Boolean>> looks = new LinkedHashMap<>();
    private long lookedAtNanos = System.nanoTime() - FRESH.toNanos();
    private List<String> wrong = List.of();

    Readiness(Database database, Blobs blobs, DataFolder folder, Loops loops) {
        this.database = database;
        this.blobs = blobs;
        this.folder = folder;
        this.loops = loops;
    }

    /** What is wrong: parts of the server, in a word or a few each. Details are in the log. */
    synchronized List<String> wrong() {
        if (System.nanoTime() - lookedAtNanos < FRESH.toNanos()) return wrong;
        List<String> found = new ArrayList<>();
        begin("database", () -> database.get("select 1 as n", row -> row.integer("n")) == 1);
        begin("uploads", this::uploadsAreWritten);
        begin("blobs", this::blobsAreRead);
        looks.keySet().stream().filter(part -> !isWell(part)).forEach(found::add);
        loops.standing().forEach(loop -> found.add("loop " + loop));
        if (!found.isEmpty() && !found.equals(wrong)) log.error("not ready: {}", found);
        if (found.isEmpty() && !wrong.isEmpty()) log.info("ready again");
        wrong = List.copyOf(found);
        lookedAtNanos = System.nanoTime();
        return wrong;
    }

    /** The next question looks, however fresh what is known. */
    synchronized void lookAgain() {
        lookedAtNanos = System.nanoTime() - FRESH.toNanos();
    }

    private void begin(String part, Callable<Boolean> look) {
        FutureTask<Boolean> before = looks.get(part);
        if (before != null && !before.isDone()) return;
        FutureTask<Boolean> now = new FutureTask<>(look);
        looks.put(part, now);
        Thread.ofVirtual().name("look at " + part).start(now);
    }

    private boolean isWell(String part) {
        try {
            return looks.get(part).get(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            log.debug("{} is not well", part, e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Uploads land in a folder of this machine, whatever store takes them from there. */
    private boolean uploadsAreWritten() throws IOException {
        Path incoming = Files.createDirectories(folder.blobs().resolve("incoming"));
        Path probe = Files.createTempFile(incoming, "probe-", ".tmp");
        try {
            Files.write(probe, new byte[4096]);
            return true;
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    private boolean blobsAreRead() throws IOException {
        try (Blobs.Content content = blobs.open(NO_BLOB)) {
            return content.bytes() >= 0;
        } catch (StorageFault.Gone e) {
            return true;
        }
    }
}
