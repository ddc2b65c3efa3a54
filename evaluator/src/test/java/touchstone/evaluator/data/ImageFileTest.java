package touchstone.evaluator.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.text.Problems;

final class ImageFileTest {

    private static final Input GREY = new Input(1, 8, 8);
    private static final Input COLOUR = new Input(3, 8, 8);

    @Test
    void greyPixelsAreTakenAsTheyAre() throws IOException {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        byte[] expected = new byte[64];
        for (int i = 0; i < 64; i++) {
            image.getRaster().setSample(i % 8, i / 8, 0, i * 4);
            expected[i] = (byte) (i * 4);
        }
        assertArrayEquals(expected, read(image, "png", GREY));
    }

    @Test
    void coloursStandPlaneByPlane() throws IOException {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64; i++) image.setRGB(i % 8, i / 8, 0x0a141e + i);
        byte[] pixels = read(image, "png", COLOUR);
        assertEquals(0x0a, pixels[5]);
        assertEquals(0x14, pixels[64 + 5]);
        assertEquals(0x1e + 5, pixels[128 + 5]);
    }

    @Test
    void coloursBecomeGreyByLuma() throws IOException {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64; i++) image.setRGB(i % 8, i / 8, 0x00ff00);
        assertEquals((byte) Math.round(0.587 * 255), read(image, "png", GREY)[9]);
    }

    @Test
    void largerImagesAreAveraged() throws IOException {
        BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 1_024; i++) image.setRGB(i % 32, i / 32, i % 2 == 0 ? 0xffffff : 0x000000);
        for (byte pixel : read(image, "png", GREY)) assertEquals(127.5, pixel & 0xff, 1.5);
    }

    /** An organizer's photographs are larger than what a contestant may send. */
    @Test
    void photographsAreReadInPart() throws IOException {
        BufferedImage image = new BufferedImage(3_000, 2_000, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < 2_000; y++) {
            for (int x = 0; x < 3_000; x++) image.getRaster().setSample(x, y, 0, x < 1_500 ? 40 : 200);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        Problems problems = new Problems();
        assertTrue(ImageFile.read("a", bytes.toByteArray(), GREY, problems).isEmpty());
        assertEquals(
                "the image is 3000 x 2000 pixels", problems.list().getFirst().message());
        byte[] pixels =
                ImageFile.readLarge("a", bytes.toByteArray(), GREY, problems).orElseThrow();
        for (int i = 0; i < 64; i++) assertEquals(i % 8 < 4 ? 40 : 200, pixels[i] & 0xff, 1);
    }

    @Test
    void largerGreyImagesKeepTheirBrightness() throws IOException {
        BufferedImage image = new BufferedImage(20, 20, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 400; i++) image.getRaster().setSample(i % 20, i / 20, 0, 64);
        for (byte pixel : read(image, "png", GREY)) assertEquals(64, pixel);
    }

    /** Each old pixel is four new ones; between two centres the value goes in a line, beyond the last it stays. */
    @Test
    void smallerImagesAreDrawnBilinearly() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(1, 0, 0, 200);
        byte[] pixels = read(image, "png", GREY);
        int[] expected = {0, 0, 25, 75, 125, 175, 200, 200};
        for (int i = 0; i < 64; i++) assertEquals(expected[i % 8], pixels[i] & 0xff, "pixel " + i);
    }

    @Test
    void oneAxisMayGrowAndTheOtherShrink() throws IOException {
        BufferedImage image = new BufferedImage(4, 16, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 64; i++) image.getRaster().setSample(i % 4, i / 4, 0, i / 4 % 2 == 0 ? 10 : 30);
        for (byte pixel : read(image, "png", GREY)) assertEquals(20, pixel);
    }

    @Test
    void aPaletteIsLookedUp() throws IOException {
        byte[] ramp = new byte[256];
        for (int i = 0; i < 256; i++) ramp[i] = (byte) (255 - i);
        BufferedImage image =
                new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 256, ramp, ramp, ramp));
        for (int i = 0; i < 64; i++) image.getRaster().setSample(i % 8, i / 8, 0, 10);
        for (byte pixel : read(image, "png", GREY)) assertEquals((byte) 245, pixel);
    }

    @Test
    void jpegIsRead() throws IOException {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 256; i++) image.setRGB(i % 16, i / 16, 0x646464);
        for (byte pixel : read(image, "jpeg", GREY)) assertEquals(0x64, pixel, 2);
    }

    @Test
    void whatIsNoImageIsTold() {
        Problems problems = new Problems();
        assertTrue(ImageFile.read("a.png", new byte[200], GREY, problems).isEmpty());
        assertEquals(
                "this is neither a PNG nor a JPEG image", problems.list().get(0).message());
    }

    private static byte[] read(BufferedImage image, String format, Input input) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, bytes));
        Problems problems = new Problems();
        Optional<byte[]> pixels = ImageFile.read("a", bytes.toByteArray(), input, problems);
        assertEquals(List.of(), problems.list());
        return pixels.orElseThrow();
    }
}
