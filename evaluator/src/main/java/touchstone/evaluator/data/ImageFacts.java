package touchstone.evaluator.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import touchstone.spec.task.TaskFile.Input;

/**
 * What is known of images before any strategy is: measured once, when a task is published.
 *
 * @param statistics luma, contrast, sharpness and noise of each image in turn
 * @param hashes {@link DifferenceHash}, one an image
 */
public record ImageFacts(double[] statistics, long[] hashes) {

    private static final int STATISTICS = 4;
    private static final String STATISTICS_PIECE = ".statistics.npy";
    private static final String HASHES_PIECE = ".hashes.npy";

    /** @param images unsigned bytes, [image, channel, row, column] */
    public static ImageFacts of(byte[] images, Input input) {
        int count = images.length / input.pixels();
        ImageFacts facts = new ImageFacts(new double[count * STATISTICS], new long[count]);
        for (int i = 0; i < count; i++) {
            ImageStatistics found = ImageStatistics.of(images, i * input.pixels(), input);
            double[] row = {found.luma(), found.contrast(), found.sharpness(), found.noise()};
            System.arraycopy(row, 0, facts.statistics, i * STATISTICS, STATISTICS);
            facts.hashes[i] = DifferenceHash.of(images, i * input.pixels(), input);
        }
        return facts;
    }

    public ImageStatistics of(int image) {
        int at = image * STATISTICS;
        return new ImageStatistics(statistics[at], statistics[at + 1], statistics[at + 2], statistics[at + 3]);
    }

    /** As files of a packed task. */
    Map<String, byte[]> pieces(String part) {
        ByteBuffer numbers = ByteBuffer.allocate(statistics.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        numbers.asDoubleBuffer().put(statistics);
        ByteBuffer bits = ByteBuffer.allocate(hashes.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        bits.asLongBuffer().put(hashes);
        int[] shape = {hashes.length, STATISTICS};
        return Map.of(
                part + STATISTICS_PIECE, Npy.write(new Npy("<f8", shape, numbers.array())),
                part + HASHES_PIECE, Npy.write(new Npy("<i8", new int[] {hashes.length}, bits.array())));
    }

    /** A file of a packed task, verified. */
    interface Piece {
        byte[] read(String name) throws IOException;
    }

    static ImageFacts read(String part, Piece pieces) throws IOException {
        Npy numbers = Npy.read(pieces.read(part + STATISTICS_PIECE));
        Npy bits = Npy.read(pieces.read(part + HASHES_PIECE));
        long[] hashes = new long[bits.shape()[0]];
        ByteBuffer.wrap(bits.data())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(hashes);
        return new ImageFacts(numbers.fractions().orElseThrow(), hashes);
    }
}
