package touchstone.evaluator.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.evaluator.data.Archive;
import touchstone.evaluator.data.PackedTask;
import touchstone.evaluator.data.PartFiles;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.data.TaskSource;
import touchstone.evaluator.scoring.NamedMetrics;
import touchstone.spec.task.Publication;
import touchstone.spec.task.TaskFile;
import touchstone.spec.task.TaskParser;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

@Command(name = "publish", description = "Packs a task: what jobs train on, what they score on, what contestants get.")
final class PublishCommand implements Callable<Integer> {

    @Option(names = "--task", required = true, description = "The task: a folder or a zip.")
    private Path task;

    @Option(names = "--out", required = true, description = "Folder for task.zip, hidden.zip and public.zip.")
    private Path out;

    @Mixin
    private ParentWatch parentWatch;

    @Override
    public Integer call() throws Exception {
        parentWatch.start(ParentWatch.standardInput());
        Problems problems = new Problems();
        Optional<TaskPack> pack = TaskSource.read(task, problems);
        if (pack.isPresent() && pack.get().hidden().isEmpty()) {
            problems.add(Problem.of(
                    TaskParser.FILE, "the task has no hidden test", "add data.test with its images and labels"));
        }
        pack.flatMap(TaskPack::hidden).ifPresent(hidden -> bothFoldsHoldSome(hidden.publicFold(), problems));
        if (pack.isPresent() && problems.isEmpty()) NamedMetrics.check(pack.get(), problems);
        Map<String, byte[]> shared =
                pack.isPresent() && problems.isEmpty() ? publicFiles(pack.get(), problems) : Map.of();
        if (pack.isEmpty() || !problems.isEmpty()) {
            System.out.println(Json.text(new Publication(null, null, null, null, null, problems.list())));
            return Exit.PROBLEMS;
        }
        Files.createDirectories(out);
        PackedTask.write(pack.get(), out);
        PackedTask.zip(out.resolve("public.zip"), shared);
        System.out.println(Json.text(new Publication(
                pack.get().digest(),
                pack.get().file(),
                counts(pack.get()),
                pack.get().initial().digest(),
                pack.get().datasheet().orElse(null),
                List.of())));
        return Exit.DONE;
    }

    private static void bothFoldsHoldSome(boolean[] publicFold, Problems problems) {
        int inPublic = 0;
        for (boolean one : publicFold) if (one) inPublic++;
        if (inPublic > 0 && inPublic < publicFold.length) return;
        problems.add(Problem.of(
                TaskParser.FILE,
                "of the hidden test " + inPublic + " of " + publicFold.length + " samples are in the public fold",
                "add test samples, or bring board.public-fraction nearer to 0.5"));
    }

    /** An allow-list: what {@code task.yaml} names as public and nothing else, never "the zip less the hidden part". */
    private Map<String, byte[]> publicFiles(TaskPack pack, Problems problems) throws IOException {
        TaskFile.Data data = pack.file().data();
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (Archive archive = Archive.open(task, Archive.Limits.TASK, problems)
                .orElseThrow(() -> new IOException(problems.list().toString()))) {
            List<String> names = new ArrayList<>(List.of(TaskParser.FILE));
            names.addAll(PartFiles.of(archive, data.format(), data.train()));
            names.addAll(PartFiles.of(archive, data.format(), data.validation()));
            if (pack.file().datasheet() != null) names.add(pack.file().datasheet());
            Set<String> hidden = Set.copyOf(PartFiles.of(archive, data.format(), Objects.requireNonNull(data.test())));
            for (String name : names) {
                if (hidden.contains(name)) {
                    problems.add(Problem.of(
                            name, "this file of the hidden test is public too", "give the test files of its own"));
                    return files;
                }
                files.put(
                        name,
                        archive.read(name, problems)
                                .orElseThrow(
                                        () -> new IOException(problems.list().toString())));
            }
        }
        String weights = pack.file().recipe().initial() instanceof TaskFile.Initial.File named
                ? named.file()
                : "initial.safetensors";
        files.put(weights, pack.initial().toBytes());
        return files;
    }

    private static TaskFile.Counts counts(TaskPack pack) {
        Map<String, Integer> byClass = new LinkedHashMap<>();
        for (String name : pack.classes()) byClass.put(name, 0);
        for (int label : pack.base().labels()) byClass.merge(pack.classes().get(label), 1, Integer::sum);
        int inPublic = 0;
        boolean[] publicFold = pack.hidden().orElseThrow().publicFold();
        for (boolean one : publicFold) if (one) inPublic++;
        return new TaskFile.Counts(
                pack.base().size(), pack.validation().size(), inPublic, publicFold.length - inPublic, byClass);
    }
}
