package touchstone.evaluator.job;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Option;

/**
 * Ends this process when its standard input closes: a killed server leaves no child behind. Watching the pipe works where a
 * parent-death signal does not, since that one fires when the spawning thread ends.
 */
final class ParentWatch {

    private static final int STATUS_AFTER_PARENT = 143;

    @Option(names = "--parent-watch", hidden = true, description = "End when standard input closes.")
    private boolean watching;

    /** Reads on from {@code input} in the background until it ends. */
    void start(BufferedReader input) {
        if (!watching) return;
        Thread thread = new Thread(
                () -> {
                    try {
                        while (input.read() >= 0) {
                            // The parent says nothing more; only the end matters.
                        }
                    } catch (IOException e) {
                        // A broken pipe is an end as well.
                    }
                    Runtime.getRuntime().halt(STATUS_AFTER_PARENT);
                },
                "parent-watch");
        thread.setDaemon(true);
        thread.start();
    }

    static BufferedReader standardInput() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }
}
