package touchstone.evaluator.augmentation;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * A batch after all steps.
 *
 * @param images as they came in: float32 [place, channel, row, column] in 0 to 1
 * @param mixings what the mixing steps did, in their order; labels are to be mixed in the same way
 */
public record Augmented(NDArray images, List<Mixing> mixings) {
    public Augmented {
        mixings = List.copyOf(mixings);
    }

    /** Which places show more than one sample. */
    public boolean[] mixed() {
        boolean[] mixed = new boolean[(int) images.getShape().get(0)];
        for (Mixing mixing : mixings) {
            for (int b = 0; b < mixed.length; b++) mixed[b] |= mixing.own()[b] < 1;
        }
        return mixed;
    }
}
