package touchstone.api.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** SHA-256, written in lower-case hex. */
public final class Digests {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private Digests() {}

    public static String of(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    public static String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    static String of(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return of(stream);
        }
    }

    /** Reads a stream to its end. */
    static String of(InputStream stream) throws IOException {
        Running digest = new Running();
        byte[] buffer = new byte[64 * 1024];
        for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) digest.update(buffer, read);
        return digest.hex();
    }

    public static boolean isDigest(String text) {
        return DIGEST.matcher(text).matches();
    }

    /** A digest in the making. */
    public static final class Running {
        private final MessageDigest digest = sha256();

        public void update(byte[] bytes, int length) {
            digest.update(bytes, 0, length);
        }

        public String hex() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java has SHA-256.", e);
        }
    }
}
