package touchstone.evaluator.job;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.evaluator.check.StrategyCheck;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.data.TaskSource;
import touchstone.spec.job.CheckReport;
import touchstone.spec.text.Problems;

@Command(name = "check", description = "Says what is wrong with a strategy, or what it changes. Trains nothing.")
final class CheckCommand implements Callable<Integer> {

    @Option(names = "--task", required = true, description = "The task: a folder or a zip.")
    private Path task;

    @Option(names = "--strategy", required = true, description = "The strategy: a zip or a folder.")
    private Path strategy;

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    @Mixin
    private ParentWatch parentWatch;

    @Override
    public Integer call() throws Exception {
        parentWatch.start(ParentWatch.standardInput());
        Problems taskProblems = new Problems();
        Optional<TaskPack> pack = TaskSource.readSamples(task, taskProblems);
        if (pack.isEmpty()) {
            taskProblems.list().forEach(problem -> System.err.println("task: " + problem));
            return Exit.FAULT;
        }
        CheckReport report = StrategyCheck.check(pack.get(), strategy);
        System.out.println(json ? Json.text(report) : CheckText.of(report));
        return report.problems().isEmpty() ? Exit.DONE : Exit.PROBLEMS;
    }
}
