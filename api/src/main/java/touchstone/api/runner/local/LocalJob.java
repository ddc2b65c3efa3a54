package touchstone.api.runner.local;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.runner.CommandEnd;
import touchstone.api.runner.JobState;
import touchstone.api.runner.Launch;
import touchstone.api.runner.Numerics;
import touchstone.api.runner.ProcessMark;
import touchstone.api.runner.ProcessTable;

/**
 * One job: its commands as child processes, one after the other, in a scratch folder of its own.
 *
 * <p>A child's standard input stays open as long as the child may live. When this process dies, however it dies, the kernel
 * closes the pipe and the child ends itself; so a killed server leaves no children.
 */
final class LocalJob implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(LocalJob.class);

    /** Where programs and CUDA's libraries are, and which GPU this server may use. */
    private static final List<String> KEPT =
            List.of("PATH", "HOME", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "TOUCHSTONE_LIBTORCH");

    private final Launch launch;
    private final LocalRunnerConfig config;
    private final Path scratch;
    private volatile JobState state = new JobState.Starting();
    private volatile boolean stopped;
    private volatile @Nullable Process process;

    LocalJob(Launch launch, LocalRunnerConfig config) {
        this.launch = launch;
        this.config = config;
        this.scratch = config.ownWork().resolve(launch.job().toString());
    }

    JobState state() {
        return state;
    }

    void stop() {
        stopped = true;
        Process running = process;
        if (running != null) running.destroyForcibly();
    }

    @Override
    public void run() {
        JobState end = new JobState.Broken("the job's thread was ended by a fault of the server; see its log");
        try {
            Files.createDirectories(scratch);
            end = runCommands();
        } catch (IOException e) {
            log.error("the job {} could not be started", launch.job(), e);
            end = new JobState.Broken("the job could not be started: " + e.getMessage());
        } catch (RuntimeException e) {
            log.error("the job {} met a fault of the server", launch.job(), e);
            end = new JobState.Broken("the job met a fault of the server: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end = new JobState.Broken("the server stopped while the job was running");
        } finally {
            try {
                stop();
                Folders.remove(scratch);
            } finally {
                // Whatever was thrown: a job that never ends would hold its slot for ever.
                state = end;
            }
        }
    }

    private JobState runCommands() throws IOException, InterruptedException {
        JobState end = new JobState.Finished();
        for (Launch.Command command : launch.commands()) {
            if (stopped) return new JobState.ToldToStop();
            end = run(command);
            if (!(end instanceof JobState.Finished)) break;
        }
        return stopped ? new JobState.ToldToStop() : end;
    }

    private JobState run(Launch.Command command) throws IOException, InterruptedException {
        String name = command.purpose().name().toLowerCase(Locale.ROOT);
        LogTail tail = new LogTail(LocalRunnerConfig.LOG_BYTES_MAX);
        Process child = start(name);
        process = child;
        if (stopped) child.destroyForcibly();
        try {
            state = new JobState.Running(mark(child));
            Thread reader =
                    Thread.ofPlatform().daemon().name("log of " + launch.job()).start(() -> read(child, tail));
            tell(child, command.token());
            boolean inTime = child.waitFor(config.deadline().toMillis(), TimeUnit.MILLISECONDS);
            if (!inTime) child.destroyForcibly().waitFor();
            reader.join();
            if (!inTime)
                return new JobState.OverLimit(
                        name + " took longer than " + config.deadline().toSeconds() + " seconds", tail.text());
            return end(name, child.exitValue(), tail.text()).state();
        } finally {
            child.destroyForcibly();
        }
    }

    /** The system gives no reason for a kill; nobody but it and this server kills, and this server knows when it does. */
    private static CommandEnd end(String command, int exit, String log) {
        return new CommandEnd(command, exit, exit == CommandEnd.KILLED, log);
    }

    private Process start(String command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words(command));
        builder.directory(scratch.toFile()).redirectErrorStream(true);
        // Nothing of the server's environment reaches a job: it may hold passwords.
        builder.environment().keySet().retainAll(KEPT);
        builder.environment().put("TMPDIR", scratch.toString());
        builder.environment().put("LANG", "C.UTF-8");
        builder.environment().putAll(Numerics.ENVIRONMENT);
        return builder.start();
    }

    private List<String> words(String command) {
        List<String> words = new ArrayList<>();
        MemoryLimit.prefix(config.memoryBytes()).ifPresent(words::addAll);
        words.addAll(config.evaluator().words(scratch));
        words.addAll(List.of(command, "--server", config.server().get().toString()));
        words.addAll(List.of("--run", launch.job().run().toString()));
        words.addAll(List.of("--attempt", Integer.toString(launch.job().attempt())));
        words.add("--parent-watch");
        return words;
    }

    private static ProcessMark mark(Process child) {
        return ProcessTable.find(child.pid()).orElse(new ProcessMark(child.pid(), ProcessMark.UNKNOWN));
    }

    /** The token goes by standard input, since arguments and environment can be read by others. The stream stays open. */
    private static void tell(Process child, String token) {
        OutputStream input = child.getOutputStream();
        try {
            input.write((token + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            log.debug("a child ended before it read its token; its exit code tells why", e);
        }
    }

    private static void read(Process child, LogTail tail) {
        try {
            tail.readAll(child.getInputStream());
        } catch (IOException e) {
            log.debug("a child's output broke off; what was read is kept", e);
        }
    }
}
