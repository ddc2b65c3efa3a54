package touchstone.evaluator.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256, in lower-case hex. */
public final class Digests {
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
