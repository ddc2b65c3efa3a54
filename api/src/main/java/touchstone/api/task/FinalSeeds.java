package touchstone.api.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.storage.DataFolder;
import touchstone.api.storage.Database;
import touchstone.api.storage.Digests;
import touchstone.spec.task.TaskFile;

/**
 * The secret seeds of the final, the same for everyone. They are drawn when a version is published and sealed with the
 * server's key; their hash is public from the start, so that nobody can choose other seeds later.
 */
@Singleton
public final class FinalSeeds {
    private static final Logger log = LoggerFactory.getLogger(FinalSeeds.class);

    /** A number that every JSON reader holds exactly. */
    private static final long SEED_BOUND = 1L << 53;

    private static final int NONCE_BYTES = 16;
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final Database database;
    private final DataFolder folder;
    private final ObjectMapper json;
    private final SecureRandom random;
    private final InstantSource clock;

    FinalSeeds(Database database, DataFolder folder, ObjectMapper json, SecureRandom random, InstantSource clock) {
        this.database = database;
        this.folder = folder;
        this.json = json;
        this.random = random;
        this.clock = clock;
    }

    /** @param nonce hex; without it the hash of a few numbers could be searched */
    public record Opened(String nonce, List<Long> seeds) {
        public Opened {
            seeds = List.copyOf(seeds);
        }

        /** What the published hash is the SHA-256 of: nonce and seeds with a space between. */
        String text() {
            return Stream.concat(Stream.of(nonce), seeds.stream().map(String::valueOf))
                    .collect(Collectors.joining(" "));
        }
    }

    /**
     * What everybody may see.
     *
     * @param hash SHA-256, hex, of the nonce and the seeds with a space between; null = drawn in a moment
     * @param nonce null until the seeds are revealed
     * @param nextHash the same hash for another final, under a version published since; null = there is none
     */
    public record View(
            @Nullable String hash,
            @Nullable String nonce,
            @Nullable List<Long> seeds,
            @Nullable String nextHash) {}

    /** Draws the seeds of a version that has none; those that are drawn stay. */
    public void draw(UUID task, int version, int count) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        List<Long> seeds = random.longs(count, 1, SEED_BOUND).boxed().toList();
        Opened drawn = new Opened(HexFormat.of().formatHex(nonce), seeds);
        database.change(
                "update task_version set sealed_seeds = ?, seeds_hash = ? where task = ? and n = ? and sealed_seeds is null",
                seal(drawn, task, version),
                Digests.of(drawn.text()),
                task,
                version);
    }

    /** For versions that were published before seeds were drawn. */
    public void drawMissing() {
        record Version(UUID task, int n, TaskFile file) {}
        database.list(
                        "select task, n, document from task_version where sealed_seeds is null limit 100",
                        row -> new Version(
                                row.uuid("task"), row.integer("n"), read(row.text("document"), TaskFile.class)))
                .forEach(version -> draw(
                        version.task(),
                        version.n(),
                        version.file().recipe().seeds().finals()));
    }

    /** For the jobs of a final, and for everybody once they are revealed. */
    public Opened open(UUID task, int version) {
        String sealed = database.get(
                "select sealed_seeds from task_version where task = ? and n = ?",
                row -> row.text("sealed_seeds"),
                task,
                version);
        return unseal(sealed, task, version);
    }

    /** Of the version that the final was judged under, whatever was published later; before a final of the current one. */
    View view(TaskVersion task) {
        Optional<Integer> ofFinal = versionOfFinal(task);
        int version = ofFinal.orElse(task.version());
        String hash = hash(task.task(), version);
        String next = version == task.version() ? null : hash(task.task(), task.version());
        if (hash == null || !areRevealed(task, ofFinal.isPresent())) return new View(hash, null, null, next);
        try {
            Opened opened = open(task.task(), version);
            return new View(hash, opened.nonce(), opened.seeds(), next);
        } catch (IllegalStateException e) {
            log.error("the seeds of {} cannot be revealed", task.slug(), e);
            return new View(hash, null, null, next);
        }
    }

    private @Nullable String hash(UUID task, int version) {
        return database.get(
                        "select seeds_hash from task_version where task = ? and n = ?",
                        row -> Optional.ofNullable(row.findText("seeds_hash")),
                        task,
                        version)
                .orElse(null);
    }

    /** Nobody can submit any more, and the final is applied or its time has come. */
    private boolean areRevealed(TaskVersion task, boolean finalIsApplied) {
        Instant now = clock.instant();
        if (task.stateAt(now) != TaskVersion.State.CLOSED) return false;
        Instant reveals = task.file().phases().reveals();
        return reveals != null && !now.isBefore(reveals) || finalIsApplied;
    }

    private Optional<Integer> versionOfFinal(TaskVersion task) {
        return database.find("""
                        select version from judging_set
                        where task = ? and kind = 'final' and state = 'applied' and version is not null
                        order by applied_seq desc
                        """, row -> row.integer("version"), task.task());
    }

    private String seal(Opened opened, UUID task, int version) {
        try {
            byte[] iv = new byte[IV_BYTES];
            random.nextBytes(iv);
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, iv, task, version)
                    .doFinal(json.writeValueAsString(opened).getBytes(StandardCharsets.UTF_8));
            Base64.Encoder base64 = Base64.getEncoder();
            return base64.encodeToString(iv) + ":" + base64.encodeToString(sealed);
        } catch (GeneralSecurityException | JsonProcessingException e) {
            throw new IllegalStateException("The final's seeds could not be sealed.", e);
        }
    }

    private Opened unseal(String sealed, UUID task, int version) {
        String[] parts = sealed.split(":");
        Base64.Decoder base64 = Base64.getDecoder();
        try {
            byte[] plain = cipher(Cipher.DECRYPT_MODE, base64.decode(parts[0]), task, version)
                    .doFinal(base64.decode(parts[1]));
            return read(new String(plain, StandardCharsets.UTF_8), Opened.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "The final's seeds of version " + version + " of task " + task
                            + " cannot be opened with this server's key file. Was it changed?",
                    e);
        }
    }

    /** Bound to the version: sealed seeds moved to another row do not open. */
    private Cipher cipher(int mode, byte[] iv, UUID task, int version) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key(), "AES"), new GCMParameterSpec(TAG_BITS, iv));
        cipher.updateAAD((task + "|" + version).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    /** A key for this purpose alone, made from the server's. */
    private byte[] key() throws GeneralSecurityException {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Files.readAllBytes(folder.keyFile()), "HmacSHA256"));
            return mac.doFinal("final seeds".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("The server's key file " + folder.keyFile() + " cannot be read.", e);
        }
    }

    private <T> T read(String text, Class<T> type) {
        try {
            return json.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored " + type.getSimpleName() + " cannot be read.", e);
        }
    }
}
