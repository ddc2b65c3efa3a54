package touchstone.evaluator.augmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * Operations that move pixels. Images are float32 [place, channel, row, column]; what the places drew is one number for each.
 */
final class Geometry {

    private final Pixels pixels;
    private final int height;
    private final int width;

    Geometry(Pixels pixels) {
        this.pixels = pixels;
        this.height = pixels.input().height();
        this.width = pixels.input().width();
    }

    NDArray flip(NDArray images, boolean horizontal) {
        return images.flip(horizontal ? 3 : 2);
    }

    /** Moved by whole pixels; what comes in repeats the border. */
    NDArray shift(NDArray images, double[] down, double[] right) {
        NDManager manager = images.getManager();
        NDArray rows = source(down, pixels.rows(), manager).clip(0, height - 1);
        NDArray columns = source(right, pixels.columns(), manager).clip(0, width - 1);
        return take(images, index(rows.reshape(down.length, height, 1), columns.reshape(down.length, 1, width)));
    }

    /** Moved by whole pixels; what comes in is black. */
    NDArray shiftIntoBlack(NDArray images, double[] down, double[] right) {
        NDManager manager = images.getManager();
        NDArray inRows = inside(source(down, pixels.rows(), manager), height).reshape(down.length, 1, height, 1);
        NDArray inColumns =
                inside(source(right, pixels.columns(), manager), width).reshape(down.length, 1, 1, width);
        return shift(images, down, right).mul(inRows.mul(inColumns));
    }

    /** [place, position]: where each row or column comes from. */
    private static NDArray source(double[] shift, NDArray positions, NDManager manager) {
        return column(shift, manager).sub(positions).neg();
    }

    private static NDArray inside(NDArray source, int side) {
        return source.gte(0).logicalAnd(source.lt(side)).toType(DataType.FLOAT32, false);
    }

    /**
     * Each pixel is taken from where the matrix points, counted from the image's middle: {@code (x, y)} comes from
     * {@code (xx x + xy y, yx x + yy y)}, between pixels by bilinear interpolation, outside from the repeated border.
     */
    NDArray affine(NDArray images, double[] xx, double[] xy, double[] yx, double[] yy) {
        NDArray x = from(xx, xy, (width - 1) / 2.0, images.getManager()).clip(0, width - 1);
        NDArray y = from(yx, yy, (height - 1) / 2.0, images.getManager()).clip(0, height - 1);
        NDArray left = x.floor();
        NDArray top = y.floor();
        NDArray right = left.add(1).clip(0, width - 1);
        NDArray bottom = top.add(1).clip(0, height - 1);
        NDArray toRight = x.sub(left).expandDims(1);
        NDArray down = y.sub(top).expandDims(1);
        Shape shape = images.getShape();
        NDArray upper = between(at(images, top, left), at(images, top, right), toRight);
        NDArray lower = between(at(images, bottom, left), at(images, bottom, right), toRight);
        return between(upper, lower, down).clip(0, 1).reshape(shape);
    }

    /** [place, row x column]. */
    private NDArray from(double[] perColumn, double[] perRow, double middle, NDManager manager) {
        return column(perColumn, manager)
                .mul(pixels.gridColumns())
                .add(column(perRow, manager).mul(pixels.gridRows()))
                .add(middle);
    }

    private NDArray at(NDArray images, NDArray rows, NDArray columns) {
        return gather(images, index(rows, columns));
    }

    private static NDArray between(NDArray a, NDArray b, NDArray share) {
        return b.sub(a).mul(share).add(a);
    }

    private NDArray index(NDArray rows, NDArray columns) {
        return rows.mul(width).add(columns).toType(DataType.INT64, false);
    }

    private NDArray take(NDArray images, NDArray index) {
        return gather(images, index).reshape(images.getShape());
    }

    /** [place, channel, row x column], all channels from the same places. */
    private NDArray gather(NDArray images, NDArray index) {
        long places = images.getShape().get(0);
        long channels = images.getShape().get(1);
        long area = (long) height * width;
        NDArray everyChannel = index.reshape(places, 1, area).broadcast(places, channels, area);
        return images.reshape(places, channels, area).gather(everyChannel, 2);
    }

    private static NDArray column(double[] values, NDManager manager) {
        float[] column = new float[values.length];
        for (int b = 0; b < column.length; b++) column[b] = (float) values[b];
        return manager.create(column, new Shape(column.length, 1));
    }
}
