package touchstone.kubernetes.fake;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Which images a node can fetch: all that have a name of the right form, but those of hosts under {@code .invalid} and those that a test
 * takes away. */
final class Images {
    private static final Pattern NAME = Pattern.compile(
            "([a-zA-Z0-9.-]+(:\\d+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@sha256:[a-f0-9]{64})?");

    private final Set<String> missing = ConcurrentHashMap.newKeySet();

    void takeAway(String image) {
        missing.add(image);
    }

    void giveBack(String image) {
        missing.remove(image);
    }

    boolean has(String image) {
        return !missing.contains(image) && !image.matches("[^/]+\\.invalid/.*");
    }

    static boolean isName(String image) {
        return NAME.matcher(image).matches();
    }

    /** The image by its digest: the one it names, or one made of its name. */
    static String id(String image) {
        int digest = image.indexOf("@sha256:");
        String name = image.substring(0, digest < 0 ? image.length() : digest)
                .replaceFirst(":[A-Za-z0-9_][A-Za-z0-9_.-]*$", "");
        return name + (digest < 0 ? "@sha256:" + sha256(image) : image.substring(digest));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
