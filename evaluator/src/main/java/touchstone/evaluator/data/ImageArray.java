package touchstone.evaluator.data;

import java.util.Arrays;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/**
 * Images that a contestant sent as one {@code .npy} of unsigned bytes: [image, row, column], [image, channel, row, column] or
 * [image, row, column, channel].
 */
public final class ImageArray {

    private static final String SHAPES =
            "unsigned bytes [n, height, width], [n, 1 or 3, height, width] or " + "[n, height, width, 1 or 3]";

    private final byte[] data;
    private final int count;
    private final int channels;
    private final int height;
    private final int width;
    private final boolean channelsLast;

    private ImageArray(byte[] data, int[] shape, boolean channelsLast) {
        this.data = data;
        this.count = shape[0];
        this.channelsLast = channelsLast;
        this.channels = shape.length == 3 ? 1 : shape[channelsLast ? 3 : 1];
        this.height = shape[shape.length == 3 || channelsLast ? 1 : 2];
        this.width = shape[shape.length == 3 || channelsLast ? 2 : 3];
    }

    /** The array must be of a {@link #isSound sound} header. */
    public static ImageArray of(Npy array) {
        int[] shape = array.shape();
        return new ImageArray(array.data(), shape, shape.length == 4 && isChannels(shape[3]));
    }

    /** Whether such an array may be unpacked; told where it may not. */
    public static boolean isSound(String name, Npy.Header header, int imagesMax, Problems problems) {
        int[] shape = header.shape();
        boolean first = shape.length == 4 && isChannels(shape[1]);
        boolean last = shape.length == 4 && isChannels(shape[3]);
        if (!header.kind().equals("|u1") || (shape.length != 3 && first == last)) {
            problems.add(Problem.of(name, "the array is " + Arrays.toString(shape) + " of " + header.kind(), SHAPES));
            return false;
        }
        if (shape[0] > imagesMax) {
            problems.add(Problem.of(
                    name,
                    "the array holds " + shape[0] + " images",
                    "at most " + imagesMax + ": more is not in the task's budget"));
            return false;
        }
        ImageArray sized = new ImageArray(new byte[0], shape, last);
        if (sized.height > 0 && sized.width > 0 && (long) sized.height * sized.width <= ImageFile.PIXELS_MAX) {
            return true;
        }
        problems.add(Problem.of(
                name,
                "the images are " + sized.width + " x " + sized.height + " pixels",
                "1 to " + ImageFile.PIXELS_MAX + " pixels"));
        return false;
    }

    private static boolean isChannels(int size) {
        return size == 1 || size == 3;
    }

    public int size() {
        return count;
    }

    /** Unsigned bytes [channel, row, column] of the task's size. */
    public byte[] image(int index, Input input) {
        int area = height * width;
        int start = index * channels * area;
        int[][] planes = new int[channels][area];
        for (int c = 0; c < channels; c++) {
            for (int p = 0; p < area; p++) {
                planes[c][p] = data[start + (channelsLast ? p * channels + c : c * area + p)] & 0xff;
            }
        }
        return ImageFile.pixels(planes, width, height, input);
    }
}
