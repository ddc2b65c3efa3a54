package touchstone.api.storage;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.context.annotation.Requires;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An S3-compatible store for blobs; without it they lie in the data folder. Only the operator says where: no request and no
 * task ever names an address that the server then calls.
 *
 * @param endpoint such as {@code https://s3.example:9000}
 * @param bucket must exist, and must not be public
 * @param secretKeyFile a file with the secret key; or the key itself as {@code secretKey}
 * @param cacheBytes what of the store is kept in the data folder for reading, at most
 */
@ConfigurationProperties("touchstone.blobs.s3")
@Requires(property = "touchstone.blobs.s3.bucket")
public record S3Config(
        String endpoint,
        String bucket,
        @Bindable(defaultValue = "us-east-1") String region,
        String accessKey,
        @Nullable String secretKey,
        @Nullable Path secretKeyFile,
        @Bindable(defaultValue = "5000000000") long cacheBytes) {

    public S3Config {
        if ((secretKey == null) == (secretKeyFile == null))
            throw new IllegalArgumentException(
                    "Write one of touchstone.blobs.s3.secret-key-file and touchstone.blobs.s3.secret-key.");
    }

    String secret() {
        if (secretKeyFile == null) return String.valueOf(secretKey);
        try {
            return Files.readString(secretKeyFile).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "touchstone.blobs.s3.secret-key-file names " + secretKeyFile + ", which cannot be read", e);
        }
    }

    /** Without the keys: this may stand in a log. */
    @Override
    public String toString() {
        return "bucket " + bucket + " on " + endpoint;
    }
}
