package touchstone.evaluator.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import touchstone.spec.task.TaskFile.Input;

final class ImageStatisticsTest {

    private static final Input GREY = new Input(1, 8, 8);

    @Test
    void anEvenImageHasOnlyALuma() {
        assertEquals(new ImageStatistics(0, 0, 0, 0), of(even(0), GREY));
        assertEquals(new ImageStatistics(1, 0, 0, 0), of(even(255), GREY));
        ImageStatistics middle = of(even(51), GREY);
        assertEquals(0.2, middle.luma(), 1e-12);
        assertEquals(0, middle.contrast(), 1e-7);
    }

    @Test
    void halfBlackHalfWhiteHasTheMostContrast() {
        byte[] image = even(0);
        for (int i = 32; i < 64; i++) image[i] = (byte) 255;
        ImageStatistics found = of(image, GREY);
        assertEquals(0.5, found.luma(), 1e-12);
        assertEquals(0.5, found.contrast(), 1e-12);
        assertEquals(2 * 6 / 36.0, found.sharpness(), 1e-12, "two of six inner rows lie at the edge, each by 1");
        assertEquals(0, found.noise(), 1e-12, "a straight edge is no noise");
    }

    @Test
    void aDotIsSharpAndNoisy() {
        byte[] image = even(0);
        image[3 * 8 + 3] = (byte) 255;
        ImageStatistics found = of(image, GREY);
        assertEquals((4 + 4) / 36.0, found.sharpness(), 1e-12);
        assertEquals(Math.sqrt(Math.PI / 2) * (4 + 4 * 2 + 4) / (6 * 36.0), found.noise(), 1e-12);
    }

    @Test
    void estimatesTheDeviationOfNoise() {
        Input large = new Input(1, 64, 64);
        byte[] image = new byte[64 * 64];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < image.length; i++) {
            double sum = 0;
            for (int k = 0; k < 12; k++) sum += random.nextDouble() - 0.5;
            image[i] = (byte) Math.round(255 * Math.clamp(0.3 + i % 64 / 200.0 + 0.08 * sum, 0, 1));
        }
        assertEquals(0.08, of(image, large).noise(), 0.005);
        assertTrue(of(image, large).contrast() > 0.1, "the slope is contrast, not noise");
    }

    @Test
    void coloursCountAsTheEyeWeighsThem() {
        Input colour = new Input(3, 8, 8);
        byte[] image = new byte[192];
        for (int i = 64; i < 128; i++) image[i] = (byte) 255;
        assertEquals(0.587, of(image, colour).luma(), 1e-12);
    }

    @Test
    void readsTheImageAtItsOffset() {
        byte[] two = new byte[128];
        for (int i = 64; i < 128; i++) two[i] = (byte) 255;
        assertEquals(0, ImageStatistics.of(two, 0, GREY).luma());
        assertEquals(1, ImageStatistics.of(two, 64, GREY).luma());
    }

    private static ImageStatistics of(byte[] image, Input input) {
        return ImageStatistics.of(image, 0, input);
    }

    private static byte[] even(int value) {
        byte[] image = new byte[64];
        java.util.Arrays.fill(image, (byte) value);
        return image;
    }
}
