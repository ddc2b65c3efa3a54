package touchstone.api.judging;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Words;
import touchstone.spec.strategy.Strategy.Part;

/** What a judging of an ablation leaves out, as {@code judging.variant} keeps it. */
public enum Variant {
    WITHOUT_SAMPLES(Part.SAMPLES),
    WITHOUT_LABELS(Part.LABELS),
    WITHOUT_WEIGHTS(Part.WEIGHTS);

    /** In {@code judging.variant}: nothing is left out. */
    static final String WHOLE = "";

    private final Part part;

    Variant(Part part) {
        this.part = part;
    }

    @JsonValue
    public String word() {
        return Words.of(this);
    }

    /** @param variant as the database keeps it; null = the strategy is trained whole */
    static @Nullable Part leftOut(String variant) {
        return variant.equals(WHOLE) ? null : Words.parse(Variant.class, variant).part;
    }

    /** One for each part that the strategy has: without the others it would be trained as it is. */
    static List<Variant> of(JsonNode checkReport) {
        List<String> rules = checkReport.at("/diff/rules").findValuesAsText("where");
        return Arrays.stream(values())
                .filter(variant -> rules.stream().anyMatch(rule -> rule.startsWith(variant.part.word())))
                .toList();
    }
}
