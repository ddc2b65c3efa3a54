package touchstone.kubernetes.fake;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongConsumer;

/** Tells how many bytes went through, and can be cut: then it does not end, it breaks off. */
final class Counting extends FilterOutputStream {
    private final LongConsumer counter;
    private boolean cut;

    Counting(OutputStream out, LongConsumer counter) {
        super(out);
        this.counter = counter;
    }

    void cut() {
        cut = true;
    }

    /** The server closes the connection where the end of an answer cannot be written. */
    @Override
    public void close() throws IOException {
        if (cut) {
            throw new IOException("the answer is cut");
        }
        super.close();
    }

    @Override
    public void write(int b) throws IOException {
        out.write(b);
        counter.accept(1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        out.write(bytes, from, count);
        counter.accept(count);
    }
}
