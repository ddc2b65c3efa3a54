package touchstone.evaluator.augmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.DataType;

/** Operations on the values of pixels. Images are float32 [place, channel, row, column]; amounts [place, 1, 1, 1]. */
final class Tones {
    private Tones() {}

    static NDArray gamma(NDArray images, NDArray power) {
        return images.pow(power);
    }

    static NDArray brightness(NDArray images, NDArray factor) {
        return images.mul(factor).clip(0, 1);
    }

    static NDArray contrast(NDArray images, NDArray factor) {
        NDArray mean = mean(images);
        return images.sub(mean).mul(factor).add(mean).clip(0, 1);
    }

    /** [place, 1, 1, 1]; the engine takes a mean along one axis only. */
    static NDArray mean(NDArray images) {
        long places = images.getShape().get(0);
        return images.reshape(places, -1).mean(new int[] {1}, true).reshape(places, 1, 1, 1);
    }

    /** The darkest pixel of each channel becomes 0 and the brightest 1; a channel of one value stays. */
    static NDArray autocontrast(NDArray images) {
        NDArray channels = channels(images);
        NDArray low = channels.min(new int[] {1}, true);
        NDArray span = channels.max(new int[] {1}, true).sub(low);
        NDArray flat = span.eq(0);
        NDArray stretched = channels.sub(low).div(span.add(flat.toType(DataType.FLOAT32, false)));
        return NDArrays.where(flat.broadcast(channels.getShape()), channels, stretched)
                .clip(0, 1)
                .reshape(images.getShape());
    }

    static NDArray invert(NDArray images) {
        return images.sub(1).neg();
    }

    /** Keeps the highest {@code bits} of each pixel's 8. */
    static NDArray posterize(NDArray images, int bits) {
        int width = 1 << (8 - bits);
        return levels(images).div(width).floor().mul(width).div(Pixels.LEVELS - 1);
    }

    static NDArray solarize(NDArray images, NDArray threshold) {
        return NDArrays.where(images.gte(threshold), invert(images), images);
    }

    /**
     * Histogram equalization of each channel, on 256 levels: a pixel becomes the share of pixels that are not brighter, less
     * those of the darkest level that occurs, {@code (c(v) - c(min)) / (area - c(min))}; a channel of one value stays.
     * Counts are products of one-hot matrices: whole numbers, so exact in any order of summing, on any device.
     */
    static NDArray equalize(NDArray images, Pixels pixels) {
        NDArray channels = channels(images);
        long rows = channels.getShape().get(0);
        long area = channels.getShape().get(1);
        NDArray levels = levels(channels);
        NDArray high = levels.div(16).floor();
        NDArray low = levels.sub(high.mul(16));
        NDArray histogram = oneHot(high, pixels)
                .transpose(0, 2, 1)
                .matMul(oneHot(low, pixels))
                .reshape(rows, Pixels.LEVELS);
        NDArray upTo = histogram.matMul(pixels.cumulation());
        NDArray absent = histogram.eq(0).toType(DataType.FLOAT32, false).mul(area);
        NDArray darkest = upTo.add(absent).min(new int[] {1}, true);
        NDArray others = darkest.sub(area).neg();
        NDArray flat = others.eq(0);
        NDArray table = upTo.sub(darkest).div(others.add(flat.toType(DataType.FLOAT32, false)));
        NDArray equalized = table.gather(levels.toType(DataType.INT64, false), 1);
        return NDArrays.where(flat.broadcast(channels.getShape()), channels, equalized)
                .clip(0, 1)
                .reshape(images.getShape());
    }

    /** [row, pixel, 16]. */
    private static NDArray oneHot(NDArray nibbles, Pixels pixels) {
        return nibbles.expandDims(2).eq(pixels.nibbles()).toType(DataType.FLOAT32, false);
    }

    /** 0 to 255, whole. */
    private static NDArray levels(NDArray values) {
        return values.mul(Pixels.LEVELS - 1).round();
    }

    /** [place x channel, row x column]. */
    private static NDArray channels(NDArray images) {
        return images.reshape(
                images.getShape().get(0) * images.getShape().get(1),
                images.getShape().get(2) * images.getShape().get(3));
    }
}
