package touchstone.kubernetes.fake;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What one container wrote. */
final class PodLog {
    /** Older lines are dropped, as a kubelet rotates files. */
    private static final int LINES_MAX = 20_000;

    private record Line(Instant at, String text) {}

    private final List<Line> lines = new ArrayList<>();
    private long dropped;
    private boolean closed;

    synchronized void add(Instant at, String text) {
        lines.add(new Line(at, text));
        if (lines.size() > LINES_MAX) {
            lines.removeFirst();
            dropped++;
        }
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Writes what the call asks for, until the container ends where it follows. */
    void copy(Call call, OutputStream out) throws IOException {
        long next = first(call);
        long left = call.number("limitBytes", Long.MAX_VALUE);
        while (left > 0) {
            List<Line> some = after(next, call.flag("follow"));
            if (some.isEmpty()) {
                break;
            }
            for (Line line : some) {
                byte[] bytes = ((call.flag("timestamps") ? line.at() + " " : "") + line.text() + "\n")
                        .getBytes(StandardCharsets.UTF_8);
                int count = (int) Math.min(bytes.length, left);
                out.write(bytes, 0, count);
                left -= count;
            }
            out.flush();
            next += some.size();
        }
    }

    private synchronized long first(Call call) {
        long tail = call.number("tailLines", Long.MAX_VALUE);
        return dropped + Math.max(0, lines.size() - tail);
    }

    private synchronized List<Line> after(long next, boolean waits) {
        while (waits && !closed && next >= dropped + lines.size()) {
            try {
                wait();
            } catch (InterruptedException e) {
                return List.of();
            }
        }
        int from = (int) Math.max(0, next - dropped);
        return from >= lines.size() ? List.of() : List.copyOf(lines.subList(from, lines.size()));
    }
}
