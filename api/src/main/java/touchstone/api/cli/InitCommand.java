package touchstone.api.cli;

import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.api.app.House;
import touchstone.api.app.KeyFile;
import touchstone.api.app.Refused;
import touchstone.api.app.Settings;
import touchstone.api.storage.DataFolder;

/** Makes a new house. */
@Command(name = "init", description = "Makes a data folder with its key file, and prepares the database.")
final class InitCommand implements Callable<Integer> {
    @Mixin
    private DataOptions data = new DataOptions();

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "Takes this key, such as a mounted secret, instead of making one; may be done again.")
    private @Nullable Path given;

    @Override
    public Integer call() throws Exception {
        Path key = new DataFolder(data.data()).keyFile();
        if (given != null) KeyFile.take(given, key);
        else makeKey(key);
        try (ApplicationContext context = Opened.open(data.options())) {
            House house = context.getBean(House.class);
            // A second server on one PostgreSQL has a folder of its own and shares the house.
            if (house.mode().isEmpty()) house.mark(Settings.Mode.PRODUCTION);
        }
        System.out.println("Made " + data.data() + ". Next: touchstone admin create --data " + data.data()
                + " --name NAME, then touchstone serve --data " + data.data());
        return 0;
    }

    private void makeKey(Path key) throws IOException {
        if (Files.exists(key)) throw new Refused(data.data() + " holds a key file already: it was made before.");
        if (Files.exists(data.data().resolve("db")))
            throw new Refused(data.data() + " holds a database already, but no key file. Choose another folder.");
        KeyFile.create(key);
    }
}
