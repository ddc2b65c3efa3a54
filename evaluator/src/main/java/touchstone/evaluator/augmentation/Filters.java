package touchstone.evaluator.augmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Operations that look at a pixel's neighbours; beyond the border the border is repeated. Images are float32
 * [place, channel, row, column].
 */
final class Filters {

    private final Pixels pixels;

    Filters(Pixels pixels) {
        this.pixels = pixels;
    }

    /** A Gaussian of a standard deviation (pixels) a place, cut to 7 x 7. */
    NDArray blur(NDArray images, double[] deviation) {
        float[][] weights = new float[deviation.length][Pixels.REACH + 1];
        for (int b = 0; b < weights.length; b++) {
            double[] kernel = new double[Pixels.REACH + 1];
            double sum = 0;
            for (int d = 0; d < kernel.length; d++) {
                kernel[d] = StrictMath.exp(-d * d / (2 * deviation[b] * deviation[b]));
                sum += d == 0 ? kernel[d] : 2 * kernel[d];
            }
            for (int d = 0; d < kernel.length; d++) weights[b][d] = (float) (kernel[d] / sum);
        }
        return convolve(images, weights).clip(0, 1);
    }

    /**
     * {@code image + amount x (image - smooth)}, smooth being the mean of 3 x 3 pixels of which the middle counts five times.
     *
     * @param amount [place, 1, 1, 1]
     */
    NDArray sharpen(NDArray images, NDArray amount) {
        float[][] box = new float[(int) images.getShape().get(0)][Pixels.REACH + 1];
        for (float[] weights : box) weights[0] = weights[1] = 1;
        NDArray smooth = convolve(images, box).add(images.mul(4)).div(13);
        return images.sub(smooth).mul(amount).add(images).clip(0, 1);
    }

    /** The same kernel along rows and columns, as products with one matrix a place. @param weights [place][distance] */
    private NDArray convolve(NDArray images, float[][] weights) {
        NDArray kernels = images.getManager().create(weights);
        int places = weights.length;
        int height = pixels.input().height();
        int width = pixels.input().width();
        NDArray acrossRows = kernels.matMul(pixels.rowTaps())
                .reshape(places, 1, height, height)
                .transpose(0, 1, 3, 2);
        NDArray acrossColumns = kernels.matMul(pixels.columnTaps()).reshape(places, 1, width, width);
        return acrossRows.matMul(images).matMul(acrossColumns);
    }

    /** The median of a square of {@code side} x {@code side} pixels. */
    NDArray median(NDArray images, int side) {
        NDArray padded = padded(images, side / 2);
        int height = pixels.input().height();
        int width = pixels.input().width();
        List<NDArray> values = new ArrayList<>();
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                values.add(padded.get(":,:," + y + ":" + (y + height) + "," + x + ":" + (x + width)));
            }
        }
        return median(values);
    }

    private NDArray padded(NDArray images, int by) {
        int height = pixels.input().height();
        int width = pixels.input().width();
        int wide = width + 2 * by;
        long[] index = new long[(height + 2 * by) * wide];
        for (int i = 0; i < index.length; i++) {
            int y = Math.clamp(i / wide - by, 0, height - 1);
            int x = Math.clamp(i % wide - by, 0, width - 1);
            index[i] = (long) y * width + x;
        }
        NDManager manager = images.getManager();
        Shape shape = images.getShape();
        NDArray everywhere = manager.create(index, new Shape(1, 1, index.length))
                .broadcast(shape.get(0), shape.get(1), index.length);
        return images.reshape(shape.get(0), shape.get(1), (long) height * width)
                .gather(everywhere, 2)
                .reshape(shape.get(0), shape.get(1), height + 2 * by, wide);
    }

    /**
     * By forgetting: of one more than half of an odd number of values the least and the greatest cannot be the median, so
     * both go and one more comes (Paeth, 1990). Only least and greatest of two are taken, pixel by pixel: exact.
     */
    private static NDArray median(List<NDArray> values) {
        int next = values.size() / 2 + 2;
        List<NDArray> kept = new ArrayList<>(values.subList(0, next));
        while (kept.size() > 1) {
            int n = kept.size();
            for (int i = 0; i < n / 2; i++) exchange(kept, i, n - 1 - i);
            for (int i = 1; i < (n + 1) / 2; i++) exchange(kept, 0, i);
            for (int i = n / 2; i < n - 1; i++) exchange(kept, i, n - 1);
            kept.removeLast().close();
            kept.removeFirst().close();
            if (next < values.size()) kept.add(values.get(next++));
        }
        return kept.getFirst();
    }

    private static void exchange(List<NDArray> values, int low, int high) {
        NDArray a = values.get(low);
        NDArray b = values.get(high);
        values.set(low, a.minimum(b));
        values.set(high, a.maximum(b));
        a.close();
        b.close();
    }
}
