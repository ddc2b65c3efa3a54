package touchstone.kubernetes.fake;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What goes wrong with a call to the API. */
public sealed interface Fault {
    /** The call is answered with this status; {@code retryAfter} becomes the header of that name. */
    record Answer(
            int code,
            String reason,
            String message,
            @Nullable Duration retryAfter) implements Fault {}

    /** The call is done, but only after this time. */
    record Slow(Duration by) implements Fault {}

    /** The connection is cut before anything is done. */
    record Cut() implements Fault {}

    /** The call is done and the connection cut instead of an answer: the caller cannot know. */
    record AnswerLost() implements Fault {}

    static Fault tooManyRequests(Duration retryAfter) {
        return new Answer(429, "TooManyRequests", "Too many requests, please try again later.", retryAfter);
    }

    static Fault internalError() {
        return new Answer(500, "InternalError", "Internal error occurred: etcdserver: leader changed", null);
    }

    static Fault unavailable() {
        return new Answer(503, "ServiceUnavailable", "the server is currently unable to handle the request", null);
    }

    /** What a watch from too far back or a list that went on too long is told. */
    static Fault gone() {
        return new Answer(410, "Expired", "The resourceVersion for the provided watch is too old.", null);
    }
}
