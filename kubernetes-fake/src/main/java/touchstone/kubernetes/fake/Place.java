package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.util.Map;
import java.util.regex.Pattern;

/** Where in which object something is wrong; its methods refuse. */
record Place(Kind kind, String name) {
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern LABEL_VALUE = Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?");

    Failure invalid(String field, String what, String why) {
        return Failure.invalid(kind, name, field, what, why);
    }

    void name(String text) {
        if (text.isEmpty()) {
            throw invalid("metadata.name", "Required value", "name or generateName is required");
        }
        boolean isLabel = kind == Kind.NAMESPACE || kind == Kind.SERVICE;
        if (isLabel && (!LABEL.matcher(text).matches() || text.length() > 63)) {
            throw invalid(
                    "metadata.name",
                    "Invalid value",
                    ("\"%s\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
                                    + "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
                                    + "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')")
                            .formatted(text));
        }
        if (!SUBDOMAIN.matcher(text).matches() || text.length() > 253) {
            throw invalid(
                    "metadata.name",
                    "Invalid value",
                    ("\"%s\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
                                    + "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
                                    + "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")
                            .formatted(text));
        }
    }

    void labels(String field, Map<String, String> labels) {
        labels.values().forEach(value -> {
            if (value.length() > 63) {
                throw invalid(field, "Invalid value", "\"%s\": must be no more than 63 bytes".formatted(value));
            }
            if (!LABEL_VALUE.matcher(value).matches()) {
                throw invalid(
                        field,
                        "Invalid value",
                        ("\"%s\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
                                        + "and must start and end with an alphanumeric character")
                                .formatted(value));
            }
        });
    }

    void notNegative(JsonObject spec, String prefix, String field) {
        long number = Json.number(spec, 0, field);
        if (number < 0) {
            throw invalid(prefix + "." + field, "Invalid value", number + ": must be greater than or equal to 0");
        }
    }
}
