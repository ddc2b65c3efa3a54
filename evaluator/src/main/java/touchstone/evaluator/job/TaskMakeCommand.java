package touchstone.evaluator.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import touchstone.evaluator.making.CleanSet;
import touchstone.evaluator.making.CleanSource;
import touchstone.evaluator.making.Faults;
import touchstone.evaluator.making.MadeParts;
import touchstone.evaluator.making.MadeTask;
import touchstone.evaluator.making.Spoiling;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

@Command(
        name = "make",
        description = {
            "Makes a task from a clean data set: spoils its training part in a known way.",
            "Writes the task's folder, and beside it OUT-answers with what was spoiled."
        })
final class TaskMakeCommand implements Callable<Integer> {

    private static final Pattern NOISE = Pattern.compile("(symmetric|pair):(0?\\.\\d{1,9}|0|1)");

    @Option(
            names = "--from",
            required = true,
            description = "Folder or zip: MNIST's four files, train/CLASS/*.png and test/CLASS/*.png, or a task.")
    private Path from;

    @Option(names = "--out", required = true, description = "New folder for the task; its name becomes the task's.")
    private Path out;

    @Option(names = "--train", description = "Training samples; as many as there are when absent.")
    private Optional<Integer> train = Optional.empty();

    @Option(
            names = "--validation",
            description =
                    "Validation samples, equally many of each class; a tenth of the training samples, at most 1,000.")
    private Optional<Integer> validation = Optional.empty();

    @Option(
            names = "--test",
            description = "Samples of the hidden test, equally many of each class; else all there are.")
    private Optional<Integer> test = Optional.empty();

    @Option(
            names = "--noise",
            paramLabel = "KIND:SHARE",
            description = "Wrong labels: symmetric:0.4 (each other class equally often), pair:0.45 (the next class).")
    private String noise = "";

    @Option(names = "--imbalance", description = "Largest class over smallest, such as 50; sizes fall exponentially.")
    private double imbalance = 1;

    @Option(
            names = "--dark",
            paramLabel = "SHARE",
            description = "Share of the pictures that are darkened, such as 0.2.")
    private double dark;

    @Option(names = "--seed", description = "What is spoiled is drawn from it; 11 when absent.")
    private long seed = 11;

    @Option(
            names = "--classes",
            split = ",",
            paramLabel = "NAME",
            description = "Names for MNIST's format, which has only numbers: zero,one,two,…")
    private List<String> classes = List.of();

    @Option(names = "--own-data", description = "Nobody else has this data set: the task is not marked as practice.")
    private boolean ownData;

    @Override
    public Integer call() throws IOException {
        Problems problems = new Problems();
        Faults faults = new Faults(noise(problems), imbalance, dark);
        between("--imbalance", imbalance, 1, 1_000, problems);
        between("--dark", dark, 0, 1, problems);
        mustBeNew(out, problems);
        mustBeNew(MadeTask.answers(out), problems);
        if (!problems.isEmpty()) return told(problems);
        Optional<CleanSet> set = CleanSource.read(from, classes, problems);
        if (set.isEmpty()) return told(problems);
        Optional<MadeParts> parts =
                Spoiling.of(set.get(), faults, new Spoiling.Sizes(train, validation, test), seed, problems);
        if (parts.isEmpty()) return told(problems);
        new MadeTask(MadeTask.name(out), set.get(), faults, seed, ownData, parts.get()).write(out);
        System.out.println(said(parts.get()));
        return Exit.DONE;
    }

    private Faults.Noise noise(Problems problems) {
        if (noise.isEmpty()) return Faults.Noise.NONE;
        Matcher matcher = NOISE.matcher(noise);
        if (matcher.matches()) {
            return new Faults.Noise(
                    Faults.Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)),
                    Double.parseDouble(matcher.group(2)));
        }
        problems.add(Problem.of(
                null,
                "--noise " + noise + " is not understood",
                "write symmetric:0.4 or pair:0.45, a share from 0 to 1"));
        return Faults.Noise.NONE;
    }

    private static void between(String option, double value, double from, double to, Problems problems) {
        if (value >= from && value <= to) return;
        problems.add(Problem.of(
                null,
                option + " " + value + " is out of range",
                String.format(Locale.ROOT, "write a number from %.0f to %.0f", from, to)));
    }

    /** What somebody made there before may be in use, and must not be mixed with this. */
    private static void mustBeNew(Path folder, Problems problems) throws IOException {
        if (!Files.exists(folder)) return;
        if (Files.isDirectory(folder)) {
            try (Stream<Path> inside = Files.list(folder)) {
                if (inside.findAny().isEmpty()) return;
            }
        }
        problems.add(Problem.of(null, "'" + folder + "' is there already", "name a new folder, or remove it first"));
    }

    private static int told(Problems problems) {
        problems.list().forEach(problem -> System.err.println("task make: " + problem));
        return Exit.PROBLEMS;
    }

    private String said(MadeParts parts) {
        return String.format(
                Locale.ROOT,
                """
                Made the task '%s' in %s:
                  %d training samples (%d labels wrong, %d pictures darkened), %d for validation, %d in the hidden test.
                  Its datasheet.md says what was done, its task.yaml what each line means.
                What was spoiled stands in %s: keep it to yourself.
                Try it: ./touchstone evaluate --task %s --strategy STRATEGY""",
                MadeTask.name(out),
                out,
                parts.train().labels().length,
                parts.train().wrong(),
                parts.train().darkened(),
                parts.validation().labels().length,
                parts.test().labels().length,
                MadeTask.answers(out),
                out);
    }
}
