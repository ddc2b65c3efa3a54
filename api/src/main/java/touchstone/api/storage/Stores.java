package touchstone.api.storage;

import io.micronaut.context.annotation.Factory;
import io.micronaut.core.annotation.Nullable;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** Says where blobs lie. */
@Factory
final class Stores {

    @Singleton
    BlobStore store(DataFolder data, @Nullable S3Config s3, InstantSource clock) {
        if (s3 == null) return new FolderStore(data.blobs());
        return new S3Store(s3, new BlobCache(data.cache(), s3.cacheBytes(), clock));
    }
}
