package touchstone.evaluator.augmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.ToIntFunction;
import touchstone.spec.task.TaskFile.Input;

/** A part of an image: rows and columns from the first to before the last. */
record Box(int top, int bottom, int left, int right) {

    /** Its middle is drawn evenly from all pixels and it is cut at the border, as DeVries and Taylor (2017) do. */
    static Box around(Input input, int height, int width, Draws draws) {
        int top = draws.below(input.height(), Draws.FIRST) - height / 2;
        int left = draws.below(input.width(), Draws.SECOND) - width / 2;
        return new Box(
                Math.max(0, top),
                Math.min(input.height(), top + height),
                Math.max(0, left),
                Math.min(input.width(), left + width));
    }

    int area() {
        return (bottom - top) * (right - left);
    }

    /** [place, 1, row, column]: true inside the place's box. */
    static NDArray masks(List<Box> boxes, Pixels pixels, NDManager manager) {
        NDArray rows = ends(boxes, Box::top, manager)
                .lte(pixels.rows())
                .logicalAnd(ends(boxes, Box::bottom, manager).gt(pixels.rows()));
        NDArray columns = ends(boxes, Box::left, manager)
                .lte(pixels.columns())
                .logicalAnd(ends(boxes, Box::right, manager).gt(pixels.columns()));
        return rows.reshape(boxes.size(), 1, -1, 1).logicalAnd(columns.reshape(boxes.size(), 1, 1, -1));
    }

    private static NDArray ends(List<Box> boxes, ToIntFunction<Box> end, NDManager manager) {
        float[] ends = new float[boxes.size()];
        for (int b = 0; b < ends.length; b++) ends[b] = end.applyAsInt(boxes.get(b));
        return manager.create(ends, new Shape(ends.length, 1));
    }
}
