package touchstone.kubernetes.fake;

import com.google.gson.JsonObject;

/** Leaves an Event about an object, as controllers do for people to read. */
final class Events {
    private Events() {}

    static void warn(Writes writes, Timers timers, JsonObject about, String reason, String message, String source) {
        try {
            writes.create(
                    Kind.EVENT,
                    Json.namespace(about),
                    Json.of(
                            "metadata",
                            Json.of("name", Json.name(about) + "." + Writes.suffix() + Writes.suffix()),
                            "involvedObject",
                            Json.of(
                                    "kind",
                                    Json.string(about, "kind"),
                                    "namespace",
                                    Json.namespace(about),
                                    "name",
                                    Json.name(about),
                                    "uid",
                                    Json.uid(about)),
                            "reason",
                            reason,
                            "message",
                            message,
                            "type",
                            "Warning",
                            "count",
                            1,
                            "firstTimestamp",
                            timers.instant(),
                            "lastTimestamp",
                            timers.instant(),
                            "source",
                            Json.of("component", source)),
                    false);
        } catch (Failure e) {
            // A namespace that is going takes no events either.
        }
    }
}
