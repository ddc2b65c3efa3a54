package touchstone.evaluator.job;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import touchstone.evaluator.bench.Bench;

@Command(
        name = "bench",
        description = {
            "Measures this machine's speed of training against a plain PyTorch loop, of expressions, start and memory.",
            "With --device cuda: whether two processes give the same bits, and images a second on the GPU."
        })
final class BenchCommand implements Callable<Integer> {

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    @Option(names = "--device", defaultValue = "cpu", description = "cpu or cuda.")
    private String device;

    @Option(names = "--rounds", defaultValue = "8", description = "Measured rounds of each network.")
    private int rounds;

    @Option(names = "--python", defaultValue = "/usr/bin/python3", description = "A Python with torch and torchvision.")
    private String python;

    @Option(names = "--memory-steps", defaultValue = "100", description = "Steps of resnet9 while memory is watched.")
    private int memorySteps;

    @Option(
            names = "--only",
            defaultValue = "all",
            description = "throughput, expressions, start, check or memory alone.")
    private String only;

    @Spec
    private CommandSpec line;

    @Override
    public Integer call() throws Exception {
        if (!Bench.PARTS.contains(only)) {
            throw new ParameterException(
                    line.commandLine(), "--only " + only + ": one of " + String.join(", ", Bench.PARTS));
        }
        String home = System.getenv().getOrDefault("TOUCHSTONE_HOME", ".");
        Path peer = Path.of(home, "bench", "peer.py");
        Bench bench = new Bench(new Bench.Options(device, rounds, python, peer, memorySteps, only));
        Bench.Report report = bench.run();
        System.out.println(json ? Json.text(report) : report.text());
        return Exit.DONE;
    }
}
