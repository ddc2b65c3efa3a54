package touchstone.api.cli;

import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import touchstone.api.app.House;
import touchstone.api.app.KeyFile;
import touchstone.api.app.Refused;
import touchstone.api.app.Server;
import touchstone.api.app.Settings;
import touchstone.api.storage.DataFolder;

/** Opens a house's data, after making sure that it is of the right kind. */
final class Opened {
    /** H2's error code for a file that another process holds. */
    private static final int H2_ALREADY_OPEN = 90020;

    private Opened() {}

    /** A production house that {@code init} has made. */
    static ApplicationContext production(Server.Options options) throws IOException {
        KeyFile.require(new DataFolder(options.data()).keyFile());
        ApplicationContext context = open(options);
        Optional<Settings.Mode> mode = context.getBean(House.class).mode();
        if (mode.equals(Optional.of(Settings.Mode.PRODUCTION))) return context;
        context.close();
        if (mode.isPresent())
            throw new Refused(
                    "This is a demo's database, with sign-ins that lie in a file. Make a new one with \"touchstone"
                            + " init\", or start this one with \"touchstone demo\".");
        throw new Refused("This database was not made by \"touchstone init\". Run that first.");
    }

    static ApplicationContext open(Server.Options options) {
        try {
            return Server.context(options);
        } catch (RuntimeException e) {
            if (isOpenElsewhere(e))
                throw new Refused("Another server works on " + options.data()
                        + ". Stop it first, or choose another folder with --data.");
            throw e;
        }
    }

    private static boolean isOpenElsewhere(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getErrorCode() == H2_ALREADY_OPEN) return true;
            if (cause == cause.getCause()) return false;
        }
        return false;
    }
}
