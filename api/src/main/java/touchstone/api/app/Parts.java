package touchstone.api.app;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.InstantSource;
import touchstone.api.evaluation.EvaluatorHome;
import touchstone.api.http.PublicAddress;
import touchstone.api.storage.DataFolder;

/** Beans that are not classes of our own. */
@Factory
final class Parts {

    @Singleton
    @Primary
    InstantSource clock() {
        return InstantSource.system();
    }

    @Singleton
    DataFolder dataFolder(Settings settings) {
        return new DataFolder(settings.data());
    }

    @Singleton
    PublicAddress publicAddress(Settings settings) {
        return new PublicAddress(settings.publicUrl());
    }

    @Singleton
    EvaluatorHome evaluatorHome(Settings settings) {
        return new EvaluatorHome(settings.home());
    }

    @Singleton
    SecureRandom random() {
        return new SecureRandom();
    }
}
