package touchstone.api.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A real S3-compatible server in this process, its contents in memory, behind a wire that can refuse. It checks signatures,
 * so the client is tested as it is in production.
 */
public final class S3Server implements AutoCloseable {
    private static final String ACCESS_KEY = "test-access-key";
    private static final String SECRET_KEY = "test-secret-key";
    private static final byte[] UNAVAILABLE =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    /** Started once for all tests of a process; each has a bucket and a wire of its own. */
    private static final class Shared {
        static final BlobStore CONTENTS = new TransientNio2BlobStore();
        static final S3Proxy SERVER = start();

        private static S3Proxy start() {
            try {
                S3Proxy server = S3Proxy.builder()
                        .blobStore(CONTENTS)
                        .endpoint(URI.create("http://127.0.0.1:0"))
                        .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                        .build();
                server.start();
                return server;
            } catch (Exception e) {
                throw new IllegalStateException("the S3 server did not start", e);
            }
        }
    }

    private final S3Proxy server = Shared.SERVER;
    private final BlobStore contents = Shared.CONTENTS;
    private final String bucket = "bucket-" + UUID.randomUUID();
    private final ServerSocket door;
    private volatile boolean refusing;

    public S3Server() {
        contents.createContainer(bucket);
        try {
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::letIn);
    }

    /** What a server is configured with to keep its blobs here. */
    public Map<String, Object> properties() {
        return Map.of(
                "touchstone.blobs.s3.endpoint", "http://127.0.0.1:" + door.getLocalPort(),
                "touchstone.blobs.s3.bucket", bucket,
                "touchstone.blobs.s3.access-key", ACCESS_KEY,
                "touchstone.blobs.s3.secret-key", SECRET_KEY);
    }

    S3Config config(long cacheBytes) {
        return new S3Config(
                "http://127.0.0.1:" + door.getLocalPort(),
                bucket,
                "us-east-1",
                ACCESS_KEY,
                SECRET_KEY,
                null,
                cacheBytes);
    }

    /** From now on every request is answered with 503, or none is any more. */
    public void refuse(boolean refuse) {
        refusing = refuse;
    }

    public List<String> objects() {
        return contents.list(bucket).contents().stream().map(S3Object::key).toList();
    }

    /** Writes past the server. */
    void put(String object, byte[] content) {
        contents.putBlob(
                PutObjectRequest.builder()
                        .bucket(bucket)
                        .key(object)
                        .contentLength((long) content.length)
                        .build(),
                new ByteArrayInputStream(content));
    }

    public void remove(String object) {
        contents.removeBlob(bucket, object);
    }

    private void letIn() {
        while (!door.isClosed()) {
            try {
                Socket guest = door.accept();
                Thread.ofVirtual().start(() -> serve(guest));
            } catch (IOException e) {
                return; // Closed.
            }
        }
    }

    /** One connection; when the wire refuses, what is open breaks and what comes anew is answered with 503. */
    private void serve(Socket guest) {
        try (guest) {
            if (refusing) {
                guest.getInputStream().read(new byte[1 << 16]);
                guest.getOutputStream().write(UNAVAILABLE);
                return;
            }
            try (Socket host = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
                Thread answers = Thread.ofVirtual().start(() -> copy(host, guest));
                copy(guest, host);
                answers.join();
            }
        } catch (IOException e) {
            // One side has gone, which is how connections end.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void copy(Socket from, Socket to) {
        byte[] buffer = new byte[1 << 16];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (refusing) break;
                out.write(buffer, 0, read);
            }
            from.close();
            to.close();
        } catch (IOException e) {
            // One side has gone, which is how connections end.
        }
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
