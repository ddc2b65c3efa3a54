package touchstone.api.judging;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import touchstone.api.storage.Blobs;

/** Which samples of the hidden test a run got right, as it is kept. */
@Singleton
public final class RightSamples {
    private final Blobs blobs;
    private final ObjectMapper json;

    RightSamples(Blobs blobs, ObjectMapper json) {
        this.blobs = blobs;
        this.json = json;
    }

    /**
     * @param blob of {@code run.correct_blob}
     * @return by fold, a bit for each of its samples
     */
    public Map<String, BitSet> of(String blob) {
        Map<String, String> folds;
        try (Blobs.Content content = blobs.open(blob)) {
            folds = json.readValue(content.stream(), new TypeReference<Map<String, String>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException("What a run got right cannot be read", e);
        }
        Map<String, BitSet> right = new HashMap<>();
        folds.forEach((fold, bits) ->
                right.put(fold, BitSet.valueOf(Base64.getDecoder().decode(bits))));
        return right;
    }
}
