package touchstone.api.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Refuses a stream at its first bytes when it is no zip: nobody should send 50 MB to learn that. */
final class ZipStart extends FilterInputStream {
    private boolean begun;

    ZipStart(InputStream stream) {
        super(stream);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (begun) return super.read(bytes, offset, length);
        begun = true;
        int read = in.readNBytes(bytes, offset, Math.min(length, 4));
        if (read == 0) return -1;
        if (read < 2 || bytes[offset] != 'P' || bytes[offset + 1] != 'K') throw new NotZip();
        return read;
    }

    /** It begins with something else. */
    static final class NotZip extends IOException {}
}
