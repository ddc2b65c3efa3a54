package touchstone.evaluator.importing;

import java.util.List;

/**
 * A whole training set as somebody would train on it.
 *
 * @param pixels of each picture: unsigned bytes [channel, row, column] of the task's size
 * @param labels [sample][class], on the simplex
 * @param notes sentences about what was left aside
 */
record HandedSet(List<byte[]> pixels, List<double[]> labels, List<String> notes) {
    HandedSet {
        pixels = List.copyOf(pixels);
        labels = List.copyOf(labels);
        notes = List.copyOf(notes);
    }

    int size() {
        return pixels.size();
    }

    /** The class of a label that is all of one class, or -1. */
    static int hardClass(double[] label) {
        for (int c = 0; c < label.length; c++) if (label[c] == 1) return c;
        return -1;
    }
}
