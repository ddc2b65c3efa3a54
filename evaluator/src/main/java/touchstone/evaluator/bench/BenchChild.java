package touchstone.evaluator.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.training.Training;
import touchstone.spec.job.CurvePoint;

/** One training in a fresh process. */
public final class BenchChild {
    private BenchChild() {}

    /** Ends the training once enough steps were made. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /**
     * @param firstStepSeconds from the start of the process to the end of the first step
     * @param megabytes resident memory, at ten times of the run
     * @param weights digest of the final weights; empty when the run was cut short
     */
    public record Result(
            double loadSeconds,
            double firstStepSeconds,
            double imagesPerSecond,
            List<Long> megabytes,
            long peakMegabytes,
            String weights,
            Map<String, String> fingerprint) {}

    public static Result run(Path folder, int steps) throws IOException {
        Instant begun = ProcessHandle.current().info().startInstant().orElse(Instant.now());
        TaskPack pack = BenchTask.read(folder);
        var set = BenchTask.cropAndFlip(pack, folder.resolve("strategy"));
        double loaded = seconds(begun);
        NumericEngine engine = NumericEngine.start(pack.file().recipe().device());
        List<Long> megabytes = new ArrayList<>();
        double[] first = new double[1];
        long[] from = new long[2];
        int every = Math.max(1, steps / 10);
        int warm = steps / 2;
        Training.Listener listener = new Training.Listener() {
            @Override
            public void step(int epoch, int step, int all) {
                if (step == 1) first[0] = seconds(begun);
                if (step == warm) from[0] = System.nanoTime();
                if (step % every == 0) megabytes.add(status("VmRSS:"));
                if (step >= steps) {
                    from[1] = System.nanoTime();
                    if (step < all) throw new Enough();
                }
            }

            @Override
            public void epoch(CurvePoint point) {}
        };
        String weights = "";
        try {
            Training.Outcome outcome = new Training(pack, set, 1, engine).run(listener);
            if (outcome instanceof Training.Outcome.Trained trained)
                weights = trained.weights().digest();
        } catch (Enough e) {
            // As many steps as were asked for.
        }
        double rate = (steps - warm) * pack.file().recipe().batch() / ((from[1] - from[0]) / 1e9);
        return new Result(loaded, first[0], rate, megabytes, status("VmHWM:"), weights, engine.fingerprint());
    }

    private static double seconds(Instant since) {
        return Duration.between(since, Instant.now()).toMillis() / 1000.0;
    }

    /** In megabytes, of this process, as Linux counts them. */
    private static long status(String key) {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }
}
