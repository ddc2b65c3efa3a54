package touchstone.evaluator.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** On a GPU: the same bits in two processes, images a second, and how much of the time the GPU waits. */
final class GpuBench {

    private static final String CUDA = "{class: cuda, threads: 1}";
    private static final int STEPS = 200;

    private final Path folder;

    GpuBench(Path folder) {
        this.folder = folder;
    }

    Bench.Gpu measure() throws IOException, InterruptedException {
        Map<String, Double> rates = new LinkedHashMap<>();
        Map<String, Double> idle = new LinkedHashMap<>();
        boolean same = true;
        List<BenchTask> tasks = List.of(
                new BenchTask("resnet9", 64, 3, 32, 512, STEPS), new BenchTask("resnet18", 64, 3, 32, 512, STEPS));
        for (BenchTask task : tasks) {
            Path data = folder.resolve(task.network());
            task.write(data, 1, CUDA);
            System.err.println("measuring " + task.network() + " on the GPU ...");
            List<Integer> busy = new ArrayList<>();
            Process watch = new ProcessBuilder(
                            "nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-lms", "100")
                    .start();
            Thread reader = Thread.ofVirtual().start(() -> read(watch, busy));
            BenchChild.Result first = Bench.child(data, STEPS);
            watch.destroy();
            reader.join();
            BenchChild.Result second = Bench.child(data, STEPS);
            same &= !first.weights().isEmpty() && first.weights().equals(second.weights());
            rates.put(task.network(), (first.imagesPerSecond() + second.imagesPerSecond()) / 2);
            idle.put(task.network(), idle(busy));
        }
        return new Bench.Gpu(same, rates, idle);
    }

    private static void read(Process watch, List<Integer> busy) {
        try (BufferedReader lines = watch.inputReader(StandardCharsets.US_ASCII)) {
            for (String line; (line = lines.readLine()) != null; ) busy.add(Integer.parseInt(line.strip()));
        } catch (IOException | NumberFormatException e) {
            // What was read so far is what there is.
        }
    }

    /** Of the second half of a run, when its start is over: 1 - mean utilization. */
    private static double idle(List<Integer> busy) {
        List<Integer> late = busy.subList(busy.size() / 2, busy.size());
        return 1 - late.stream().mapToInt(Integer::intValue).average().orElse(0) / 100;
    }
}
