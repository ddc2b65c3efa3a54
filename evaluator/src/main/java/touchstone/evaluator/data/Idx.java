package touchstone.evaluator.data;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** The IDX format of MNIST, plain or gzipped, of unsigned bytes. */
public final class Idx {

    private static final long INFLATED_BYTES_MAX = 2L << 30;

    private Idx() {}

    /** Throws {@link IllegalArgumentException} with a sentence when the bytes are not such a file. */
    public static Npy read(byte[] file) {
        byte[] bytes = file.length > 2 && file[0] == 0x1f && (file[1] & 0xff) == 0x8b ? gunzip(file) : file;
        if (bytes.length < 8 || bytes[0] != 0 || bytes[1] != 0 || bytes[2] != 8) {
            throw new IllegalArgumentException("this is not an IDX file of unsigned bytes");
        }
        int dimensions = bytes[3];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int start = 4 + 4 * dimensions;
        if (dimensions < 1 || dimensions > 4 || start > bytes.length) {
            throw new IllegalArgumentException("the IDX header cannot be read");
        }
        int[] shape = new int[dimensions];
        long wanted = 1;
        for (int d = 0; d < dimensions; d++) {
            shape[d] = buffer.getInt(4 + 4 * d);
            wanted = Math.multiplyExact(wanted, (long) shape[d]);
        }
        if (wanted != bytes.length - start) {
            throw new IllegalArgumentException(
                    "the header announces " + wanted + " bytes, found " + (bytes.length - start));
        }
        return Npy.ofBytes(Arrays.copyOfRange(bytes, start, bytes.length), shape);
    }

    private static byte[] gunzip(byte[] file) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPInputStream stream = new GZIPInputStream(new ByteArrayInputStream(file))) {
            byte[] chunk = new byte[1 << 16];
            for (int read; (read = stream.read(chunk)) >= 0; ) {
                bytes.write(chunk, 0, read);
                if (bytes.size() > INFLATED_BYTES_MAX) throw new IllegalArgumentException("it unpacks to too much");
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("the compression is broken: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }
}
