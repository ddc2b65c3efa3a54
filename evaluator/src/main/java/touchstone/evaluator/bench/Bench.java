package touchstone.evaluator.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.device.NumericEngine;
import touchstone.spec.task.TaskFile;

/** Everything that {@code bench} measures, one part after the other. */
public final class Bench {

    private static final String CPU = "{class: cpu, threads: 1}";

    public static final List<String> PARTS = List.of("all", "throughput", "expressions", "start", "check", "memory");

    private final Options options;

    public Bench(Options options) {
        this.options = options;
    }

    /** @param only a part's name, or {@code all} */
    public record Options(String device, int rounds, String python, Path peer, int memorySteps, String only) {
        boolean measures(String part) {
            return only.equals("all") || only.equals(part);
        }
    }

    /** Null for what was not asked for. */
    public record Report(
            Map<String, String> machine,
            @Nullable List<Throughput.Result> throughput,
            @Nullable List<Expressions.Result> expressions,
            @Nullable Starts starts,
            BenchChild.@Nullable Result memory,
            @Nullable Spread check,
            @Nullable Gpu gpu) {

        public String text() {
            return ReportText.of(this);
        }
    }

    /** Seconds from a process's start to the end of its first step. */
    public record Starts(String network, Spread firstStep) {}

    /** @param idle share of the samples in which the GPU computed nothing */
    public record Gpu(boolean sameBits, Map<String, Double> imagesPerSecond, Map<String, Double> idle) {}

    /** Throws {@link NumericEngine.Unfit} when the device is not there. */
    public Report run() throws IOException, InterruptedException {
        if (options.device().equals("cuda")) NumericEngine.demandCuda();
        Path folder = Files.createTempDirectory("touchstone-bench");
        try {
            return run(folder);
        } finally {
            delete(folder);
        }
    }

    private Report run(Path folder) throws IOException, InterruptedException {
        // First of all: what a fresh process pays counts.
        List<Expressions.Result> expressions = options.measures("expressions") ? Expressions.measure() : null;
        if (options.device().equals("cuda")) {
            return new Report(machine(), null, expressions, null, null, null, new GpuBench(folder).measure());
        }
        Starts starts = options.measures("start") ? starts(folder.resolve("start")) : null;
        BenchChild.Result memory = options.measures("memory") ? memory(folder.resolve("memory")) : null;
        Spread check = options.measures("check") ? new CheckBench(folder.resolve("check")).measure() : null;
        List<Throughput.Result> throughput =
                options.measures("throughput") ? throughput(folder.resolve("throughput")) : null;
        return new Report(machine(), throughput, expressions, starts, memory, check, null);
    }

    private List<Throughput.Result> throughput(Path folder) throws IOException, InterruptedException {
        boolean possible = Peer.isPossible(options.python());
        if (!possible) {
            System.err.println("'" + options.python()
                    + "' has no torch and torchvision (Debian: apt-get install python3-torch python3-torchvision);"
                    + " measuring without a peer");
        }
        NumericEngine engine = NumericEngine.start(new TaskFile.Device("cpu", 1));
        List<Throughput.Result> results = new ArrayList<>();
        for (BenchTask task : List.of(BenchTask.resnet9(8), BenchTask.smallCnn(60))) {
            int warmUp = 3;
            Path data = folder.resolve(task.network());
            task.write(data, warmUp + options.rounds(), CPU);
            Map<String, Peer> peers = new LinkedHashMap<>();
            try {
                if (possible) {
                    peers.put("batched", peer(task, data, "batched"));
                    peers.put("usual", peer(task, data, "usual"));
                }
                System.err.println("measuring " + task.network() + " ...");
                results.add(new Throughput(task, data, engine, peers, warmUp, options.rounds()).measure());
            } finally {
                peers.values().forEach(Peer::close);
            }
        }
        return results;
    }

    /** On the same instruction set as ours. */
    private Peer peer(BenchTask task, Path data, String mode) throws IOException {
        return Peer.start(
                options.python(),
                options.peer(),
                task,
                data,
                mode,
                Optional.ofNullable(System.getenv("ONEDNN_MAX_CPU_ISA")));
    }

    private Starts starts(Path folder) throws IOException, InterruptedException {
        BenchTask task = BenchTask.smallCnn(10);
        task.write(folder, 1, CPU);
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            double first = child(folder, 10).firstStepSeconds();
            // The first start may have unpacked the library, and filled the machine's caches.
            if (i >= 2) seconds.add(first);
        }
        return new Starts(task.network(), Spread.of(seconds));
    }

    private BenchChild.Result memory(Path folder) throws IOException, InterruptedException {
        BenchTask task = BenchTask.resnet9(20);
        task.write(folder, Math.ceilDiv(options.memorySteps(), 20), CPU);
        return child(folder, options.memorySteps());
    }

    /** A training in a fresh process with this one's own settings. */
    static BenchChild.Result child(Path task, int steps) throws IOException, InterruptedException {
        String answer = command("bench-child", "--task", task.toString(), "--steps", Integer.toString(steps));
        return new ObjectMapper().readValue(answer, BenchChild.Result.class);
    }

    /** What a command prints that runs in a fresh process with this one's own settings. */
    static String command(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(ProcessHandle.current().info().command().orElse("java"));
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), "touchstone.evaluator.job.Main"));
        words.addAll(List.of(arguments));
        Process process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0)
            throw new IOException(arguments[0] + " of the bench ended with " + process.exitValue());
        return answer;
    }

    private static Map<String, String> machine() throws IOException {
        Map<String, String> machine = new LinkedHashMap<>();
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .ifPresent(line -> machine.put("processor", line.substring(line.indexOf(':') + 2)));
        }
        machine.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put("java", Runtime.version().toString());
        machine.put("ATEN_CPU_CAPABILITY", System.getenv().getOrDefault("ATEN_CPU_CAPABILITY", ""));
        machine.put("ONEDNN_MAX_CPU_ISA", System.getenv().getOrDefault("ONEDNN_MAX_CPU_ISA", ""));
        return machine;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
