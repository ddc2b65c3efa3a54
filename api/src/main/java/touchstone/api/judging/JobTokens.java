package touchstone.api.judging;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import touchstone.api.runner.JobName;
import touchstone.spec.job.JobOrder.Purpose;

/** The tokens that let a job in, made from the server's key, the attempt and the purpose; nothing is stored. */
final class JobTokens {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int HOUSE_CHARACTERS = 16;

    private final SecretKeySpec key;

    JobTokens(byte[] serverKey) {
        key = new SecretKeySpec(serverKey, ALGORITHM);
    }

    /** Tells this house from others that use the same cluster; the same on all its servers. */
    String house() {
        return HexFormat.of().formatHex(code("house")).substring(0, HOUSE_CHARACTERS);
    }

    String token(JobName job, Purpose purpose) {
        byte[] code =
                code(job.run() + "|" + job.attempt() + "|" + purpose.name().toLowerCase(Locale.ROOT));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(code);
    }

    private byte[] code(String meaning) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(meaning.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** What this token may be used for at this attempt; empty when it is not a token of this attempt. */
    Optional<Purpose> purpose(JobName job, String token) {
        byte[] given = token.getBytes(StandardCharsets.UTF_8);
        return Stream.of(Purpose.values())
                .filter(purpose ->
                        MessageDigest.isEqual(given, token(job, purpose).getBytes(StandardCharsets.UTF_8)))
                .findFirst();
    }
}
