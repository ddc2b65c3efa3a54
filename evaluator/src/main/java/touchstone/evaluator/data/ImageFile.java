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
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** One PNG or JPEG that a contestant sent: its header is judged before a pixel is decoded. */
public final class ImageFile {

    /** Four times the pixels of a large photograph's side of 1,024. */
    private static final long PIXELS_MAX = 4_194_304;

    private ImageFile() {}

    /** Unsigned bytes [channel, row, column] of the task's size (area-averaged when larger), or empty with a problem. */
    public static Optional<byte[]> read(String name, byte[] bytes, Input input, Problems problems) {
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
            if (width * height > PIXELS_MAX) {
                problems.add(Problem.of(
                        name,
                        "the image is " + width + " x " + height + " pixels",
                        "at most " + PIXELS_MAX + " pixels; the task needs " + input.width() + " x " + input.height()));
                return Optional.empty();
            }
            return Optional.of(pixels(reader.read(0), input));
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

    private static byte[] pixels(BufferedImage image, Input input) {
        int[][] planes = planes(image);
        if (input.channels() == 1) planes = new int[][] {grey(planes)};
        if (input.channels() == 3 && planes.length == 1) planes = new int[][] {planes[0], planes[0], planes[0]};
        int area = input.width() * input.height();
        byte[] pixels = new byte[input.pixels()];
        for (int c = 0; c < planes.length; c++) {
            byte[] sized = resized(planes[c], image.getWidth(), image.getHeight(), input.width(), input.height());
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

    /** Each new pixel is the mean of the area that it covers. */
    private static byte[] resized(int[] plane, int width, int height, int newWidth, int newHeight) {
        byte[] result = new byte[newWidth * newHeight];
        for (int y = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++) {
                double left = (double) x * width / newWidth;
                double right = (double) (x + 1) * width / newWidth;
                double top = (double) y * height / newHeight;
                double bottom = (double) (y + 1) * height / newHeight;
                double sum = 0;
                double area = 0;
                for (int row = (int) top; row < Math.min(height, Math.ceil(bottom)); row++) {
                    double down = Math.min(bottom, row + 1) - Math.max(top, row);
                    for (int column = (int) left; column < Math.min(width, Math.ceil(right)); column++) {
                        double share = down * (Math.min(right, column + 1) - Math.max(left, column));
                        sum += share * plane[row * width + column];
                        area += share;
                    }
                }
                result[y * newWidth + x] = (byte) Math.round(sum / area);
            }
        }
        return result;
    }
}
