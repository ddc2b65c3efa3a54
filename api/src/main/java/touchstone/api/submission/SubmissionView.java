package touchstone.api.submission;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.spec.job.CheckReport;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.job.JobResult;
import touchstone.spec.text.Problem;

/**
 * A submission as its team sees it.
 *
 * @param cost whether it was charged, given back, and why
 * @param sentBefore says in words that nothing was made, as the team had submitted this very strategy before; else null
 */
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
        Judgement.@Nullable Wait startsIn,
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
        Cost cost,
        @Nullable String sentBefore,
        Digests digests) {

    /** @param why a sentence */
    record Cost(boolean charged, boolean refunded, String why) {}

    record Digests(
            String task,
            String strategy,
            String initialWeights,
            @Nullable String finalWeights) {}

    static SubmissionView of(Submission submission, Judgement judged) {
        return of(submission, judged, null);
    }

    /** What is answered to a strategy that the team has submitted before. */
    static SubmissionView again(Submission submission, Judgement judged) {
        return of(
                submission,
                judged,
                "Your team submitted this very strategy before, as number " + submission.number() + " at "
                        + submission.accepted().truncatedTo(ChronoUnit.SECONDS)
                        + ". This is what became of it; nothing new was made, and nothing is charged.");
    }

    private static SubmissionView of(Submission submission, Judgement judged, @Nullable String sentBefore) {
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
                judgement.startsIn(),
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
                cost(submission.charge(), judgement),
                sentBefore,
                new Digests(
                        submission.taskDigest(),
                        submission.strategy(),
                        submission.initialWeights(),
                        judgement.finalWeights()));
    }

    private static Cost cost(@Nullable Charge charge, Judgement judgement) {
        if (charge == null) return new Cost(false, false, "It cost nothing.");
        if (charge.refunded() != null)
            return new Cost(true, true, "One submission was charged and given back: " + charge.refundReason() + ".");
        return new Cost(
                true,
                false,
                switch (judgement.state()) {
                    case CANCELLED -> "It cost one submission: it had begun when it was cancelled.";
                    case WAITING, RUNNING ->
                        "It cost one submission, which is given back when it fails by a fault of ours or is cancelled before it"
                                + " starts.";
                    case WAITING_ON_US, SETTLED -> "It cost one submission.";
                });
    }
}
