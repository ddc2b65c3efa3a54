package touchstone.evaluator.data;

import java.util.Arrays;
import touchstone.spec.task.TaskFile.Input;

/**
 * The images of a training set: those of the task's base set, which are not copied, and new ones behind them.
 *
 * @param base unsigned bytes, [image, channel, row, column]
 * @param fresh as {@code base}
 * @param rows which image each sample has: counted from 0 through base, then through fresh
 */
public record ImageSet(Input input, byte[] base, byte[] fresh, int[] rows) {

    /** Number of samples. */
    public int size() {
        return rows.length;
    }

    public int baseCount() {
        return base.length / input.pixels();
    }

    /** Whether the sample has a new image. */
    public boolean isFresh(int sample) {
        return rows[sample] >= baseCount();
    }

    /** The array that holds a sample's image, at {@link #offset}. */
    public byte[] array(int sample) {
        return isFresh(sample) ? fresh : base;
    }

    public int offset(int sample) {
        return (isFresh(sample) ? rows[sample] - baseCount() : rows[sample]) * input.pixels();
    }

    /** A copy of a sample's pixels. */
    public byte[] image(int sample) {
        return Arrays.copyOfRange(array(sample), offset(sample), offset(sample) + input.pixels());
    }

    /** True when the samples are the base set in its order, so that its array is theirs. */
    public boolean isBase() {
        if (rows.length != baseCount()) return false;
        for (int i = 0; i < rows.length; i++) if (rows[i] != i) return false;
        return true;
    }
}
