package touchstone.evaluator.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.evaluator.check.HiddenTwins;
import touchstone.evaluator.data.Archive;
import touchstone.evaluator.data.PackWriter;
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

    /** What is left of a task when its arrays are packed and let go. @param weights name and bytes of the initial ones */
    private record Packed(Publication publication, List<String> publicFiles, Map.Entry<String, byte[]> weights) {}

    @Override
    public Integer call() throws Exception {
        parentWatch.start(ParentWatch.standardInput());
        Problems problems = new Problems();
        Optional<Packed> packed = pack(problems);
        if (packed.isEmpty()) {
            System.out.println(Json.text(refused(problems)));
            return Exit.PROBLEMS;
        }
        share(packed.get());
        System.out.println(Json.text(packed.get().publication()));
        return Exit.DONE;
    }

    static Publication refused(Problems problems) {
        return new Publication(null, null, null, null, null, null, null, problems.list());
    }

    /** As the command does, without what contestants get. */
    static Optional<Publication> pack(Path task, Path out, Problems problems) throws IOException {
        PublishCommand command = new PublishCommand();
        command.task = task;
        command.out = out;
        return command.pack(problems).map(Packed::publication);
    }

    /** Writes {@code task.zip} and {@code hidden.zip}, or answers empty with problems. */
    private Optional<Packed> pack(Problems problems) throws IOException {
        Optional<TaskPack> read = TaskSource.read(task, problems);
        if (read.isEmpty()) return Optional.empty();
        TaskPack pack = read.get();
        if (pack.hidden().isEmpty()) {
            problems.add(Problem.of(
                    TaskParser.FILE, "the task has no hidden test", "add data.test with its images and labels"));
            return Optional.empty();
        }
        bothFoldsHoldSome(pack.hidden().get().publicFold(), problems);
        if (problems.isEmpty()) NamedMetrics.check(pack, problems);
        List<String> shared = publicFiles(pack.file(), problems);
        if (!problems.isEmpty()) return Optional.empty();
        Files.createDirectories(out);
        PackedTask.write(pack, out);
        String weights = pack.file().recipe().initial() instanceof TaskFile.Initial.File named
                ? named.file()
                : "initial.safetensors";
        return Optional.of(new Packed(
                new Publication(
                        pack.digest(),
                        pack.trainingDigest(),
                        pack.file(),
                        counts(pack),
                        pack.initial().digest(),
                        pack.datasheet().orElse(null),
                        HiddenTwins.find(pack),
                        List.of()),
                shared,
                Map.entry(weights, pack.initial().toBytes())));
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
    private List<String> publicFiles(TaskFile file, Problems problems) throws IOException {
        TaskFile.Data data = file.data();
        List<String> names = new ArrayList<>(List.of(TaskParser.FILE));
        try (Archive archive = open()) {
            names.addAll(PartFiles.of(archive, data.format(), data.train()));
            names.addAll(PartFiles.of(archive, data.format(), data.validation()));
            if (file.datasheet() != null) names.add(file.datasheet());
            Set<String> hidden = Set.copyOf(PartFiles.of(archive, data.format(), Objects.requireNonNull(data.test())));
            names.stream()
                    .filter(hidden::contains)
                    .findFirst()
                    .ifPresent(name -> problems.add(Problem.of(
                            name, "this file of the hidden test is public too", "give the test files of its own")));
        }
        return names;
    }

    /** Writes {@code public.zip}: each file in turn, and the initial weights. */
    private void share(Packed packed) throws IOException {
        Problems problems = new Problems();
        try (Archive archive = open();
                PackWriter writer = new PackWriter(out.resolve("public.zip"))) {
            for (String name : new LinkedHashSet<>(packed.publicFiles())) {
                writer.add(
                        name,
                        archive.read(name, problems)
                                .orElseThrow(
                                        () -> new IOException(problems.list().toString())));
            }
            writer.add(packed.weights().getKey(), packed.weights().getValue());
        }
    }

    private Archive open() throws IOException {
        Problems problems = new Problems();
        return Archive.open(task, Archive.Limits.TASK, problems)
                .orElseThrow(() -> new IOException(problems.list().toString()));
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
