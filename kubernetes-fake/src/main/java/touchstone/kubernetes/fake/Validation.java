package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Refuses (422) what a server refuses, as far as Jobs like ours could meet it. */
final class Validation {
    private Validation() {}

    static void check(Kind kind, JsonObject object) {
        String name = Json.name(object);
        var at = new Place(kind, name);
        at.name(name);
        at.labels("metadata.labels", Json.map(object, "metadata", "labels"));
        switch (kind) {
            case JOB -> job(at, object);
            case POD -> PodValidation.podSpec(at, "spec", Json.object(object, "spec"));
            case SECRET -> secret(at, object);
            default -> {}
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
        PodValidation.podSpec(at, "spec.template.spec", pod);
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
