package touchstone.api.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is wrong in a JSON body, for the one who wrote it: what the library says names our classes. */
public final class BodyMistake {
    private static final int SHOWN_MAX = 60;

    private BodyMistake() {}

    public static String sentence(JacksonException mistake) {
        if (mistake instanceof UnrecognizedPropertyException unknown)
            return quoted(unknown.getPropertyName()) + " is not known in the JSON body. Known are: "
                    + unknown.getKnownPropertyIds().stream()
                            .map(String::valueOf)
                            .sorted()
                            .collect(Collectors.joining(", "))
                    + ".";
        if (mistake instanceof JsonMappingException mapping) {
            String place = path(mapping.getPath());
            return place.isEmpty()
                    ? "The JSON body is not of the kind that is needed here, see /openapi.json."
                    : quoted(place) + " in the JSON body has a value of the wrong kind" + wanted(mapping);
        }
        return "The body is not JSON" + place(mistake.getLocation()) + ".";
    }

    private static String wanted(JsonMappingException mistake) {
        Class<?> type = mistake instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        if (type == Instant.class) return "; write a moment as \"2026-12-24T18:00:00Z\".";
        if (type == Integer.class || type == Long.class) return "; write a whole number.";
        if (type == Boolean.class) return "; write true or false.";
        return ", see /openapi.json.";
    }

    private static String place(@Nullable JsonLocation at) {
        return at == null ? "" : ": line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private static String path(List<JsonMappingException.Reference> path) {
        StringBuilder written = new StringBuilder();
        for (JsonMappingException.Reference step : path) {
            if (step.getFieldName() == null)
                written.append('[').append(step.getIndex()).append(']');
            else written.append(written.isEmpty() ? "" : ".").append(step.getFieldName());
        }
        return written.toString();
    }

    /** As somebody sent it: shortened, and nothing in it that a terminal obeys. */
    static String quoted(String sent) {
        String shown = sent.length() > SHOWN_MAX ? sent.substring(0, SHOWN_MAX) + "…" : sent;
        return '"' + shown.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Cs}]", "?") + '"';
    }
}
