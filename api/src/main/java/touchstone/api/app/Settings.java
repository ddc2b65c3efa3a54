package touchstone.api.app;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import java.net.URI;
import java.nio.file.Path;

/**
 * What the server was started with.
 *
 * @param home the folder with the evaluator's jars ({@code TOUCHSTONE_HOME})
 * @param data the data folder: key, database, blobs, scratch
 * @param mode demo or production; must agree with what the database says
 * @param publicUrl the address that browsers use; null = the one it listens on
 */
@ConfigurationProperties("touchstone")
public record Settings(
        Path home, Path data, Mode mode, @Nullable URI publicUrl) {

    /** Two kinds of house that never mix. */
    public enum Mode {
        DEMO,
        PRODUCTION
    }
}
