package touchstone.kubernetes.fake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A refusal, told as Kubernetes tells it: an HTTP status and a {@code Status} object. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int code;
    private final transient JsonObject status;

    private Failure(int code, String reason, String message, @Nullable JsonObject details) {
        super(message, null, false, false);
        this.code = code;
        this.status = Json.of(
                "kind",
                "Status",
                "apiVersion",
                "v1",
                "metadata",
                new JsonObject(),
                "status",
                "Failure",
                "message",
                message,
                "reason",
                reason.isEmpty() ? null : reason,
                "details",
                details,
                "code",
                code);
    }

    int code() {
        return code;
    }

    JsonObject status() {
        return status;
    }

    static Failure of(int code, String reason, String message) {
        return new Failure(code, reason, message, null);
    }

    static Failure of(int code, String reason, String message, @Nullable Duration retryAfter) {
        return new Failure(
                code,
                reason,
                message,
                retryAfter == null ? null : Json.of("retryAfterSeconds", retryAfter.toSeconds()));
    }

    static Failure badRequest(String message) {
        return of(400, "BadRequest", message);
    }

    static Failure unauthorized() {
        return of(401, "Unauthorized", "Unauthorized");
    }

    static Failure noSuchPath() {
        return new Failure(404, "NotFound", "the server could not find the requested resource", new JsonObject());
    }

    static Failure notFound(Kind kind, String name) {
        return new Failure(
                404, "NotFound", "%s \"%s\" not found".formatted(kind.qualified(), name), kind.details(name));
    }

    static Failure alreadyExists(Kind kind, String name) {
        return new Failure(
                409, "AlreadyExists", "%s \"%s\" already exists".formatted(kind.qualified(), name), kind.details(name));
    }

    static Failure modified(Kind kind, String name) {
        return conflict(
                kind,
                name,
                "the object has been modified; please apply your changes to the latest version and try again");
    }

    static Failure conflict(Kind kind, String name, String why) {
        return new Failure(
                409,
                "Conflict",
                "Operation cannot be fulfilled on %s \"%s\": %s".formatted(kind.qualified(), name, why),
                kind.details(name));
    }

    static Failure forbidden(Kind kind, String name, String why) {
        String subject = name.isEmpty() ? kind.qualified() : "%s \"%s\"".formatted(kind.qualified(), name);
        return new Failure(403, "Forbidden", subject + " is forbidden: " + why, kind.details(name));
    }

    static Failure terminating(Kind kind, String name, String namespace) {
        JsonObject details = kind.details(name);
        details.add(
                "causes",
                Json.array(Json.of(
                        "reason",
                        "NamespaceTerminating",
                        "message",
                        "namespace %s is being terminated".formatted(namespace),
                        "field",
                        "metadata.namespace")));
        return new Failure(
                403,
                "Forbidden",
                "%s \"%s\" is forbidden: unable to create new content in namespace %s because it is being terminated"
                        .formatted(kind.qualified(), name, namespace),
                details);
    }

    /** {@code what} is such as {@code Required value}, {@code why} what follows it. */
    static Failure invalid(Kind kind, String name, String field, String what, String why) {
        String told = why.isEmpty() ? what : what + ": " + why;
        String reason =
                switch (what) {
                    case "Required value" -> "FieldValueRequired";
                    case "Forbidden" -> "FieldValueForbidden";
                    default -> what.startsWith("Not found") ? "FieldValueNotFound" : "FieldValueInvalid";
                };
        JsonObject details =
                Json.of("name", name, "group", kind.group().isEmpty() ? null : kind.group(), "kind", kind.kind());
        var causes = new JsonArray();
        causes.add(Json.of("reason", reason, "message", told, "field", field));
        details.add("causes", causes);
        String singular = kind.group().isEmpty() ? kind.kind() : kind.kind() + "." + kind.group();
        return new Failure(
                422, "Invalid", "%s \"%s\" is invalid: %s: %s".formatted(singular, name, field, told), details);
    }

    static Failure expired(String message) {
        return of(410, "Expired", message);
    }
}
