package touchstone.api.cli;

import io.micronaut.context.ApplicationContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Override
    public Integer call() throws Exception {
        Path key = new DataFolder(data.data()).keyFile();
        if (Files.exists(key)) throw new Refused(data.data() + " holds a key file already: it was made before.");
        if (Files.exists(data.data().resolve("db")))
            throw new Refused(data.data() + " holds a database already, but no key file. Choose another folder.");
        KeyFile.create(key);
        try (ApplicationContext context = Opened.open(data.options())) {
            House house = context.getBean(House.class);
            // A second server on one PostgreSQL has a folder of its own and shares the house.
            if (house.mode().isEmpty()) house.mark(Settings.Mode.PRODUCTION);
        }
        System.out.println("Made " + data.data() + ". Next: touchstone admin create --data " + data.data()
                + " --name NAME, then touchstone serve --data " + data.data());
        return 0;
    }
}
