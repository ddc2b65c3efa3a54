package touchstone.soak;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import touchstone.kubernetes.fake.Container;
import touchstone.kubernetes.fake.Containers;

/** Containers that speak as the evaluator does, and train nothing: a thread each, in this process. */
final class PlayedJobs implements Containers {
    /** As the evaluator ends. */
    private static final int FAULT = 1;

    private static final int KILLED = 137;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final Duration training;
    private final Duration scoring;

    /** @param training how long that is pretended to take */
    PlayedJobs(Duration training, Duration scoring) {
        this.training = training;
        this.scoring = scoring;
    }

    @Override
    public void start(Container container) {
        Thread thread = Thread.ofVirtual().unstarted(() -> play(container));
        container.onStop(thread::interrupt);
        thread.start();
    }

    private void play(Container container) {
        try {
            List<String> words = container.command();
            String token = Files.readString(Path.of(container.localized(option(words, "--token-file"))))
                    .strip();
            String attempt = option(words, "--server") + "/api/runs/" + option(words, "--run") + "/attempts/"
                    + option(words, "--attempt");
            container.exit(new PlayedJob(http, attempt, token, container.environment())
                    .work(words.getFirst().equals("train") ? training : scoring));
        } catch (IOException e) {
            container.log(e.toString());
            container.exit(FAULT);
        } catch (InterruptedException e) {
            container.exit(KILLED);
        }
    }

    private static String option(List<String> words, String name) {
        return words.get(words.indexOf(name) + 1);
    }
}
