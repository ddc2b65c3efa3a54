package touchstone.api.judging;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import touchstone.spec.task.Publication;
import touchstone.spec.text.Problem;

/**
 * What the plain strategy scores under a version, for its organizers: the private fold stands here too.
 *
 * @param digest of the version that was tried out
 * @param submission the plain strategy's, by the organizer's baseline team
 * @param seedsDone of {@code seeds}
 * @param fault why it waits on somebody; null = it does not
 * @param problems why the plain strategy was rejected
 * @param scores by the ranking metric, one a fold; empty until a seed is done
 * @param secondsASeed null until a seed is done
 * @param differences null until all seeds are done, and when what they got right is not kept any more
 * @param duplicates samples that are in the hidden test and outside of it; null = not looked for
 */
record TryOutReport(
        int version,
        String digest,
        String submission,
        Instant begun,
        String state,
        int seeds,
        int seedsDone,
        @Nullable String fault,
        List<Problem> problems,
        String metric,
        List<Score> scores,
        @Nullable Seconds secondsASeed,
        @Nullable Differences differences,
        Publication.@Nullable Duplicates duplicates) {

    /** @param spread standard deviation over the seeds; null = of one seed there is none */
    record Score(
            String fold, int seeds, double mean, @Nullable Double spread, double least, double most) {}

    /** Of the commands, without the wait in the queue. */
    record Seconds(double mean, double most) {}

    /**
     * Of accuracies, also where another metric ranks.
     *
     * @param discordance share of samples on which two strategies are taken to differ
     * @param seedVariance of the true accuracy between seeds
     */
    record Differences(double discordance, double seedVariance, List<Smallest> smallest) {}

    /**
     * @param seeds that a judging trains there
     * @param difference the smallest that is found in 4 of 5 cases by a test at 5%
     */
    record Smallest(String fold, int samples, int seeds, double difference) {}
}
