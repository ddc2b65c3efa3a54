package touchstone.api.storage;

import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import com.password4j.Argon2Function;
import com.password4j.types.Argon2;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * A file that a passphrase locks. Head: the words below, what the key was derived with, a salt, and a check of the
 * passphrase. Body: AES-256-GCM in segments of 1 MiB (Tink's AES256_GCM_HKDF_1MB), each authenticated with its place and
 * with the head, so that no byte can be changed, moved or cut off unseen.
 */
final class SealedFile {
    private static final byte[] WORDS = "touchstone sealed 1\n".getBytes(StandardCharsets.US_ASCII);

    private static final int SALT_BYTES = 16;
    private static final int KEY_BYTES = 32;
    private static final int SEGMENT_BYTES = 1 << 20;

    /** OWASP asks for 19 MiB and 2 passes where many sign in; a backup is opened once in a while. */
    private static final int MEMORY_KIB = 64 * 1024;

    private static final int PASSES = 3;

    /** What a stranger's file may cost us before it is refused. */
    private static final int MEMORY_KIB_MAX = 256 * 1024;

    private static final int PASSES_MAX = 10;

    private SealedFile() {}

    /** It cannot be opened; the message says why. */
    static final class Unreadable extends IOException {
        Unreadable(String sentence) {
            super(sentence);
        }
    }

    private record Keys(byte[] cipher, byte[] check) {
        static Keys derive(String passphrase, byte[] salt, int memoryKib, int passes) {
            byte[] derived = Argon2Function.getInstance(memoryKib, passes, 1, 2 * KEY_BYTES, Argon2.ID)
                    .hash(passphrase.getBytes(StandardCharsets.UTF_8), salt)
                    .getBytes();
            byte[] proof = Arrays.copyOfRange(derived, KEY_BYTES, 2 * KEY_BYTES);
            return new Keys(Arrays.copyOf(derived, KEY_BYTES), sha256(proof));
        }

        AesGcmHkdfStreaming streaming() throws GeneralSecurityException {
            return new AesGcmHkdfStreaming(cipher, "HmacSha256", KEY_BYTES, SEGMENT_BYTES, 0);
        }
    }

    /** What is written into the answer is sealed into {@code out}; closing it ends the file. */
    static OutputStream seal(OutputStream out, String passphrase) throws IOException {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        Keys keys = Keys.derive(passphrase, salt, MEMORY_KIB, PASSES);
        byte[] head = head(salt, keys.check(), MEMORY_KIB, PASSES);
        out.write(head);
        try {
            return keys.streaming().newEncryptingStream(out, head);
        } catch (GeneralSecurityException e) {
            throw new IOException("The cipher refused.", e);
        }
    }

    private static byte[] head(byte[] salt, byte[] check, int memoryKib, int passes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream head = new DataOutputStream(bytes);
        head.write(WORDS);
        head.writeInt(memoryKib);
        head.writeInt(passes);
        head.write(salt);
        head.write(check);
        return bytes.toByteArray();
    }

    /** Reading the answer fails where the file was changed or cut off. */
    static InputStream open(Path file, String passphrase) throws IOException {
        InputStream bytes = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            return open(bytes, passphrase);
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    private static InputStream open(InputStream file, String passphrase) throws IOException {
        DataInputStream in = new DataInputStream(file);
        if (!Arrays.equals(in.readNBytes(WORDS.length), WORDS))
            throw new Unreadable("It is no backup of Touchstone, or its first bytes are damaged.");
        byte[] rest = in.readNBytes(2 * Integer.BYTES + SALT_BYTES + KEY_BYTES);
        if (rest.length < 2 * Integer.BYTES + SALT_BYTES + KEY_BYTES)
            throw new Unreadable("It is cut off in its head.");
        ByteBuffer head = ByteBuffer.wrap(rest);
        int memoryKib = head.getInt();
        int passes = head.getInt();
        byte[] salt = new byte[SALT_BYTES];
        byte[] check = new byte[KEY_BYTES];
        head.get(salt).get(check);
        if (memoryKib < 8 || memoryKib > MEMORY_KIB_MAX || passes < 1 || passes > PASSES_MAX)
            throw new Unreadable("Its head is damaged.");
        Keys keys = Keys.derive(passphrase, salt, memoryKib, passes);
        if (!MessageDigest.isEqual(keys.check(), check))
            throw new Unreadable("The passphrase is wrong, or the file's head is damaged.");
        try {
            return keys.streaming().newDecryptingStream(file, head(salt, check, memoryKib, passes));
        } catch (GeneralSecurityException e) {
            throw new IOException("The cipher refused.", e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Every Java has SHA-256.", e);
        }
    }
}
