package touchstone.evaluator.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import touchstone.evaluator.check.StrategyCheck;
import touchstone.evaluator.data.PackedTask;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.data.TaskSource;
import touchstone.evaluator.importing.SetImport;
import touchstone.spec.job.CheckReport;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

@Command(
        name = "import",
        description = {
            "Makes a strategy of a whole training set: train/CLASS/*.png, or data.npy and label.npy.",
            "What is missing there is dropped, what is new added, what lies under another class relabelled."
        })
final class StrategyImportCommand implements Callable<Integer> {

    @Option(names = "--task", required = true, description = "The task: a folder or a zip.")
    private Path task;

    @Option(names = "--from", required = true, description = "The training set: a folder or a zip.")
    private Path from;

    @Option(names = "--out", required = true, description = "The strategy's zip, to be written.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        Problems problems = new Problems();
        if (Files.exists(out)) {
            problems.add(Problem.of(null, "'" + out + "' is there already", "name a new file, or remove it first"));
            return told(problems);
        }
        Optional<TaskPack> pack = TaskSource.read(task, problems);
        if (pack.isEmpty()) return told(problems);
        Optional<SetImport.Imported> imported = SetImport.of(pack.get(), from, problems);
        if (imported.isEmpty()) return told(problems);
        PackedTask.zip(out, imported.get().files());
        imported.get().notes().forEach(note -> System.out.println("note: " + note));
        System.out.println(said(imported.get()));
        CheckReport report = StrategyCheck.check(pack.get(), out);
        if (report.problems().isEmpty()) return Exit.DONE;
        System.err.println("The task refuses this strategy as it is:");
        report.problems().forEach(problem -> System.err.println("  " + problem));
        return Exit.PROBLEMS;
    }

    private static int told(Problems problems) {
        problems.list().forEach(problem -> System.err.println("strategy import: " + problem));
        return Exit.PROBLEMS;
    }

    private String said(SetImport.Imported imported) {
        return String.format(
                Locale.ROOT,
                "Wrote %s: %d kept (%d of them relabelled, %d softened), %d dropped, %d added.%nLook at it: ./touchstone check --task %s --strategy %s",
                out,
                imported.kept(),
                imported.relabelled(),
                imported.softened(),
                imported.dropped(),
                imported.added(),
                task,
                out);
    }
}
