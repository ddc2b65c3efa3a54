package touchstone.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** A submission as the server shows it, in a line or a few, and the exit code that it stands for. */
final class SubmissionText {
    private SubmissionText() {}

    /** Where it stands now. */
    static String of(JsonNode submission) {
        return switch (submission.path("state").asText()) {
            case "waiting" -> waiting(submission);
            case "running" -> running(submission);
            case "waiting-on-us" -> "It waits for the server's operator: " + fault(submission);
            case "cancelled" -> "Cancelled.";
            case "settled" -> settled(submission);
            default -> submission.path("state").asText();
        };
    }

    private static String waiting(JsonNode submission) {
        JsonNode place = submission.path("place");
        String sentence = (place.isNumber() ? "Waiting, number " + place.asInt() + " in the queue." : "Waiting.")
                + starts(submission);
        return fault(submission).isEmpty() ? sentence : sentence + " " + fault(submission);
    }

    private static String starts(JsonNode submission) {
        JsonNode range = submission.path("startsIn");
        if (!range.isObject()) return "";
        long from = range.path("fromSeconds").asLong();
        long to = range.path("toSeconds").asLong();
        if (to <= 0) return " It starts now.";
        return from <= 0
                ? " It should start within " + length(to) + "."
                : " It should start in " + length(from) + " to " + length(to) + ".";
    }

    /** A length of time in one or two words: "8 s", "4 min", "3 h 20 min". */
    private static String length(long seconds) {
        if (seconds < 60) return seconds + " s";
        long minutes = Math.round(seconds / 60.0);
        if (minutes < 60) return minutes + " min";
        return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }

    private static String running(JsonNode submission) {
        JsonNode progress = submission.path("progress");
        if (!fault(submission).isEmpty()) return fault(submission);
        return switch (progress.path("phase").asText()) {
            case "train" -> training(progress);
            case "trained", "score" -> "Scoring.";
            default -> "Starting.";
        };
    }

    private static String training(JsonNode progress) {
        int epochs = progress.path("epochs").asInt();
        if (epochs == 0) return "Starting.";
        return "Training, epoch " + progress.path("epoch").asInt() + " of " + epochs + "." + left(progress);
    }

    private static String left(JsonNode progress) {
        JsonNode seconds = progress.path("secondsLeft");
        return seconds.isNumber() ? " About " + Math.round(seconds.asDouble()) + " s left." : "";
    }

    private static String settled(JsonNode submission) {
        if (submission.path("verdict").asText().equals("rejected")) {
            StringBuilder text = new StringBuilder("Rejected.");
            for (JsonNode problem : submission.path("problems"))
                text.append("\n  ").append(ApiClient.problem(problem));
            return text.toString();
        }
        JsonNode score = submission.path("score");
        String number = String.format(Locale.ROOT, "%.4f", score.path("value").asDouble());
        double halfWidth = score.path("halfWidth").asDouble();
        String spread = halfWidth > 0 ? String.format(Locale.ROOT, " ± %.4f", halfWidth) : "";
        return "Scored: " + score.path("metric").asText() + " " + number + spread + ".";
    }

    private static String fault(JsonNode submission) {
        return submission.path("fault").isTextual() ? submission.path("fault").asText() : "";
    }

    /** Whether nothing more will come of it without a person. */
    static boolean isOver(JsonNode submission) {
        return switch (submission.path("state").asText()) {
            case "settled", "cancelled", "waiting-on-us" -> true;
            default -> false;
        };
    }

    static int exit(JsonNode submission) {
        return switch (submission.path("state").asText()) {
            case "cancelled" -> Exit.REFUSED;
            case "waiting-on-us" -> Exit.FAULT;
            case "settled" -> submission.path("verdict").asText().equals("scored") ? Exit.DONE : Exit.REFUSED;
            default -> Exit.DONE;
        };
    }
}
