package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** Refuses (422) what a server refuses, as far as Jobs like ours could meet it. */
final class Validation {
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern LABEL_VALUE = Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?");

    private Validation() {}

    static void check(Kind kind, JsonObject object) {
        String name = Json.name(object);
        var at = new Place(kind, name);
        at.name(name);
        at.labels("metadata.labels", Json.map(object, "metadata", "labels"));
        switch (kind) {
            case JOB -> job(at, object);
            case POD -> podSpec(at, "spec", Json.object(object, "spec"));
            case SECRET -> secret(at, object);
            default -> {}
        }
    }

    /** Where in which object; its methods refuse. */
    private record Place(Kind kind, String name) {
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

    private static void job(Place at, JsonObject job) {
        JsonObject spec = Json.object(job, "spec");
        for (String field : List.of(
                "parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished")) {
            at.notNegative(spec, "spec", field);
        }
        at.labels("spec.template.labels", Json.map(spec, "template", "metadata", "labels"));
        JsonObject pod = Json.object(spec, "template", "spec");
        String restart = Json.string(pod, "restartPolicy");
        if (restart.isEmpty() || restart.equals("Always")) {
            throw at.invalid(
                    "spec.template.spec.restartPolicy",
                    restart.isEmpty() ? "Required value" : "Unsupported value",
                    restart.isEmpty()
                            ? "valid values: \"OnFailure\", \"Never\""
                            : "\"Always\": supported values: \"OnFailure\", \"Never\"");
        }
        podSpec(at, "spec.template.spec", pod);
    }

    private static void podSpec(Place at, String prefix, JsonObject spec) {
        if (Json.objects(spec, "containers").isEmpty()) {
            throw at.invalid(prefix + ".containers", "Required value", "");
        }
        if (Json.has(spec, "activeDeadlineSeconds") && Json.number(spec, 0, "activeDeadlineSeconds") < 1) {
            throw at.invalid(
                    prefix + ".activeDeadlineSeconds",
                    "Invalid value",
                    Json.number(spec, 0, "activeDeadlineSeconds") + ": must be between 1 and 2147483647, inclusive");
        }
        Set<String> volumes = new HashSet<>();
        for (JsonObject volume : Json.objects(spec, "volumes")) {
            volumes.add(Json.string(volume, "name"));
        }
        Set<String> names = new HashSet<>();
        for (String list : List.of("initContainers", "containers")) {
            int i = 0;
            for (JsonObject container : Json.objects(spec, list)) {
                String field = "%s.%s[%d]".formatted(prefix, list, i++);
                if (!names.add(Json.string(container, "name"))) {
                    throw at.invalid(field + ".name", "Duplicate value", "\"" + Json.string(container, "name") + "\"");
                }
                container(at, field, container, volumes);
            }
        }
    }

    private static void container(Place at, String field, JsonObject container, Set<String> volumes) {
        if (Json.string(container, "name").isEmpty()) {
            throw at.invalid(field + ".name", "Required value", "");
        }
        if (!LABEL.matcher(Json.string(container, "name")).matches()) {
            throw at.invalid(
                    field + ".name",
                    "Invalid value",
                    "\"%s\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'"
                            .formatted(Json.string(container, "name")));
        }
        if (Json.string(container, "image").isEmpty()) {
            throw at.invalid(field + ".image", "Required value", "");
        }
        int i = 0;
        for (JsonObject mount : Json.objects(container, "volumeMounts")) {
            if (!volumes.contains(Json.string(mount, "name"))) {
                throw at.invalid(
                        "%s.volumeMounts[%d].name".formatted(field, i),
                        "Not found: \"" + Json.string(mount, "name") + "\"",
                        "");
            }
            i++;
        }
        resources(at, field + ".resources", Json.object(container, "resources"));
    }

    private static void resources(Place at, String field, JsonObject resources) {
        Map<String, BigDecimal> limits = Amounts.of(resources, "limits");
        Amounts.of(resources, "requests").forEach((name, request) -> {
            BigDecimal limit = limits.get(name);
            boolean isExtended = name.contains("/");
            if (isExtended && limit == null) {
                throw at.invalid(
                        field + ".limits", "Required value", "Limit must be set for non overcommitable resources");
            }
            if (isExtended && limit != null && limit.compareTo(request) != 0) {
                throw at.invalid(
                        field + ".requests",
                        "Invalid value",
                        "\"%s\": must be equal to %s limit of %s"
                                .formatted(Amounts.text(request), name, Amounts.text(limit)));
            }
            if (isExtended && request.stripTrailingZeros().scale() > 0) {
                throw at.invalid(
                        "%s.limits[%s]".formatted(field, name),
                        "Invalid value",
                        "\"%s\": must be an integer".formatted(Json.string(resources, "requests", name)));
            }
            if (limit != null && limit.compareTo(request) < 0) {
                throw at.invalid(
                        field + ".requests",
                        "Invalid value",
                        "\"%s\": must be less than or equal to %s limit of %s"
                                .formatted(
                                        Json.string(resources, "requests", name),
                                        name,
                                        Json.string(resources, "limits", name)));
            }
        });
    }

    private static void secret(Place at, JsonObject secret) {
        Json.map(secret, "data").forEach((key, value) -> {
            try {
                Base64.getDecoder().decode(value);
            } catch (IllegalArgumentException e) {
                throw Failure.badRequest(
                        "Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data at input byte 0");
            }
            if (!key.matches("[-._a-zA-Z0-9]+")) {
                throw at.invalid(
                        "data[%s]".formatted(key),
                        "Invalid value",
                        "\"%s\": a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
                                .formatted(key));
            }
        });
    }

    /** Refuses changes of what is fixed once it is made. */
    static void checkChange(Kind kind, String part, JsonObject before, JsonObject after) {
        var at = new Place(kind, Json.name(before));
        if (part.equals("status")) {
            statusChange(at, before, after);
            return;
        }
        switch (kind) {
            case JOB -> jobChange(at, Json.object(before, "spec"), Json.object(after, "spec"));
            case POD -> podChange(at, Json.object(before, "spec"), Json.object(after, "spec"));
            case SECRET -> secretChange(at, before, after);
            default -> {}
        }
    }

    private static void statusChange(Place at, JsonObject before, JsonObject after) {
        String started = Json.string(before, "status", "startTime");
        if (at.kind() == Kind.JOB
                && !started.isEmpty()
                && !Json.flag(before, "spec", "suspend")
                && !started.equals(Json.string(after, "status", "startTime"))) {
            throw at.invalid(
                    "status.startTime", "Required value", "startTime cannot be removed or changed for unsuspended job");
        }
    }

    private static void jobChange(Place at, JsonObject before, JsonObject after) {
        for (String field :
                List.of("completions", "selector", "template", "completionMode", "podFailurePolicy", "managedBy")) {
            boolean mayChange = field.equals("template") && Json.flag(before, "suspend");
            if (!mayChange && !same(before, after, field)) {
                throw at.invalid(
                        "spec." + field,
                        "Invalid value",
                        "%s: field is immutable".formatted(after.has(field) ? Json.text(after.get(field)) : "null"));
            }
        }
    }

    private static void podChange(Place at, JsonObject before, JsonObject after) {
        for (String field : Set.copyOf(before.keySet())) {
            boolean mayChange = Set.of("containers", "initContainers", "activeDeadlineSeconds", "tolerations")
                    .contains(field);
            if (!mayChange && !same(before, after, field)) {
                throw at.invalid(
                        "spec",
                        "Forbidden",
                        "pod updates may not change fields other than `spec.containers[*].image`,"
                                + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
                                + "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
                                + "previously negative)");
            }
        }
    }

    private static void secretChange(Place at, JsonObject before, JsonObject after) {
        if (!same(before, after, "type")) {
            throw at.invalid(
                    "type", "Invalid value", "\"%s\": field is immutable".formatted(Json.string(after, "type")));
        }
        if (Json.flag(before, "immutable") && !same(before, after, "data")) {
            throw at.invalid("data", "Forbidden", "field is immutable when `immutable` is set");
        }
    }

    private static boolean same(JsonObject before, JsonObject after, String field) {
        return Objects.equals(before.get(field), after.get(field));
    }
}
