package touchstone.evaluator.job;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobResult;

/** What {@code train} and {@code score} have in common: the token on standard input, the start, the heart, the way out. */
abstract class JobCommand implements Callable<Integer> {

    @Option(names = "--server", required = true, description = "Address of the server.")
    private String server;

    @Option(names = "--run", required = true, description = "The run.")
    private String run;

    @Option(names = "--attempt", required = true, description = "Number of the attempt.")
    private int attempt;

    @Mixin
    private ParentWatch parentWatch;

    /** The work itself. @param folder for files; removed afterwards */
    abstract JobResult work(JobClient client, JobOrder order, Heart heart, Path folder)
            throws IOException, JobClient.Stopped, JobClient.Unreachable;

    @Override
    public final Integer call() throws Exception {
        BufferedReader input = ParentWatch.standardInput();
        String token = input.readLine();
        if (token == null || token.isBlank()) {
            System.err.println("the first line of standard input must be the job's token");
            return Exit.FAULT;
        }
        parentWatch.start(input);
        String address = server.replaceAll("/+$", "") + "/api/runs/" + run + "/attempts/" + attempt;
        Path folder = Files.createTempDirectory("touchstone-job");
        try (JobClient client = new JobClient(address, token.strip())) {
            JobOrder order = client.start();
            Deadline.start(order.deadlineSeconds());
            JobResult result;
            try (Heart heart = Heart.start(client, order.beatSeconds())) {
                result = work(client, order, heart, folder);
            }
            // The heart stands still by now: a beat behind the result would be told to stop, and end this process as a
            // failure.
            client.putJson("result", result);
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

    private static void remove(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) Files.delete(file);
        }
        Files.delete(folder);
    }
}
