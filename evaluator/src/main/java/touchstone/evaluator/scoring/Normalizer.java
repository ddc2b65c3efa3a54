package touchstone.evaluator.scoring;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import touchstone.evaluator.data.TaskPack.Normalization;

/** Normalizes images with the task's own constants, whatever the training set has become. Lives as long as its manager. */
public final class Normalizer {

    private final NDArray mean;
    private final NDArray deviation;

    public Normalizer(Normalization normalization, NDManager manager) {
        this.mean = perChannel(normalization.mean(), manager);
        this.deviation = perChannel(normalization.deviation(), manager);
    }

    private static NDArray perChannel(List<Double> values, NDManager manager) {
        float[] numbers = new float[values.size()];
        for (int c = 0; c < numbers.length; c++) numbers[c] = values.get(c).floatValue();
        return manager.create(numbers, new Shape(1, numbers.length, 1, 1));
    }

    /** In place. @param images float32 [image, channel, row, column] in 0 to 1 */
    public NDArray apply(NDArray images) {
        return images.subi(mean).divi(deviation);
    }
}
