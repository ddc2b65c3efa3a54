package touchstone.evaluator.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import touchstone.spec.task.TaskFile.Input;

final class DifferenceHashTest {

    private static final Input GREY = new Input(1, 16, 18);

    @Test
    void eachBitSaysWhetherAPixelIsDarkerThanItsRightNeighbour() {
        byte[] brightening = new byte[16 * 18];
        for (int i = 0; i < brightening.length; i++) brightening[i] = (byte) (i % 18);
        assertEquals(-1L, DifferenceHash.of(brightening, 0, GREY));
        byte[] darkening = new byte[16 * 18];
        for (int i = 0; i < darkening.length; i++) darkening[i] = (byte) (99 - i % 18);
        assertEquals(0, DifferenceHash.of(darkening, 0, GREY));
        assertEquals(0, DifferenceHash.of(new byte[16 * 18], 0, GREY), "nothing is darker");
        byte[] topLeft = darkening.clone();
        for (int y = 0; y < 2; y++) topLeft[18 * y] = topLeft[18 * y + 1] = 0;
        assertEquals(1L << 63, DifferenceHash.of(topLeft, 0, GREY));
    }

    @Test
    void slightChangesAreNearAndOtherImagesAreNot() {
        Input input = new Input(3, 32, 32);
        SplittableRandom random = new SplittableRandom(1);
        byte[] first = blocks(random);
        byte[] other = blocks(random);
        byte[] noisy = first.clone();
        for (int i = 0; i < noisy.length; i++)
            noisy[i] = (byte) Math.clamp((noisy[i] & 0xff) + random.nextInt(-9, 10), 0, 255);
        long hash = DifferenceHash.of(first, 0, input);
        assertTrue(DifferenceHash.isNear(hash, DifferenceHash.of(noisy, 0, input)));
        assertFalse(DifferenceHash.isNear(hash, DifferenceHash.of(other, 0, input)));
    }

    @Test
    void nearIsFourBitsApartAtMost() {
        assertTrue(DifferenceHash.isNear(0, 0b1111));
        assertFalse(DifferenceHash.isNear(0, 0b11111));
    }

    /** Colours in squares of 4 x 4. */
    private static byte[] blocks(SplittableRandom random) {
        byte[] image = new byte[3 * 32 * 32];
        int[] colours = random.ints(3 * 64, 20, 236).toArray();
        for (int i = 0; i < image.length; i++) {
            int channel = i / 1024;
            int row = i % 1024 / 32;
            image[i] = (byte) colours[channel * 64 + row / 4 * 8 + i % 32 / 4];
        }
        return image;
    }
}
