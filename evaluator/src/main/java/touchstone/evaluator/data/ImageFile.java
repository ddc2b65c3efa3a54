package touchstone.evaluator.data;

import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.image.BufferedImage;
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
            problems.add(Problem.of(name, "this is neither a PNG nor a JPEG image", "send PNG or JPEG"));
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
            problems.add(Problem.of(name, "this image cannot be decoded", "save it again as PNG"));
            return Optional.empty();
        } finally {
            reader.dispose();
        }
    }

    private static Optional<String> format(byte[] bytes) {
        if (bytes.length > 8 && (bytes[0] & 0xff) == 0x89 && bytes[1] == 'P' && bytes[2] == 'N' && bytes[3] == 'G') {
            return Optional.of("png");
        }
        if (bytes.length > 3 && (bytes[0] & 0xff) == 0xff && (bytes[1] & 0xff) == 0xd8) return Optional.of("jpeg");
        return Optional.empty();
    }

    private static byte[] pixels(BufferedImage image, Input input) {
        boolean grey = input.channels() == 1;
        BufferedImage sized = new BufferedImage(input.width(), input.height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sized.createGraphics();
        boolean fits = image.getWidth() == input.width() && image.getHeight() == input.height();
        Image scaled =
                fits ? image : image.getScaledInstance(input.width(), input.height(), Image.SCALE_AREA_AVERAGING);
        graphics.drawImage(scaled, 0, 0, null);
        graphics.dispose();
        if (grey
                && fits
                && image.getRaster().getNumBands() == 1
                && image.getSampleModel().getSampleSize(0) == 8) {
            return greyRaster(image);
        }
        int area = input.width() * input.height();
        byte[] pixels = new byte[input.pixels()];
        for (int i = 0; i < area; i++) {
            int rgb = sized.getRGB(i % input.width(), i / input.width());
            int red = rgb >> 16 & 0xff;
            int green = rgb >> 8 & 0xff;
            int blue = rgb & 0xff;
            if (grey) {
                pixels[i] = (byte) Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
            } else {
                pixels[i] = (byte) red;
                pixels[area + i] = (byte) green;
                pixels[2 * area + i] = (byte) blue;
            }
        }
        return pixels;
    }

    /** Java's grey colour space is linear, so a grey image's own bytes are taken as they are. */
    private static byte[] greyRaster(BufferedImage image) {
        byte[] pixels = new byte[image.getWidth() * image.getHeight()];
        int[] samples = image.getRaster().getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) samples[i];
        return pixels;
    }
}
