package touchstone.evaluator.job;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import touchstone.spec.task.Publication;
import touchstone.spec.task.TaskFile;
import touchstone.spec.text.Problems;

/** What publishing would say, without publishing. */
@Command(name = "check", description = "Says everything that is wrong with a task, or what publishing it would make.")
final class TaskCheckCommand implements Callable<Integer> {

    @Parameters(paramLabel = "TASK", description = "The task: a folder or a zip.")
    private Path task;

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Problems problems = new Problems();
        Path out = Files.createTempDirectory("task-check");
        Publication found;
        try {
            found = PublishCommand.pack(task, out, problems).orElse(PublishCommand.refused(problems));
        } finally {
            delete(out);
        }
        if (json) System.out.println(Json.text(found));
        else tell(found, System.out);
        return found.problems().isEmpty() ? Exit.DONE : Exit.PROBLEMS;
    }

    private static void tell(Publication found, PrintStream out) {
        found.problems().forEach(out::println);
        if (!found.problems().isEmpty()) return;
        TaskFile.Counts counts = Objects.requireNonNull(found.counts());
        out.println("'" + Objects.requireNonNull(found.task()).name() + "' is sound.");
        out.println("samples   " + counts.base() + " to train, " + counts.validation() + " to validate, "
                + counts.publicFold() + " and " + counts.privateFold() + " hidden (public and private fold)");
        out.println("digest    " + found.digest());
        Publication.Duplicates duplicates = Objects.requireNonNull(found.duplicates());
        twins(out, "training", duplicates.train());
        twins(out, "validation", duplicates.validation());
    }

    private static void twins(PrintStream out, String part, Publication.Twins twins) {
        if (twins.exact() + twins.near() == 0) return;
        List<String> some = twins.ids().subList(0, Math.min(5, twins.ids().size()));
        out.println("copies    " + twins.exact() + " hidden samples equal a " + part + " sample, " + twins.near()
                + " more nearly do: " + String.join(", ", some) + (twins.ids().size() > some.size() ? ", …" : ""));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
