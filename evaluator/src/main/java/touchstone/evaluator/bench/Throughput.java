package touchstone.evaluator.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.training.Times;
import touchstone.evaluator.training.Training;
import touchstone.spec.job.CurvePoint;

/** Images a second of processor time, ours and the peers', in turns of one epoch each so that a busy machine slows all alike. */
final class Throughput {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final BenchTask task;
    private final Path folder;
    private final NumericEngine engine;
    private final Map<String, Peer> peers;
    private final int warmUp;
    private final int rounds;

    /** @param warmUp epochs before the measured {@code rounds}, for all alike */
    Throughput(BenchTask task, Path folder, NumericEngine engine, Map<String, Peer> peers, int warmUp, int rounds) {
        this.task = task;
        this.folder = folder;
        this.engine = engine;
        this.peers = new TreeMap<>(peers);
        this.warmUp = warmUp;
        this.rounds = rounds;
    }

    /**
     * @param imagesPerSecond ours and each peer's, of each round
     * @param shares of the wall time of our steps, by phase
     * @param arithmetic floating-point operations a second that our median rate amounts to, and the most that large matrix
     *     products reach on this processor
     */
    record Result(
            String network,
            int batch,
            Map<String, List<Double>> imagesPerSecond,
            Map<String, Spread> ratios,
            Map<String, Double> shares,
            double millisecondsPerStep,
            Map<String, Double> arithmetic) {}

    Result measure() throws IOException {
        TaskPack pack = BenchTask.read(folder);
        Training training = new Training(pack, BenchTask.cropAndFlip(pack, folder.resolve("strategy")), 1, engine);
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        rates.put("touchstone", new ArrayList<>());
        peers.keySet().forEach(name -> rates.put(name, new ArrayList<>()));
        Map<Times.Phase, Double> before = new TreeMap<>();
        training.run(new Training.Listener() {
            private long begun = SYSTEM.getProcessCpuTime();
            private int done;

            @Override
            public void step(int epoch, int step, int steps) {
                if (step % task.stepsPerEpoch() != 0) return;
                double cpu = (SYSTEM.getProcessCpuTime() - begun) / 1e9;
                done++;
                boolean counts = done > warmUp;
                if (counts) rates.get("touchstone").add(task.images() / cpu);
                if (done == warmUp) {
                    for (Times.Phase phase : Times.Phase.values())
                        before.put(phase, training.times().seconds(phase));
                }
                try {
                    for (var peer : peers.entrySet()) {
                        Peer.Answer answer = peer.getValue().steps(task.stepsPerEpoch());
                        if (counts) rates.get(peer.getKey()).add(task.images() / answer.cpu());
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                begun = SYSTEM.getProcessCpuTime();
            }

            @Override
            public void epoch(CurvePoint point) {}
        });
        Map<String, Spread> ratios = new LinkedHashMap<>();
        List<Double> ours = rates.get("touchstone");
        for (String name : peers.keySet()) {
            List<Double> ratio = new ArrayList<>();
            for (int r = 0; r < rounds; r++)
                ratio.add(ours.get(r) / rates.get(name).get(r));
            ratios.put(name, Spread.of(ratio));
        }
        double whole = 0;
        Map<Times.Phase, Double> spent = new TreeMap<>();
        for (Times.Phase phase : Times.Phase.values()) {
            double seconds = training.times().seconds(phase) - before.get(phase);
            spent.put(phase, seconds);
            whole += seconds;
        }
        Map<String, Double> shares = new LinkedHashMap<>();
        for (var one : spent.entrySet()) {
            shares.put(one.getKey().name().toLowerCase(java.util.Locale.ROOT), one.getValue() / whole);
        }
        return new Result(
                task.network(),
                task.batch(),
                rates,
                ratios,
                shares,
                1000 * whole / (rounds * task.stepsPerEpoch()),
                Map.of(
                        "ours",
                        Spread.of(ours).median()
                                * Arithmetic.perImage(
                                        pack.layers(), pack.file().data().input()),
                        "peak",
                        Arithmetic.peak(engine)));
    }
}
