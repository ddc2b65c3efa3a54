package touchstone.api.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Set;

/** The server's secret: who has it can make job tokens. Nobody but the owner may read it. */
public final class KeyFile {
    private static final int BYTES = 32;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private KeyFile() {}

    /** Makes a new one; one that exists is never overwritten. */
    public static void create(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        writeOwnerOnly(file, key, StandardOpenOption.CREATE_NEW);
    }

    /**
     * Puts a key that was made elsewhere, such as a mounted secret that its group may read, where the server wants it. Done
     * twice it changes nothing; another key than the one that is there is refused.
     */
    public static void take(Path from, Path file) throws IOException {
        byte[] key = Files.readAllBytes(from);
        if (key.length < BYTES)
            throw new Refused("The key in " + from + " is too short: it must be " + BYTES
                    + " random bytes, as \"openssl rand " + BYTES + "\" makes them.");
        if (Files.exists(file)) {
            if (!MessageDigest.isEqual(key, Files.readAllBytes(file)))
                throw new Refused(file + " is another key than " + from
                        + "; what was sealed with it needs it. Remove the one that is wrong.");
            Files.setPosixFilePermissions(file, OWNER_ONLY);
            return;
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path half = file.resolveSibling(file.getFileName() + ".half");
        Files.deleteIfExists(half);
        writeOwnerOnly(half, key, StandardOpenOption.CREATE_NEW);
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Says in one sentence what is wrong with it, when something is. */
    public static void require(Path file) throws IOException {
        if (!Files.isRegularFile(file))
            throw new Refused("There is no key file " + file + ". Run \"touchstone init --data "
                    + file.toAbsolutePath().getParent() + "\" first.");
        if (Files.size(file) < BYTES) throw new Refused("The key file " + file + " is too short; it is damaged.");
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (!OWNER_ONLY.containsAll(permissions))
            throw new Refused("The key file " + file + " can be read by others ("
                    + PosixFilePermissions.toString(permissions) + "). Run: chmod 600 " + file);
    }

    /** Writes a file that only its owner may read, from its first byte on. */
    public static void writeOwnerOnly(Path file, byte[] content, StandardOpenOption how) throws IOException {
        try (var channel = Files.newByteChannel(
                file, Set.of(how, StandardOpenOption.WRITE), PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
            channel.write(ByteBuffer.wrap(content));
        }
    }
}
