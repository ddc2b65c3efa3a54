package touchstone.evaluator.check;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;

/** Small grey PNG files. */
final class Pictures {
    private Pictures() {}

    static byte[] grey(int side, int value) throws IOException {
        byte[] pixels = new byte[side * side];
        Arrays.fill(pixels, (byte) value);
        return of(side, pixels);
    }

    static byte[] of(int side, byte[] pixels) throws IOException {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < pixels.length; i++) image.getRaster().setSample(i % side, i / side, 0, pixels[i] & 0xff);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }
}
