package touchstone.evaluator.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256, in lower-case hex. */
public final class Digests {
    private static final int PIECE_BYTES = 64 * 1024;

    private Digests() {}

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    public static String of(byte[] bytes) {
        return hex(sha256().digest(bytes));
    }

    /** Of a file, however large. */
    public static String of(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream stream = Files.newInputStream(file)) {
            byte[] buffer = new byte[PIECE_BYTES];
            for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer))
                digest.update(buffer, 0, count);
        }
        return hex(digest.digest());
    }

    public static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }

    /** One digest of named digests, whatever order they come in. */
    public static String ofNamed(Map<String, String> digests) {
        StringBuilder manifest = new StringBuilder();
        new TreeMap<>(digests)
                .forEach((name, digest) ->
                        manifest.append(digest).append("  ").append(name).append('\n'));
        return of(manifest.toString().getBytes(StandardCharsets.UTF_8));
    }
}
