package touchstone.evaluator.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Test;
import touchstone.evaluator.data.ImageSet;
import touchstone.evaluator.device.NumericEngine;
import touchstone.spec.task.TaskFile;

final class ImagesTest {

    private static final byte[] BASE = {1, 1, 2, 2, 3, 3};
    private static final byte[] FRESH = {8, 8, 9, 9};

    @Test
    void aSetIsOneImageASampleInItsOrder() {
        NumericEngine engine = NumericEngine.start(new TaskFile.Device("cpu", 1));
        try (NDManager manager = engine.newManager()) {
            assertArrayEquals(BASE, bytes(set(BASE, new byte[0], 0, 1, 2), manager));
            assertArrayEquals(new byte[] {1, 1, 3, 3}, bytes(set(BASE, new byte[0], 0, 2), manager), "one dropped");
            assertArrayEquals(
                    new byte[] {1, 1, 9, 9, 3, 3, 8, 8, 8, 8},
                    bytes(set(BASE, FRESH, 0, 4, 2, 3, 3), manager),
                    "one replaced, two added with one image");
        }
    }

    @Test
    void onlyTheBaseSetInItsOrderIsTheBaseSet() {
        assertTrue(set(BASE, new byte[0], 0, 1, 2).isBase());
        assertFalse(set(BASE, new byte[0], 0, 2).isBase());
        assertFalse(set(BASE, FRESH, 0, 4, 2).isBase());
        assertFalse(set(BASE, FRESH, 0, 1, 2, 3).isBase());
    }

    private static byte[] bytes(ImageSet set, NDManager manager) {
        NDArray images = Images.toDevice(set, manager);
        return images.toByteArray();
    }

    private static ImageSet set(byte[] base, byte[] fresh, int... rows) {
        return new ImageSet(new TaskFile.Input(1, 1, 2), base, fresh, rows);
    }
}
