package touchstone.api.leaderboard;

import java.util.BitSet;
import java.util.List;
import touchstone.api.submission.Judgement;

/** How sure a difference of two shares of right samples is that were measured on the same samples with the same seeds. */
final class PairedDifference {
    private PairedDifference() {}

    /**
     * Half of the 90% interval: 1.64 standard errors of the mean over samples of the difference, each sample's being the
     * mean over the seeds. Which samples the hidden test happens to hold is in it; what another seed would give is not.
     *
     * @param one by seed, the samples that were right; at least one seed
     * @param other by seed, in the same order
     * @param samples at least two
     */
    static double halfWidth(List<BitSet> one, List<BitSet> other, int samples) {
        int seeds = one.size();
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < samples; i++) {
            int net = 0;
            for (int s = 0; s < seeds; s++) {
                if (one.get(s).get(i)) net++;
                if (other.get(s).get(i)) net--;
            }
            double difference = (double) net / seeds;
            sum += difference;
            squares += difference * difference;
        }
        double variance = Math.max(0, squares - sum * sum / samples) / (samples - 1);
        return Judgement.Score.STANDARD_ERRORS * Math.sqrt(variance / samples);
    }
}
