package touchstone.api.judging;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import touchstone.spec.job.JobResult;
import touchstone.spec.text.Problem;

/**
 * What a settled judging tells, over all its runs.
 *
 * @param problems why it was rejected; empty when it was scored
 * @param validation on the public validation set: means over the runs, and the sum of their confusions
 * @param notes sentences for the contestant, such as a rule that never matched
 * @param seconds by phase, means over the runs
 * @param finalWeights digest of the first run's final weights
 */
public record JudgingDocument(
        List<Problem> problems,
        JobResult.@Nullable Validation validation,
        List<String> notes,
        Map<String, Double> seconds,
        @Nullable String finalWeights) {
    public JudgingDocument {
        problems = List.copyOf(problems);
        notes = List.copyOf(notes);
        seconds = Map.copyOf(seconds);
    }

    static JudgingDocument rejected(List<Problem> problems) {
        return new JudgingDocument(problems, null, List.of(), Map.of(), null);
    }
}
