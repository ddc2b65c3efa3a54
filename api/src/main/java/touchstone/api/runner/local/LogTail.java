package touchstone.api.runner.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The last bytes of what a process wrote, in bounded memory however much it writes. */
final class LogTail {
    private final byte[] ring;
    private long written;

    LogTail(int bytesMax) {
        ring = new byte[bytesMax];
    }

    /** Reads to the end of the stream. */
    void readAll(InputStream stream) throws IOException {
        byte[] buffer = new byte[8 * 1024];
        for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) add(buffer, count);
    }

    synchronized void add(byte[] bytes, int count) {
        for (int i = Math.max(0, count - ring.length); i < count; i++) {
            ring[(int) ((written + i) % ring.length)] = bytes[i];
        }
        written += count;
    }

    synchronized String text() {
        int size = (int) Math.min(written, ring.length);
        byte[] ordered = new byte[size];
        for (int i = 0; i < size; i++) ordered[i] = ring[(int) ((written - size + i) % ring.length)];
        return new String(ordered, StandardCharsets.UTF_8);
    }
}
