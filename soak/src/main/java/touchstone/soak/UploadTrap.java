package touchstone.soak;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Waits for somebody's next upload, so that a server dies in the middle of it. */
final class UploadTrap {
    /** Between the bytes and the kill, so that the server has read them. */
    private static final int ARRIVED_MILLIS = 40;

    private final ServerProcess server;
    private final Plan.Kill kill;
    private final Act act;
    private final CountDownLatch sprung = new CountDownLatch(1);

    /** The kill itself. */
    interface Act {
        void kill(ServerProcess server, Plan.Kill kill) throws InterruptedException;
    }

    UploadTrap(ServerProcess server, Plan.Kill kill, Act act) {
        this.server = server;
        this.kill = kill;
        this.act = act;
    }

    /** Called by whoever uploads, before the upload that counts. */
    void close(byte[] strategy, String key, Contestant who) throws IOException, InterruptedException {
        boolean half = kill.victim() == Plan.Victim.UPLOAD;
        int bytes = half ? strategy.length / 2 : strategy.length;
        @Nullable Socket socket = who.beginUpload(server.port(), strategy, bytes, key);
        Thread.sleep(half ? ARRIVED_MILLIS : kill.delayMillis());
        act.kill(server, kill);
        if (socket != null) socket.close();
        sprung.countDown();
    }

    ServerProcess server() {
        return server;
    }

    boolean isSprung() {
        return sprung.getCount() == 0;
    }

    void await() throws InterruptedException {
        sprung.await();
    }
}
