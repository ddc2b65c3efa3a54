package touchstone.evaluator.data;

import touchstone.spec.task.TaskFile.Input;

/**
 * What can be said of one image without a model; pixels as 0 to 1, colours as luma (ITU-R BT.601).
 *
 * @param luma mean, 0 to 1
 * @param contrast standard deviation, 0 to 0.5
 * @param sharpness mean absolute value of the 4-neighbour Laplacian
 * @param noise standard deviation of additive noise as estimated by Immerkær (1996)
 */
public record ImageStatistics(double luma, double contrast, double sharpness, double noise) {

    /** Of the image that begins at {@code offset}. */
    public static ImageStatistics of(byte[] images, int offset, Input input) {
        int height = input.height();
        int width = input.width();
        double[] grey = grey(images, offset, input);
        double sum = 0;
        double squares = 0;
        for (double value : grey) {
            sum += value;
            squares += value * value;
        }
        double mean = sum / grey.length;
        double variance = Math.max(0, squares / grey.length - mean * mean);
        double laplacian = 0;
        double noise = 0;
        for (int y = 1; y < height - 1; y++) {
            for (int x = 1; x < width - 1; x++) {
                int at = y * width + x;
                double cross = grey[at - 1] + grey[at + 1] + grey[at - width] + grey[at + width];
                double corners =
                        grey[at - width - 1] + grey[at - width + 1] + grey[at + width - 1] + grey[at + width + 1];
                laplacian += Math.abs(cross - 4 * grey[at]);
                noise += Math.abs(corners - 2 * cross + 4 * grey[at]);
            }
        }
        double inner = (height - 2.0) * (width - 2.0);
        return new ImageStatistics(
                mean, Math.sqrt(variance), laplacian / inner, Math.sqrt(Math.PI / 2) * noise / (6 * inner));
    }

    /** [row, column], 0 to 1. */
    static double[] grey(byte[] images, int offset, Input input) {
        int pixels = input.height() * input.width();
        double[] grey = new double[pixels];
        for (int i = 0; i < pixels; i++) {
            double value = input.channels() == 3
                    ? 0.299 * (images[offset + i] & 0xff)
                            + 0.587 * (images[offset + pixels + i] & 0xff)
                            + 0.114 * (images[offset + 2 * pixels + i] & 0xff)
                    : images[offset + i] & 0xff;
            grey[i] = value / 255;
        }
        return grey;
    }
}
