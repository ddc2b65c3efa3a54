package touchstone.evaluator.job;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import picocli.CommandLine.Command;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobResult;

@Command(
        name = "fetch",
        description = "Before a job's first half: brings the task's files to where this job and later ones find them.")
final class FetchCommand extends JobCommand {

    /** A cache that is full or broken costs time and nothing else. */
    @Override
    void serve(JobClient client, JobOrder order, Path folder)
            throws IOException, JobClient.Stopped, JobClient.Unreachable {
        for (JobOrder.Input input : order.inputs()) {
            Path file = client.fetch(order, input.name(), folder);
            try {
                client.local().keep(file, input.digest(), InstantSource.system().instant());
            } catch (LocalFiles.Unkept e) {
                System.err.println(e.getMessage());
            }
        }
    }

    @Override
    JobResult work(JobClient client, JobOrder order, Heart heart, Path folder) {
        throw new IllegalStateException("nothing is computed here");
    }
}
