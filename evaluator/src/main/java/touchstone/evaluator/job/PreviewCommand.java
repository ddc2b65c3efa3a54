package touchstone.evaluator.job;

import java.awt.Font;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import touchstone.evaluator.check.StrategyCheck;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.data.TaskSource;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.preview.Preview;
import touchstone.evaluator.preview.PreviewPage;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.task.TaskFile;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

@Command(
        name = "preview",
        description = {
            "Draws some samples after each step of a strategy's augmentation, as one PNG image.",
            "A chance is taken as 1, and a condition that is known as training goes as true, so that each step is seen."
        })
final class PreviewCommand implements Callable<Integer> {

    private static final int SAMPLES_MAX = 32;

    @Option(names = "--task", required = true, description = "The task: a folder or a zip.")
    private Path task;

    @Option(names = "--strategy", required = true, description = "The strategy: a zip or a folder.")
    private Path strategy;

    @Option(names = "--out", required = true, description = "The image to write, a PNG.")
    private Path out;

    @Option(names = "--samples", defaultValue = "8", description = "How many, up to " + SAMPLES_MAX + "; 8 if absent.")
    private int samples;

    @Option(names = "--seed", defaultValue = "1", description = "Chooses samples and draws; 1 if absent.")
    private long seed;

    @Option(
            names = "--epoch",
            description =
                    "Whose draws and conditions on the epoch to show; if absent those conditions are taken as true.")
    private Integer epoch;

    @Option(names = "--no-words", description = "The images alone.")
    private boolean noWords;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (samples < 1 || samples > SAMPLES_MAX) throw wrong("--samples is from 1 to " + SAMPLES_MAX);
        Path folder = out.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) throw wrong("there is no folder " + folder + " for --out");
        Problems problems = new Problems();
        Optional<TaskPack> pack = TaskSource.read(task, problems);
        if (pack.isEmpty()) return told("task", problems.list());
        int epochs = pack.get().file().recipe().epochs();
        if (epoch != null && (epoch < 1 || epoch > epochs)) throw wrong("--epoch is from 1 to " + epochs);
        Optional<TrainingSet> set = StrategyCheck.read(pack.get(), strategy, problems);
        if (set.isEmpty()) return told("strategy", problems.list());
        OptionalInt shown = epoch == null ? OptionalInt.empty() : OptionalInt.of(epoch);
        Preview preview = Preview.of(
                pack.get(),
                set.get(),
                new Preview.Wanted(samples, seed, shown),
                NumericEngine.start(new TaskFile.Device("cpu", 1)));
        Optional<Font> font = noWords ? Optional.empty() : PreviewPage.usableFont();
        BufferedImage page = new PreviewPage(preview, font).draw();
        ImageIO.write(page, "png", out.toFile());
        preview.legend().forEach(System.out::println);
        return Exit.DONE;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static int told(String what, List<Problem> problems) {
        problems.forEach(problem -> System.err.println(what + ": " + problem));
        return Exit.PROBLEMS;
    }
}
