package touchstone.evaluator.making;

/** The three parts of a made task; images are unsigned bytes, [sample, channel, row, column], labels classes from 0. */
public record MadeParts(Train train, Sound validation, Sound test) {

    /** @param given the label that the task says; another than {@code labels}, the true one, where it was spoiled */
    public record Train(byte[] images, int[] labels, int[] given, boolean[] dark) {
        public int wrong() {
            int count = 0;
            for (int i = 0; i < labels.length; i++) if (labels[i] != given[i]) count++;
            return count;
        }

        public int darkened() {
            int count = 0;
            for (boolean one : dark) if (one) count++;
            return count;
        }
    }

    public record Sound(byte[] images, int[] labels) {}
}
