package touchstone.evaluator.augmentation;

import java.util.Arrays;

/**
 * What one mixing step did to a batch.
 *
 * @param partner the place that each place was mixed with
 * @param own the share that stayed its own; 1 where it was not mixed
 */
public record Mixing(int[] partner, float[] own) {

    /** The same mix of rows, one a place: {@code own * row + (1 - own) * the partner's row}. */
    public double[][] rows(double[][] rows) {
        double[][] mixed = new double[rows.length][];
        for (int b = 0; b < rows.length; b++) {
            double[] other = rows[partner[b]];
            mixed[b] = Arrays.copyOf(rows[b], rows[b].length);
            if (own[b] == 1) continue;
            for (int c = 0; c < other.length; c++) {
                mixed[b][c] = own[b] * rows[b][c] + (1.0 - own[b]) * other[c];
            }
        }
        return mixed;
    }
}
