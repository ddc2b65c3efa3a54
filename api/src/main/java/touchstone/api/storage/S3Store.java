package touchstone.api.storage;

import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.UploadObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A bucket. Objects are named {@code blobs/DIGEST}; what is read goes through a cache on this machine's disk. */
final class S3Store implements BlobStore {
    private static final String PREFIX = "blobs/";
    private static final Set<String> ABSENT = Set.of("NoSuchKey", "NotFound", "NoSuchObject");

    private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

    /** Between two bytes, not for a whole blob. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

    /** S3 takes at most this in one request, and no blob is larger. One request is whole or not at all, without parts. */
    private static final long ONE_PUT_BYTES_MAX = 5L << 30;

    private static final long PART_BYTES_MIN = 5 << 20;

    private final MinioClient client;
    private final String bucket;
    private final BlobCache cache;

    S3Store(S3Config config, BlobCache cache) {
        this.client = MinioClient.builder()
                .endpoint(config.endpoint())
                .region(config.region())
                .credentials(config.accessKey(), config.secret())
                .build();
        client.setTimeout(CONNECT_MAX.toMillis(), SILENCE_MAX.toMillis(), SILENCE_MAX.toMillis());
        this.bucket = config.bucket();
        this.cache = cache;
    }

    private interface Call<T> {
        T on(MinioClient client) throws MinioException, IOException;
    }

    private <T> T call(String what, Call<T> call) throws IOException {
        try {
            return call.on(client);
        } catch (ErrorResponseException e) {
            if (ABSENT.contains(e.errorResponse().code())) throw new NoSuchFileException(what);
            throw new IOException(what + " was refused: " + e.errorResponse().code(), e);
        } catch (MinioException e) {
            throw new IOException(what + " failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void put(String digest, Path file) throws IOException {
        if (has(digest)) return;
        long bytes = Files.size(file);
        if (bytes > ONE_PUT_BYTES_MAX) throw new IOException("Blob " + digest + " is larger than 5 GiB.");
        call(
                "putting blob " + digest,
                s3 -> s3.uploadObject(UploadObjectArgs.builder()
                        .bucket(bucket)
                        .object(PREFIX + digest)
                        .filename(file.toString(), Math.max(PART_BYTES_MIN, bytes))
                        .contentType("application/octet-stream")
                        .build()));
    }

    private boolean has(String digest) throws IOException {
        try {
            call(
                    "asking for blob " + digest,
                    s3 -> s3.statObject(StatObjectArgs.builder()
                            .bucket(bucket)
                            .object(PREFIX + digest)
                            .build()));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public boolean isFar() {
        return true;
    }

    @Override
    public Blobs.Content open(String digest) throws IOException {
        return cache.open(digest, this::fetch);
    }

    @Override
    public Blobs.Local local(String digest) throws IOException {
        return cache.local(digest, this::fetch);
    }

    private void fetch(String digest, Path into) throws IOException {
        GetObjectArgs object =
                GetObjectArgs.builder().bucket(bucket).object(PREFIX + digest).build();
        try (InputStream stream = call("getting blob " + digest, s3 -> s3.getObject(object))) {
            Files.copy(stream, into);
        }
    }

    @Override
    public void delete(String digest) throws IOException {
        call("deleting blob " + digest, s3 -> {
            s3.removeObject(RemoveObjectArgs.builder()
                    .bucket(bucket)
                    .object(PREFIX + digest)
                    .build());
            return true;
        });
        cache.forget(digest);
    }

    @Override
    public List<Stored> list() throws IOException {
        return call("listing blobs", s3 -> {
            List<Stored> found = new ArrayList<>();
            for (Result<Item> result : s3.listObjects(
                    ListObjectsArgs.builder().bucket(bucket).prefix(PREFIX).build())) {
                Item item = result.get();
                String digest = item.objectName().substring(PREFIX.length());
                if (Digests.isDigest(digest))
                    found.add(
                            new Stored(digest, item.size(), item.lastModified().toInstant()));
            }
            return found;
        });
    }

    @Override
    public int sweep(Instant before) throws IOException {
        return cache.sweep(before);
    }
}
