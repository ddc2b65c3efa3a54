package touchstone.evaluator.data;

import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** One PNG or JPEG that a contestant sent: its header is judged before a pixel is decoded. */
public final class ImageFile {

    /** Four times the pixels of a large photograph's side of 1,024. */
    static final long PIXELS_MAX = 4_194_304;

    private static final long PHOTOGRAPH_PIXELS_MAX = 100_000_000;

    private ImageFile() {}

    /**
     * A contestant's image: unsigned bytes [channel, row, column] of the task's size (area-averaged when larger, bilinear when
     * smaller), or empty with a problem.
     */
    public static Optional<byte[]> read(String name, byte[] bytes, Input input, Problems problems) {
        return read(name, bytes, input, PIXELS_MAX, problems);
    }

    /** An organizer's, as {@link #read}, which may be a large photograph: of such a one only every so many rows and columns. */
    public static Optional<byte[]> readLarge(String name, byte[] bytes, Input input, Problems problems) {
        return read(name, bytes, input, PHOTOGRAPH_PIXELS_MAX, problems);
    }

    private static Optional<byte[]> read(String name, byte[] bytes, Input input, long pixelsMax, Problems problems) {
        Optional<String> format = format(bytes);
        if (format.isEmpty()) {
            problems.add(noImage(name));
            return Optional.empty();
        }
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.get());
        ImageReader reader = readers.next();
        try (ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(stream, true, true);
            long width = reader.getWidth(0);
            long height = reader.getHeight(0);
            if (width * height > pixelsMax) {
                problems.add(Problem.of(
                        name,
                        "the image is " + width + " x " + height + " pixels",
                        "at most " + pixelsMax + " pixels; the task needs " + input.width() + " x " + input.height()));
                return Optional.empty();
            }
            ImageReadParam part = reader.getDefaultReadParam();
            int every = (int) Math.ceil(Math.sqrt(width * height / (double) PIXELS_MAX));
            part.setSourceSubsampling(every, every, 0, 0);
            BufferedImage image = reader.read(0, part);
            return Optional.of(pixels(planes(image), image.getWidth(), image.getHeight(), input));
        } catch (IOException | RuntimeException e) {
            problems.add(broken(name));
            return Optional.empty();
        } finally {
            reader.dispose();
        }
    }

    /** Width and height in pixels; nothing else is read of an image. */
    public record Size(int width, int height) {}

    /** What the header says, or empty with a problem. */
    public static Optional<Size> size(String name, byte[] bytes, Problems problems) {
        Optional<String> format = format(bytes);
        if (format.isEmpty()) {
            problems.add(noImage(name));
            return Optional.empty();
        }
        ImageReader reader = ImageIO.getImageReadersByFormatName(format.get()).next();
        try (ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(stream, true, true);
            return Optional.of(new Size(reader.getWidth(0), reader.getHeight(0)));
        } catch (IOException | RuntimeException e) {
            problems.add(broken(name));
            return Optional.empty();
        } finally {
            reader.dispose();
        }
    }

    private static Problem noImage(String name) {
        return Problem.of(name, "this is neither a PNG nor a JPEG image", "send PNG or JPEG");
    }

    private static Problem broken(String name) {
        return Problem.of(name, "this image cannot be decoded", "save it again as PNG");
    }

    private static Optional<String> format(byte[] bytes) {
        if (bytes.length > 8 && (bytes[0] & 0xff) == 0x89 && bytes[1] == 'P' && bytes[2] == 'N' && bytes[3] == 'G') {
            return Optional.of("png");
        }
        if (bytes.length > 3 && (bytes[0] & 0xff) == 0xff && (bytes[1] & 0xff) == 0xd8) return Optional.of("jpeg");
        return Optional.empty();
    }

    /** Of the task's channels and size. @param planes one (grey) or three (colour), each [row, column], 0 to 255 */
    static byte[] pixels(int[][] planes, int width, int height, Input input) {
        if (input.channels() == 1) planes = new int[][] {grey(planes)};
        if (input.channels() == 3 && planes.length == 1) planes = new int[][] {planes[0], planes[0], planes[0]};
        int area = input.width() * input.height();
        byte[] pixels = new byte[input.pixels()];
        for (int c = 0; c < planes.length; c++) {
            byte[] sized = resized(planes[c], width, height, input.width(), input.height());
            System.arraycopy(sized, 0, pixels, c * area, area);
        }
        return pixels;
    }

    /**
     * One plane of a grey image or three of a colour image, 0 to 255. Java takes grey for linear light and would brighten it
     * on the way to colours, so a grey image's own samples are taken as they are.
     */
    private static int[][] planes(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        ColorModel model = image.getColorModel();
        boolean grey = model.getColorSpace().getType() == ColorSpace.TYPE_GRAY && !(model instanceof IndexColorModel);
        if (grey) {
            int[] samples = image.getRaster().getSamples(0, 0, width, height, 0, (int[]) null);
            int shift = Math.max(0, image.getSampleModel().getSampleSize(0) - 8);
            for (int i = 0; i < samples.length; i++) samples[i] >>= shift;
            return new int[][] {samples};
        }
        BufferedImage opaque = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = opaque.createGraphics();
        graphics.drawImage(image, 0, 0, null);
        graphics.dispose();
        int[] colours = opaque.getRGB(0, 0, width, height, null, 0, width);
        int[][] planes = new int[3][colours.length];
        for (int i = 0; i < colours.length; i++) {
            planes[0][i] = colours[i] >> 16 & 0xff;
            planes[1][i] = colours[i] >> 8 & 0xff;
            planes[2][i] = colours[i] & 0xff;
        }
        return planes;
    }

    /** ITU-R BT.601 luma. */
    private static int[] grey(int[][] planes) {
        if (planes.length == 1) return planes[0];
        int[] grey = new int[planes[0].length];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = (int) Math.round(0.299 * planes[0][i] + 0.587 * planes[1][i] + 0.114 * planes[2][i]);
        }
        return grey;
    }

    /** Along each axis: where it shrinks, the mean of the area that a new pixel covers; where it grows, bilinear. */
    private static byte[] resized(int[] plane, int width, int height, int newWidth, int newHeight) {
        Shares[] across = shares(width, newWidth);
        Shares[] down = shares(height, newHeight);
        byte[] result = new byte[newWidth * newHeight];
        for (int y = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++) {
                double sum = 0;
                for (int row = 0; row < down[y].of().length; row++) {
                    int start = (down[y].first() + row) * width + across[x].first();
                    double line = 0;
                    for (int column = 0; column < across[x].of().length; column++) {
                        line += across[x].of()[column] * plane[start + column];
                    }
                    sum += down[y].of()[row] * line;
                }
                result[y * newWidth + x] = (byte) Math.round(sum);
            }
        }
        return result;
    }

    /** What a new pixel takes of the old ones from {@code first} on; the shares sum to 1. */
    private record Shares(int first, double[] of) {}

    private static Shares[] shares(int size, int newSize) {
        Shares[] shares = new Shares[newSize];
        for (int i = 0; i < newSize; i++) {
            shares[i] = newSize > size ? between(i, size, newSize) : covered(i, size, newSize);
        }
        return shares;
    }

    private static Shares covered(int i, int size, int newSize) {
        double from = (double) i * size / newSize;
        double to = (double) (i + 1) * size / newSize;
        int first = (int) from;
        double[] shares = new double[(int) Math.min(size, Math.ceil(to)) - first];
        for (int k = 0; k < shares.length; k++) {
            shares[k] = (Math.min(to, first + k + 1) - Math.max(from, first + k)) / (to - from);
        }
        return new Shares(first, shares);
    }

    /** By the distances from the two nearest centres; the outermost pixel goes on to the border. */
    private static Shares between(int i, int size, int newSize) {
        double at = Math.clamp((i + 0.5) * size / newSize - 0.5, 0, size - 1);
        int first = Math.min((int) at, Math.max(0, size - 2));
        double second = at - first;
        return new Shares(first, size == 1 ? new double[] {1} : new double[] {1 - second, second});
    }
}
