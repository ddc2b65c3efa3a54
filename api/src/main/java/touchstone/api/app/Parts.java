package touchstone.api.app;

import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.InstantSource;
import touchstone.api.storage.DataFolder;

/** Beans that are not classes of our own. */
@Factory
final class Parts {

    @Singleton
    InstantSource clock() {
        return InstantSource.system();
    }

    @Singleton
    DataFolder dataFolder(Settings settings) {
        return new DataFolder(settings.data());
    }

    @Singleton
    SecureRandom random() {
        return new SecureRandom();
    }
}
