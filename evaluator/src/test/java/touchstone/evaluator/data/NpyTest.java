package touchstone.evaluator.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NpyTest {

    @Test
    void readsWhatItWrote() {
        Npy array = Npy.ofBytes(new byte[] {1, 2, 3, -1, 5, 6}, 2, 1, 3);
        Npy read = Npy.read(Npy.write(array));
        assertEquals("|u1", read.kind());
        assertArrayEquals(new int[] {2, 1, 3}, read.shape());
        assertArrayEquals(array.data(), read.data());
        assertArrayEquals(new int[] {1, 2, 3, 255, 5, 6}, read.ints());
        assertArrayEquals(
                new int[] {7, -8},
                Npy.read(Npy.write(Npy.ofInts(new int[] {7, -8}))).ints());
    }

    /** {@code numpy.save(f, numpy.array([[1, 2], [3, 4]], dtype=numpy.uint8))}, NumPy 2.4.6. */
    @Test
    void readsWhatNumPyWrites() {
        byte[] file = HexFormat.of()
                .parseHex("934e554d5059010076007b276465736372273a20277c7531272c2027666f727472616e5f6f7264657227"
                        + "3a2046616c73652c20277368617065273a2028322c2032292c207d"
                        + "20".repeat(58) + "0a" + "01020304");
        Npy read = Npy.read(file);
        assertArrayEquals(new int[] {2, 2}, read.shape());
        assertArrayEquals(new int[] {1, 2, 3, 4}, read.ints());
    }

    @Test
    void dataBeginsAtAMultipleOf64() {
        byte[] file = Npy.write(Npy.ofBytes(new byte[3], 3));
        assertEquals(0, (file.length - 3) % 64);
        assertEquals('\n', file[file.length - 4]);
    }

    @Test
    void readsLongLabelsWhenTheyFit() {
        ByteBuffer longs = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(3)
                .putLong(-1);
        assertArrayEquals(new int[] {3, -1}, new Npy("<i8", new int[] {2}, longs.array()).ints());
        longs.putLong(0, 1L << 40);
        assertEquals(
                "the array holds 1099511627776: whole numbers must fit 32 bits",
                assertThrows(IllegalArgumentException.class, () -> new Npy("<i8", new int[] {2}, longs.array()).ints())
                        .getMessage());
    }

    @Test
    void fractionsAreNoWholeNumbers() {
        assertEquals(
                "whole numbers are needed, found <f4",
                assertThrows(IllegalArgumentException.class, () -> new Npy("<f4", new int[] {1}, new byte[4]).ints())
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'descr': '|u1', 'fortran_order': True, 'shape': (4,), }",
                "{'descr': '>i4', 'fortran_order': False, 'shape': (1,), }",
                "{'descr': '|O', 'fortran_order': False, 'shape': (4,), }",
                "{'descr': '|u1', 'fortran_order': False, 'shape': (5,), }",
                "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999,), }",
                "{'descr': '|u1', 'fortran_order': False}",
                "not a header"
            })
    void refusesWhatItCannotRead(String header) {
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0};
        byte[] file = Arrays.copyOf(start, start.length + header.length() + 4);
        System.arraycopy(header.getBytes(StandardCharsets.ISO_8859_1), 0, file, start.length, header.length());
        assertThrows(IllegalArgumentException.class, () -> Npy.read(file));
    }

    @Test
    void refusesWhatEndsTooEarly() {
        byte[] file = Npy.write(Npy.ofBytes(new byte[30], 30));
        for (int length : new int[] {0, 5, 11, 40, file.length - 1}) {
            assertThrows(IllegalArgumentException.class, () -> Npy.read(Arrays.copyOf(file, length)));
        }
    }
}
