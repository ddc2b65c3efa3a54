package touchstone.api.cli;

import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.api.app.Refused;
import touchstone.api.app.Server;
import touchstone.api.storage.Backup;
import touchstone.api.storage.Restore;

/** Makes a house again from a backup. */
@Command(
        name = "restore",
        description =
                "Makes a data folder, its database and its blobs from a file that backup wrote. Everything must be"
                        + " empty; the kind of database may be another than before.")
final class RestoreCommand implements Callable<Integer> {
    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private Passphrase passphrase = new Passphrase();

    @Option(names = "--from", required = true, paramLabel = "FILE", description = "A file that backup wrote.")
    private Path from = Path.of("");

    @Override
    public Integer call() throws Exception {
        if (!Files.isReadable(from)) throw new Refused(from + " cannot be read.");
        requireEmpty(data.data());
        Restore.Verified verified = verify();
        try (ApplicationContext context = Server.context(
                data.options(),
                Map.of("flyway.datasources.default.enabled", "false", "touchstone.judging.enabled", "false"))) {
            Backup.Carried carried = context.getBean(Restore.class).from(verified);
            System.out.println("Restored " + carried.rows() + " rows and " + carried.blobs() + " blobs as they were at "
                    + carried.made() + ". Next: touchstone serve --data " + data.data());
            return 0;
        } catch (Restore.Impossible e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    /** Before the database is opened: opening makes it. */
    private Restore.Verified verify() throws IOException {
        try {
            return Restore.verify(from, passphrase.give());
        } catch (Restore.Impossible e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    private static void requireEmpty(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> entries = Files.list(folder)) {
            if (entries.findAny().isPresent())
                throw new Refused(folder + " is not empty. A restore needs a folder that is empty or not there yet.");
        }
    }
}
