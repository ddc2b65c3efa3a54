package touchstone.evaluator.job;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import touchstone.evaluator.bench.BenchChild;

/** What {@code bench} starts in processes of their own, to measure starts, memory and equality. */
@Command(name = "bench-child", hidden = true)
final class BenchChildCommand implements Callable<Integer> {

    @Option(names = "--task", required = true)
    private Path task;

    @Option(names = "--steps", required = true)
    private int steps;

    @Override
    public Integer call() throws Exception {
        System.out.println(Json.text(BenchChild.run(task, steps)));
        return Exit.DONE;
    }
}
