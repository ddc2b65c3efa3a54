package touchstone.spec.job;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import touchstone.spec.text.Problem;

/** How a command of a job ended by itself: {@code PUT …/result}, idempotent. What ends otherwise is told by the runner. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = JobResult.Trained.class, name = "trained"),
    @JsonSubTypes.Type(value = JobResult.Rejected.class, name = "rejected"),
    @JsonSubTypes.Type(value = JobResult.Scored.class, name = "scored"),
    @JsonSubTypes.Type(value = JobResult.Faulted.class, name = "faulted")
})
public sealed interface JobResult {

    /**
     * The end of {@code train}; its weights were stored before by {@code PUT …/weights}.
     *
     * @param weights digest of the final weights file
     * @param initialWeights digest of the weights that training started from
     * @param seconds by phase: {@code load}, {@code train}
     * @param fingerprint where it ran: library versions, instruction set, threads
     * @param notes sentences for the contestant, such as a rule that never matched
     */
    record Trained(
            String weights,
            String initialWeights,
            Validation validation,
            Map<String, Double> seconds,
            Map<String, String> fingerprint,
            List<String> notes)
            implements JobResult {}

    /** The contestant's mistake, found only in training, such as a loss that is not finite. */
    record Rejected(List<Problem> problems) implements JobResult {}

    /**
     * The end of {@code score}.
     *
     * @param metrics by fold ({@code public}, {@code private}), then by name
     * @param samples by fold: how many samples it holds
     * @param correct by fold: a bit for each sample in the order of its ids, lowest bit first, Base64
     * @param slices by fold; the server's own while the contest runs
     */
    record Scored(
            String weights,
            Map<String, Map<String, Double>> metrics,
            Map<String, Integer> samples,
            Map<String, String> correct,
            Map<String, List<Slice>> slices,
            Map<String, Double> seconds,
            Map<String, String> fingerprint)
            implements JobResult {}

    /** A fault that is not the contestant's: {@code fault} is {@code ours}, {@code limit} or {@code organizer}. */
    record Faulted(String fault, String detail) implements JobResult {}

    /** Final weights on the public validation set. {@code confusion[given][predicted]} counts samples. */
    record Validation(Map<String, Double> metrics, List<ClassScore> classes, int[][] confusion, List<Slice> slices) {}

    /** @param recall share of the class's samples that were predicted so, 0 to 1; {@code samples} = how many there are */
    record ClassScore(String name, int samples, double recall) {}

    /** The samples that have one value in one metadata column. @param accuracy share of them predicted right, 0 to 1 */
    record Slice(String column, String value, int samples, double accuracy) {}
}
