package touchstone.evaluator.scoring;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.Arrays;
import touchstone.evaluator.data.ImageSet;
import touchstone.spec.task.TaskFile.Input;

/** Images on the device: all of a set as one array of bytes, batches as fractions. */
public final class Images {
    private Images() {}

    /** Unsigned bytes [image, channel, row, column]. */
    public static NDArray toDevice(byte[] images, int count, Input input, NDManager manager) {
        return manager.create(
                ByteBuffer.wrap(images),
                new Shape(count, input.channels(), input.height(), input.width()),
                DataType.UINT8);
    }

    /** Those of a training set, one a sample. */
    public static NDArray toDevice(ImageSet set, NDManager manager) {
        if (set.isBase()) return toDevice(set.base(), set.size(), set.input(), manager);
        try (NDManager parts = manager.newSubManager()) {
            NDArray all = toDevice(set.base(), set.baseCount(), set.input(), parts);
            int fresh = set.fresh().length / set.input().pixels();
            if (fresh > 0) all = all.concat(toDevice(set.fresh(), fresh, set.input(), parts), 0);
            long[] rows = Arrays.stream(set.rows()).asLongStream().toArray();
            NDArray images = all.get(parts.create(rows));
            images.attach(manager);
            return images;
        }
    }

    /** Float32 in 0 to 1, attached to {@code step}. */
    public static NDArray select(NDArray images, long[] positions, NDManager step) {
        NDArray bytes = images.get(step.create(positions));
        bytes.attach(step);
        return bytes.toType(DataType.FLOAT32, false).divi(255);
    }
}
