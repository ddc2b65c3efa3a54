package touchstone.api.submission;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Words;
import touchstone.spec.catalogue.Metric;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.job.JobResult;
import touchstone.spec.text.Problem;

/**
 * What is known about the judging of a submission.
 *
 * @param place in the queue, from 1: one less are judged before it, if nobody else comes; null = does not wait
 * @param startsIn from now; null = not known
 * @param score on the public fold; null until scored
 * @param problems why it was rejected
 * @param fault whose fault keeps it waiting and what happens next, in plain words
 * @param seconds by phase: load, train, score
 * @param finalWeights digest; null until trained
 */
public record Judgement(
        State state,
        @Nullable Verdict verdict,
        @Nullable Integer place,
        @Nullable Wait startsIn,
        @Nullable Progress progress,
        List<CurvePoint> curve,
        @Nullable Score score,
        JobResult.@Nullable Validation validation,
        List<Problem> problems,
        List<String> notes,
        @Nullable String fault,
        @Nullable Map<String, Double> seconds,
        @Nullable String finalWeights) {

    /** Nobody has looked at it yet. */
    public static Judgement waiting() {
        return new Judgement(
                State.WAITING, null, null, null, null, List.of(), null, null, List.of(), List.of(), null, null, null);
    }

    Judgement cancelled() {
        return new Judgement(
                State.CANCELLED, null, null, null, null, curve, null, null, List.of(), List.of(), null, null, null);
    }

    /** Where a judging is in its life. */
    public enum State {
        WAITING,
        RUNNING,
        WAITING_ON_US,
        SETTLED,
        CANCELLED;

        @JsonValue
        String word() {
            return Words.of(this);
        }
    }

    /** What a settled judging says. */
    public enum Verdict {
        SCORED,
        REJECTED;

        @JsonValue
        String word() {
            return Words.of(this);
        }
    }

    /** A range of seconds, from how long runs of the task took lately. */
    public record Wait(long fromSeconds, long toSeconds) {

        /** To whole steps of a scale that grows, outwards. */
        public static Wait between(double from, double to) {
            return new Wait(
                    (long) Math.floor(from / step(from)) * step(from), (long) Math.ceil(to / step(to)) * step(to));
        }

        private static long step(double seconds) {
            return seconds <= 60 ? 10 : seconds <= 600 ? 60 : seconds <= 3600 ? 300 : 1800;
        }
    }

    /**
     * Of the attempt that runs.
     *
     * @param phase starting, train, trained or score
     * @param waitsFor why nothing runs although it is its turn, in a sentence; null = something runs, or soon will
     * @param secondsLeft the job's own estimate, coarser the more it is; null = not known yet
     * @param heardSecondsAgo in steps of 15: 0 = within the last 15 seconds; null = not yet. What this record says changes
     *     when something happens, not with every look at it
     */
    public record Progress(
            String phase,
            int epoch,
            int epochs,
            @Nullable String waitsFor,
            @Nullable Double secondsLeft,
            @Nullable Long heardSecondsAgo,
            int attempt) {}

    /** @param halfWidth of the 90% interval: 1.64 standard errors; 0 = not known for this metric */
    public record Score(String metric, double value, double halfWidth, int samples) {
        public static final double STANDARD_ERRORS = 1.64;

        /** The interval is known where the metric is a share of the samples; for others the share's formula would lie. */
        public static Score of(String metric, double value, int samples) {
            if (!Metric.find(metric).map(Metric::isShareOfSamples).orElse(false)) {
                return new Score(metric, value, 0, samples);
            }
            double spread = Math.max(0, value * (1 - value)) / Math.max(1, samples);
            return new Score(metric, value, STANDARD_ERRORS * Math.sqrt(spread), samples);
        }
    }
}
