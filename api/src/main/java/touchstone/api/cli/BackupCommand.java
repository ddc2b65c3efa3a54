package touchstone.api.cli;

import io.micronaut.context.ApplicationContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.api.app.Refused;
import touchstone.api.storage.Backup;
import touchstone.api.storage.StorageFault;

/** Writes a house into one sealed file. */
@Command(
        name = "backup",
        description = "Writes database, blobs and key file into one encrypted file. On H2 stop the server first; on"
                + " PostgreSQL it may run.")
final class BackupCommand implements Callable<Integer> {
    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private Passphrase passphrase = new Passphrase();

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file to make.")
    private Path out = Path.of("");

    @Override
    public Integer call() throws Exception {
        Path file = out.toAbsolutePath();
        if (Files.exists(file)) throw new Refused(out + " exists. Name a new file with --out.");
        if (!Files.isDirectory(file.getParent())) throw new Refused("There is no folder " + file.getParent() + ".");
        String chosen = passphrase.choose();
        try (ApplicationContext context = Opened.production(data.options())) {
            Backup.Carried carried = context.getBean(Backup.class).write(file, chosen);
            System.out.println("Wrote " + carried.rows() + " rows and " + carried.blobs() + " blobs to " + out + " ("
                    + Math.ceilDiv(Files.size(file), 1000)
                    + " kB). Without its passphrase nobody can read it, nor can you.");
            return 0;
        } catch (StorageFault.Gone e) {
            throw new Refused(e.getMessage() + ". Run \"touchstone gc\"; if it stays so, a disk has lost it.");
        }
    }
}
