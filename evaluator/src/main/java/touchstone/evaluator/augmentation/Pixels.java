package touchstone.evaluator.augmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import touchstone.spec.task.TaskFile.Input;

/**
 * Arrays on the device that every batch reads, made once a run. A result belongs to the manager of its first operand: these
 * are to be second operands, or a step would leave arrays behind.
 */
final class Pixels {

    /** A kernel's reach to each side. */
    static final int REACH = 3;

    static final int LEVELS = 256;

    private final Input input;
    private final NDArray rows;
    private final NDArray columns;
    private final NDArray gridRows;
    private final NDArray gridColumns;
    private final NDArray rowTaps;
    private final NDArray columnTaps;
    private final NDArray nibbles;
    private final NDArray cumulation;

    Pixels(Input input, NDManager manager) {
        this.input = input;
        int height = input.height();
        int width = input.width();
        rows = manager.create(numbers(height), new Shape(1, height));
        columns = manager.create(numbers(width), new Shape(1, width));
        float[] gridRow = new float[height * width];
        float[] gridColumn = new float[height * width];
        for (int i = 0; i < gridRow.length; i++) {
            gridRow[i] = i / width - (height - 1) / 2f;
            gridColumn[i] = i % width - (width - 1) / 2f;
        }
        gridRows = manager.create(gridRow, new Shape(1, height * width));
        gridColumns = manager.create(gridColumn, new Shape(1, height * width));
        rowTaps = manager.create(taps(height), new Shape(REACH + 1, height * height));
        columnTaps = manager.create(taps(width), new Shape(REACH + 1, width * width));
        nibbles = manager.create(numbers(16), new Shape(1, 1, 16));
        float[] upTo = new float[LEVELS * LEVELS];
        for (int i = 0; i < upTo.length; i++) upTo[i] = i / LEVELS <= i % LEVELS ? 1 : 0;
        cumulation = manager.create(upTo, new Shape(LEVELS, LEVELS));
    }

    private static float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) numbers[i] = i;
        return numbers;
    }

    /** [distance][from * side + to]: how often a pixel at that distance of {@code to}, the border repeated, is {@code from}. */
    private static float[] taps(int side) {
        float[] taps = new float[(REACH + 1) * side * side];
        for (int distance = 0; distance <= REACH; distance++) {
            for (int to = 0; to < side; to++) {
                taps[(distance * side + Math.max(0, to - distance)) * side + to]++;
                if (distance > 0) taps[(distance * side + Math.min(side - 1, to + distance)) * side + to]++;
            }
        }
        return taps;
    }

    Input input() {
        return input;
    }

    /** [1, row]: 0, 1, … */
    NDArray rows() {
        return rows;
    }

    /** [1, column]: 0, 1, … */
    NDArray columns() {
        return columns;
    }

    /** [1, row x column]: each pixel's row, counted from the image's middle. */
    NDArray gridRows() {
        return gridRows;
    }

    /** [1, row x column]: each pixel's column, counted from the image's middle. */
    NDArray gridColumns() {
        return gridColumns;
    }

    /** [distance, from x to]: what a kernel's weights are multiplied with to make a matrix that smooths columns. */
    NDArray rowTaps() {
        return rowTaps;
    }

    NDArray columnTaps() {
        return columnTaps;
    }

    /** [1, 1, 16]: 0 to 15. */
    NDArray nibbles() {
        return nibbles;
    }

    /** [level, level]: 1 where the first is not above the second. */
    NDArray cumulation() {
        return cumulation;
    }
}
