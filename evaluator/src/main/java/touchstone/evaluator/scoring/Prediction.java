package touchstone.evaluator.scoring;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.stream.LongStream;
import touchstone.evaluator.data.Part;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.model.Network;

/** What a network predicts for a part, in evaluation mode. */
public final class Prediction {

    private static final int BATCH = 256;

    private final TaskPack pack;
    private final Network network;
    private final NDManager manager;
    private final Normalizer normalizer;

    public Prediction(TaskPack pack, Network network, NDManager manager) {
        this.pack = pack;
        this.network = network;
        this.manager = manager;
        this.normalizer = new Normalizer(pack.normalization(), manager);
    }

    /** @param probabilities [sample][class]; @param labels the true classes */
    public record Result(double[][] probabilities, int[] labels) {

        /** The most probable class, the lowest on a tie; -1 where a probability is not a number. */
        public int predicted(int sample) {
            double[] row = probabilities[sample];
            int best = 0;
            for (int c = 0; c < row.length; c++) {
                if (Double.isNaN(row[c])) return -1;
                if (row[c] > row[best]) best = c;
            }
            return best;
        }

        boolean right(int sample) {
            return predicted(sample) == labels[sample];
        }

        /** 0 where it is not a number. */
        double probability(int sample, int c) {
            double probability = probabilities[sample][c];
            return Double.isNaN(probability) ? 0 : probability;
        }

        public double accuracy() {
            int right = 0;
            for (int i = 0; i < labels.length; i++) if (right(i)) right++;
            return right / (double) labels.length;
        }

        /** Mean cross-entropy, nats; probabilities clipped at 1e-12. */
        public double meanLoss() {
            double sum = 0;
            for (int i = 0; i < labels.length; i++) {
                double probability = probabilities[i][labels[i]];
                sum -= StrictMath.log(probability >= 1e-12 ? probability : 1e-12);
            }
            return sum / labels.length;
        }

        /** The samples for which {@code chosen} is true. */
        public Result where(boolean[] chosen) {
            int[] kept = java.util.stream.IntStream.range(0, labels.length)
                    .filter(i -> chosen[i])
                    .toArray();
            double[][] rows = new double[kept.length][];
            int[] classes = new int[kept.length];
            for (int k = 0; k < kept.length; k++) {
                rows[k] = probabilities[kept[k]];
                classes[k] = labels[kept[k]];
            }
            return new Result(rows, classes);
        }
    }

    public Result of(Part part) {
        int classes = pack.classes().size();
        double[][] probabilities = new double[part.size()][classes];
        try (NDManager all = manager.newSubManager()) {
            NDArray images = Images.toDevice(part.images(), part.size(), part.input(), all);
            for (int from = 0; from < part.size(); from += BATCH) {
                int to = Math.min(part.size(), from + BATCH);
                try (NDManager step = all.newSubManager()) {
                    NDArray x = Images.select(images, LongStream.range(from, to).toArray(), step);
                    NDArray logits = network.forward(normalizer.apply(x), false);
                    softmax(logits.toFloatArray(), probabilities, from, to);
                }
            }
        }
        return new Result(probabilities, part.labels());
    }

    /**
     * Of single samples of a set on the device.
     *
     * @param images unsigned bytes [sample, channel, row, column]
     * @return [sample][class], in the order of {@code samples}
     */
    public float[] logProbabilities(NDArray images, int[] samples) {
        int classes = pack.classes().size();
        float[] all = new float[samples.length * classes];
        for (int from = 0; from < samples.length; from += BATCH) {
            int to = Math.min(samples.length, from + BATCH);
            try (NDManager step = manager.newSubManager()) {
                long[] positions =
                        Arrays.stream(samples, from, to).asLongStream().toArray();
                NDArray x = normalizer.apply(Images.select(images, positions, step));
                float[] some = network.forward(x, false).logSoftmax(1).toFloatArray();
                System.arraycopy(some, 0, all, from * classes, some.length);
            }
        }
        return all;
    }

    /** In double and in a fixed order, so that a score depends on the logits' bits alone. */
    private static void softmax(float[] logits, double[][] probabilities, int from, int to) {
        int classes = probabilities[from].length;
        for (int i = from; i < to; i++) {
            int start = (i - from) * classes;
            double most = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) most = Math.max(most, logits[start + c]);
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                probabilities[i][c] = StrictMath.exp(logits[start + c] - most);
                sum += probabilities[i][c];
            }
            for (int c = 0; c < classes; c++) probabilities[i][c] /= sum;
        }
    }
}
