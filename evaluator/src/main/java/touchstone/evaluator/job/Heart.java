package touchstone.evaluator.job;

import java.time.Duration;
import touchstone.spec.job.Beat;

/** Tells the server again and again that this job lives and how far it is; ends the process when the server wants it no more. */
final class Heart implements AutoCloseable {

    private static final long BEAT_MILLIS_MIN = 5_000;

    private final JobClient client;
    private final long pauseMillis;
    private final Thread thread = new Thread(this::beat, "heart");
    private volatile int epoch;
    private volatile int epochs;
    private volatile double secondsLeft = -1;

    private Heart(JobClient client, int beatSeconds) {
        this.client = client;
        this.pauseMillis = Math.max(1, beatSeconds) * 1000L;
    }

    static Heart start(JobClient client, int beatSeconds) {
        Heart heart = new Heart(client, beatSeconds);
        heart.thread.setDaemon(true);
        heart.thread.start();
        return heart;
    }

    void progress(int epochsDone, int ofEpochs, double secondsStillLeft) {
        epoch = epochsDone;
        epochs = ofEpochs;
        secondsLeft = secondsStillLeft;
    }

    private void beat() {
        // A server that is halted holds a beat as long as it may; the next one finds another server, before a lease
        // ends.
        Duration most = Duration.ofMillis(Math.max(BEAT_MILLIS_MIN, 2 * pauseMillis));
        try {
            for (long count = 1; ; count++) {
                client.tryPutJson("beat", new Beat(count, epoch, epochs, secondsLeft), most);
                Thread.sleep(pauseMillis);
            }
        } catch (JobClient.Stopped e) {
            System.err.println("stopped: " + e.getMessage());
            Runtime.getRuntime().halt(Exit.STOPPED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
