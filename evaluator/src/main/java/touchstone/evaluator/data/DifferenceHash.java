package touchstone.evaluator.data;

import touchstone.spec.task.TaskFile.Input;

/**
 * A hash of 64 bits that images have nearly in common when they look nearly alike: the image is made grey and averaged to 9 x 8,
 * each bit says whether a pixel is darker than its right neighbour (dHash, N. Krawetz, 2013).
 */
public final class DifferenceHash {

    /** Hashes that differ in at most so many bits are of near duplicates. */
    public static final int NEAR_BITS_MAX = 4;

    private static final int WIDTH = 9;
    private static final int HEIGHT = 8;

    private DifferenceHash() {}

    /** Of the image that begins at {@code offset}. */
    public static long of(byte[] images, int offset, Input input) {
        double[] rows = averaged(ImageStatistics.grey(images, offset, input), input.height(), input.width(), HEIGHT);
        double[] small = transposed(averaged(transposed(rows, HEIGHT), input.width(), HEIGHT, WIDTH), WIDTH);
        long hash = 0;
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x + 1 < WIDTH; x++) {
                hash = hash << 1 | (small[y * WIDTH + x] < small[y * WIDTH + x + 1] ? 1 : 0);
            }
        }
        return hash;
    }

    public static boolean isNear(long a, long b) {
        return Long.bitCount(a ^ b) <= NEAR_BITS_MAX;
    }

    /** Rows of a new height, each the mean of the rows that it covers. */
    private static double[] averaged(double[] image, int height, int width, int newHeight) {
        double[] result = new double[newHeight * width];
        for (int y = 0; y < newHeight; y++) {
            double top = (double) y * height / newHeight;
            double bottom = (double) (y + 1) * height / newHeight;
            for (int row = (int) top; row < Math.min(height, Math.ceil(bottom)); row++) {
                double share = (Math.min(bottom, row + 1) - Math.max(top, row)) / (bottom - top);
                for (int x = 0; x < width; x++) result[y * width + x] += share * image[row * width + x];
            }
        }
        return result;
    }

    private static double[] transposed(double[] image, int height) {
        int width = image.length / height;
        double[] result = new double[image.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) result[x * height + y] = image[y * width + x];
        }
        return result;
    }
}
