package touchstone.api.submission;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.spec.job.CheckReport;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.job.JobResult;
import touchstone.spec.text.Problem;

/** A submission as its team sees it. */
record SubmissionView(
        UUID id,
        int number,
        String task,
        int version,
        String team,
        String title,
        String strategy,
        Instant uploaded,
        Judgement.State state,
        Judgement.@Nullable Verdict verdict,
        @Nullable Integer place,
        Judgement.@Nullable Progress progress,
        List<CurvePoint> curve,
        Judgement.@Nullable Score score,
        JobResult.@Nullable Validation validation,
        List<String> classes,
        List<Problem> problems,
        List<String> notes,
        CheckReport.@Nullable Diff diff,
        @Nullable String fault,
        @Nullable Map<String, Double> seconds,
        Digests digests) {

    record Digests(
            String task,
            String strategy,
            String initialWeights,
            @Nullable String finalWeights) {}

    static SubmissionView of(Submission submission, Judgement judged) {
        Judgement judgement = submission.withdrawn() == null ? judged : judged.cancelled();
        return new SubmissionView(
                submission.id(),
                submission.number(),
                submission.taskSlug(),
                submission.version(),
                submission.teamName(),
                submission.title(),
                submission.strategy(),
                submission.accepted(),
                judgement.state(),
                judgement.verdict(),
                judgement.place(),
                judgement.progress(),
                judgement.curve(),
                judgement.score(),
                judgement.validation(),
                submission.file().data().classes(),
                judgement.problems(),
                judgement.notes(),
                submission.report().diff(),
                judgement.fault(),
                judgement.seconds(),
                new Digests(
                        submission.taskDigest(),
                        submission.strategy(),
                        submission.initialWeights(),
                        judgement.finalWeights()));
    }
}
