package touchstone.evaluator.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PixelIndexTest {

    @Test
    void findsAllThatAreEqualByteByByte() {
        PixelIndex index = new PixelIndex(3);
        byte[] images = {1, 2, 3, 1, 2, 3, 1, 2, 4};
        for (int i = 0; i < 3; i++) index.add(images, 3 * i, i);
        assertEquals(List.of(0, 1), index.equalTo(new byte[] {9, 1, 2, 3}, 1));
        assertEquals(List.of(2), index.equalTo(images, 6));
        assertEquals(List.of(), index.equalTo(new byte[] {3, 2, 1}, 0));
    }
}
