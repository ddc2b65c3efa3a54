package touchstone.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;

/** Follows a submission to its end. */
final class Watch {
    /** Costs the server next to nothing: it answers "unchanged". */
    private static final Duration PERIOD = Duration.ofSeconds(2);

    private Watch() {}

    /** @param progress gets a line whenever something has changed */
    static JsonNode toTheEnd(ApiClient server, String path, PrintStream progress) {
        ApiClient.Answer answer = server.get(path);
        String told = "";
        while (true) {
            JsonNode submission = answer.json();
            if (SubmissionText.isOver(submission)) return submission;
            String line = SubmissionText.of(submission);
            if (!line.equals(told)) progress.println(line);
            told = line;
            answer = changed(server, path, answer);
        }
    }

    private static ApiClient.Answer changed(ApiClient server, String path, ApiClient.Answer before) {
        while (true) {
            server.pause(PERIOD);
            Optional<ApiClient.Answer> now = server.getChanged(path, before.tag());
            if (now.isPresent()) return now.get();
        }
    }
}
