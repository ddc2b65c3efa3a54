package touchstone.kubernetes.fake;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Does the work of containers by real processes on this machine. */
public final class ChildProcesses implements Containers {
    private final Function<Container, ProcessBuilder> command;

    /** What the container says, with its paths in their places on this machine. */
    public static ProcessBuilder asTold(Container container) {
        var process = new ProcessBuilder(
                container.command().stream().map(container::localized).toList());
        process.environment().putAll(container.environment());
        return process;
    }

    /** {@code command} says what to start for a container, such as {@link #asTold}; its files are where {@link Container#folder} says. */
    public ChildProcesses(Function<Container, ProcessBuilder> command) {
        this.command = command;
    }

    @Override
    public void start(Container container) {
        Thread.ofVirtual().name("container-" + container.name()).start(() -> run(container));
    }

    private void run(Container container) {
        try {
            Process process = command.apply(container).redirectErrorStream(true).start();
            container.onStop(() -> {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            });
            try (var lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                String line = lines.readLine();
                while (line != null) {
                    container.log(line);
                    line = lines.readLine();
                }
            }
            int code = process.waitFor();
            container.readTerminationMessage();
            container.exit(code);
        } catch (IOException e) {
            container.log("the container's process did not run: " + e.getMessage());
            container.exit(128);
        } catch (InterruptedException e) {
            container.exit(137);
        }
    }
}
