package touchstone.evaluator.job;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import touchstone.evaluator.check.StrategyCheck;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.data.TaskSource;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.scoring.Scoring;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.evaluator.training.Training;
import touchstone.spec.job.CurvePoint;
import touchstone.spec.job.JobOrder;
import touchstone.spec.job.JobResult;
import touchstone.spec.strategy.StrategyParser;
import touchstone.spec.task.TaskFile;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

@Command(
        name = "train",
        description = "A job's first half: trains and stores the final weights. Never sees the hidden test.")
final class TrainCommand extends JobCommand {

    @Override
    JobResult work(JobClient client, JobOrder order, Heart heart, Path folder)
            throws IOException, JobClient.Stopped, JobClient.Unreachable {
        long begun = System.nanoTime();
        Problems problems = new Problems();
        Path task = client.fetch(order, "task", folder);
        client.handOver(order, "task", task);
        Optional<TaskPack> pack = TaskSource.read(task, problems);
        if (pack.isEmpty())
            return new JobResult.Faulted("organizer", problems.list().toString());
        Optional<TrainingSet> set =
                StrategyCheck.read(pack.get(), client.fetch(order, "strategy", folder), order.without(), problems);
        if (set.isEmpty()) return new JobResult.Rejected(problems.list());
        TaskFile.Device device = pack.get().file().recipe().device();
        NumericEngine engine = NumericEngine.start(device.withThreads(order.threads()));
        double loaded = seconds(begun);

        begun = System.nanoTime();
        Reporter reporter =
                new Reporter(client, heart, pack.get().file().recipe().epochs());
        Training.Outcome outcome = new Training(pack.get(), set.get(), order.seed(), engine).run(reporter);
        double trained = seconds(begun);
        reporter.rethrow();
        return switch (outcome) {
            case Training.Outcome.Diverged diverged -> new JobResult.Rejected(List.of(diverged(diverged)));
            case Training.Outcome.Trained result -> {
                byte[] weights = result.weights().toBytes();
                String digest = result.weights().digest();
                client.putBytes("weights", weights, digest);
                client.local().handOver(weights, digest);
                yield new JobResult.Trained(
                        digest,
                        pack.get().initial().digest(),
                        Scoring.validation(pack.get(), result.weights(), engine),
                        Map.of("load", loaded, "train", trained),
                        engine.fingerprint(),
                        result.notes());
            }
        };
    }

    static Problem diverged(Training.Outcome.Diverged diverged) {
        return Problem.of(
                StrategyParser.FILE,
                "training diverged in epoch " + diverged.epoch() + ": the loss is no finite number any more",
                "weaken strong augmentation or extreme weights");
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    /** Passes progress on; a curve point that the server refuses ends the training as soon as it returns. */
    private static final class Reporter implements Training.Listener {
        private final JobClient client;
        private final Heart heart;
        private final int epochs;
        private final long begun = System.nanoTime();
        private JobClient.@org.jspecify.annotations.Nullable Stopped stopped;
        private JobClient.@org.jspecify.annotations.Nullable Unreachable unreachable;

        Reporter(JobClient client, Heart heart, int epochs) {
            this.client = client;
            this.heart = heart;
            this.epochs = epochs;
        }

        @Override
        public void step(int epoch, int step, int steps) {
            double left = seconds(begun) * (steps - step) / step;
            heart.progress(epoch - 1, epochs, left);
        }

        @Override
        public void epoch(CurvePoint point) {
            if (stopped != null || unreachable != null) return;
            try {
                client.putJson("curve", point);
            } catch (JobClient.Stopped e) {
                stopped = e;
            } catch (JobClient.Unreachable e) {
                unreachable = e;
            }
        }

        void rethrow() throws JobClient.Stopped, JobClient.Unreachable {
            if (stopped != null) throw stopped;
            if (unreachable != null) throw unreachable;
        }
    }
}
