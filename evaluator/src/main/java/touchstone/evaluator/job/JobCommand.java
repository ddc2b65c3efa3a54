package touchstone.evaluator.job;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobResult;

/** What {@code train} and {@code score} have in common: the token, the start, the heart, the way out. */
abstract class JobCommand implements Callable<Integer> {

    @Option(names = "--server", required = true, description = "Address of the server.")
    private String server;

    @Option(names = "--run", required = true, description = "The run.")
    private String run;

    @Option(names = "--attempt", required = true, description = "Number of the attempt.")
    private int attempt;

    @Option(
            names = "--token-file",
            description = "File whose first line is the job's token; without it the first line of standard input.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--ca",
            description = "Authority, PEM, that signs the server's certificate; no other is trusted then.")
    private @Nullable Path authority;

    @Option(
            names = "--cached",
            description = "Folder of files named by their SHA-256, to look in before the server is asked.")
    private @Nullable Path cached;

    @Option(names = "--handover", description = "Folder in which one command leaves the final weights for the next.")
    private @Nullable Path handover;

    @Mixin
    private ParentWatch parentWatch;

    /** The work itself. @param folder for files; removed afterwards */
    abstract JobResult work(JobClient client, JobOrder order, Heart heart, Path folder)
            throws IOException, JobClient.Stopped, JobClient.Unreachable;

    @Override
    public final Integer call() throws Exception {
        BufferedReader input = ParentWatch.standardInput();
        String token = token(input);
        if (token.isEmpty()) {
            System.err.println("the first line of " + (tokenFile == null ? "standard input" : tokenFile)
                    + " must be the job's token");
            return Exit.FAULT;
        }
        parentWatch.start(input);
        String address = server.replaceAll("/+$", "") + "/api/runs/" + run + "/attempts/" + attempt;
        Path folder = Files.createTempDirectory("touchstone-job");
        LocalFiles files = new LocalFiles(cached, handover);
        try (JobClient client = new JobClient(address, token, authority, files)) {
            JobOrder order = client.start();
            Deadline.start(order.deadlineSeconds());
            serve(client, order, folder);
            return Exit.DONE;
        } catch (JobClient.Stopped e) {
            System.err.println("stopped: " + e.getMessage());
            return Exit.STOPPED;
        } catch (JobClient.Unreachable e) {
            System.err.println("unreachable: " + e.getMessage());
            return Exit.UNREACHABLE;
        } finally {
            remove(folder);
        }
    }

    /** What an order asks for, told to the server. */
    void serve(JobClient client, JobOrder order, Path folder)
            throws IOException, JobClient.Stopped, JobClient.Unreachable {
        JobResult result;
        try (Heart heart = Heart.start(client, order.beatSeconds())) {
            result = work(client, order, heart, folder);
        }
        // The heart stands still by now: a beat behind the result would be told to stop, and end this process as a
        // failure.
        client.putJson("result", result);
    }

    private String token(BufferedReader input) throws IOException {
        if (tokenFile == null) return firstLine(input);
        try (BufferedReader file = Files.newBufferedReader(tokenFile)) {
            return firstLine(file);
        }
    }

    private static String firstLine(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        return line == null ? "" : line.strip();
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) Files.delete(file);
        }
        Files.delete(folder);
    }
}
