package touchstone.evaluator.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import touchstone.evaluator.data.PackedTask;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.data.TaskSource;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.model.Weights;
import touchstone.evaluator.scoring.Scoring;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobResult;
import touchstone.spec.task.TaskFile;
import touchstone.spec.text.Problems;

@Command(
        name = "score",
        description = "A job's second half: scores final weights on the hidden test. Never sees the strategy.")
final class ScoreCommand extends JobCommand {

    @Override
    JobResult work(JobClient client, JobOrder order, Heart heart, Path folder)
            throws IOException, JobClient.Stopped, JobClient.Unreachable {
        long begun = System.nanoTime();
        Problems problems = new Problems();
        Optional<TaskPack> task = TaskSource.read(client.fetch(order, "task", folder), problems);
        if (task.isEmpty())
            return new JobResult.Faulted("organizer", problems.list().toString());
        Weights weights = Weights.read(
                Files.readAllBytes(client.fetch(order, "weights", folder)),
                task.get().initial());
        TaskPack pack = task.get().withHidden(PackedTask.readHidden(client.fetch(order, "hidden", folder), task.get()));
        TaskFile.Device device = pack.file().recipe().device();
        NumericEngine engine = NumericEngine.start(device.withThreads(order.threads()));
        double loaded = (System.nanoTime() - begun) / 1e9;
        begun = System.nanoTime();
        Scoring.Score score = Scoring.of(pack, weights, engine);
        return new JobResult.Scored(
                weights.digest(),
                score.metrics(),
                score.samples(),
                score.correct(),
                score.slices(),
                Map.of("load", loaded, "score", (System.nanoTime() - begun) / 1e9),
                engine.fingerprint());
    }
}
