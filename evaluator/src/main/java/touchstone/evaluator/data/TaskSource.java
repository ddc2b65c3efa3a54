package touchstone.evaluator.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import touchstone.evaluator.data.TaskPack.Hidden;
import touchstone.evaluator.data.TaskPack.Normalization;
import touchstone.evaluator.model.Architecture;
import touchstone.evaluator.model.Layer;
import touchstone.evaluator.model.Weights;
import touchstone.spec.catalogue.Names;
import touchstone.spec.strategy.OwnColumns;
import touchstone.spec.task.TaskFile;
import touchstone.spec.task.TaskParser;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Reads a task as its organizer wrote it (a zip or a folder), or as {@code publish} packed it. */
public final class TaskSource {

    private static final String EVALUATOR_VERSION = "touchstone-evaluator 2, pytorch 2.7.1, djl 0.35.1";

    /** Four times those of ResNet-18: 192 MB of weights, and a server takes 200 MB of them from a job. */
    private static final long PARAMETERS_MAX = 48_000_000;

    private final Archive archive;
    private final Problems problems;

    private TaskSource(Archive archive, Problems problems) {
        this.archive = archive;
        this.problems = problems;
    }

    /** The task, or empty with problems. A packed task needs {@code hidden.zip} apart: see {@link PackedTask}. */
    public static Optional<TaskPack> read(Path path, Problems problems) throws IOException {
        return read(path, true, problems);
    }

    /** As {@link #read}, but a packed task comes without its initial weights: a check needs none. */
    public static Optional<TaskPack> readSamples(Path path, Problems problems) throws IOException {
        return read(path, false, problems);
    }

    private static Optional<TaskPack> read(Path path, boolean withWeights, Problems problems) throws IOException {
        Optional<? extends Archive> archive = Archive.open(path, Archive.Limits.TASK, problems);
        if (archive.isEmpty()) return Optional.empty();
        try (Archive open = archive.get()) {
            if (!PackedTask.isPacked(open)) return new TaskSource(open, problems).read();
            TaskPack pack = PackedTask.read(open, withWeights);
            if (!withWeights || isOfThisEvaluator(pack)) return Optional.of(pack);
            problems.add(Problem.of(
                    null,
                    "the task was published for another version of the evaluator: this one would train it to other bits",
                    "publish it again"));
            return Optional.empty();
        }
    }

    /** Changes whenever the same task would train to other bits: on a processor they hang on its instructions too. */
    static String evaluatorVersion(TaskFile.Device device) {
        return device.kind().equals("cpu") ? EVALUATOR_VERSION + ", AVX2" : EVALUATOR_VERSION;
    }

    private static boolean isOfThisEvaluator(TaskPack pack) {
        String version = evaluatorVersion(pack.file().recipe().device());
        return Digests.of(version.getBytes(StandardCharsets.UTF_8))
                .equals(pack.digests().get("evaluator"));
    }

    private Optional<TaskPack> read() throws IOException {
        Optional<String> text = text(TaskParser.FILE);
        if (text.isEmpty()) return Optional.empty();
        Optional<TaskFile> parsed = TaskParser.parse(text.get(), problems);
        // Whatever else is wrong in task.yaml, the data is read as well: all mistakes are told at once.
        Optional<TaskFile.Data> found = TaskParser.data(text.get());
        if (found.isEmpty()) return Optional.empty();
        TaskFile.Data data = found.get();
        PartReader parts = new PartReader(archive, data, problems);
        Optional<Part> base = parts.read("train", data.train());
        Optional<Part> validation = parts.read("validation", data.validation());
        Optional<Part> test =
                data.test() == null || !parts.holds(data.test()) ? Optional.empty() : parts.read("test", data.test());
        Optional<String> datasheet = parsed.isEmpty() || parsed.get().datasheet() == null
                ? Optional.empty()
                : text(parsed.get().datasheet());
        base.ifPresent(part -> everyClassPresent("train", part, data));
        test.ifPresent(part -> everyClassPresent("test", part, data));
        base.ifPresent(this::reservedNames);
        test.filter(part -> part.metadata().containsKey(PackedTask.FOLD))
                .ifPresent(part -> problems.add(Problem.of(
                        TaskParser.FILE, "the metadata of 'test' has a column 'fold', which is ours", "rename it")));
        if (!problems.isEmpty() || parsed.isEmpty() || base.isEmpty() || validation.isEmpty()) return Optional.empty();
        TaskFile file = parsed.get();
        Optional<Weights> initial = initial(file);
        if (initial.isEmpty()) return Optional.empty();
        Map<String, String> digests = new TreeMap<>();
        digests.put(TaskParser.FILE, Digests.of(text.get().getBytes(StandardCharsets.UTF_8)));
        digests.put(
                "evaluator", Digests.of(evaluatorVersion(file.recipe().device()).getBytes(StandardCharsets.UTF_8)));
        digests.put("initial.weights", initial.get().digest());
        PackedTask.pieces("base", base.get()).forEach((name, piece) -> digests.put(name, piece.digest()));
        ImageFacts facts = ImageFacts.of(base.get().images(), file.data().input());
        facts.pieces("base").forEach((name, bytes) -> digests.put(name, Digests.of(bytes)));
        PackedTask.pieces("validation", validation.get()).forEach((name, piece) -> digests.put(name, piece.digest()));
        Optional<Hidden> hidden = test.map(part -> new Hidden(
                part,
                Folds.split(part, file.data().classes().size(), file.board().publicFraction())));
        hidden.ifPresent(
                part -> PackedTask.hiddenPieces(part).forEach((name, piece) -> digests.put(name, piece.digest())));
        return Optional.of(new TaskPack(
                text.get(),
                file,
                base.get(),
                facts,
                validation.get(),
                hidden,
                initial.get(),
                normalization(base.get()),
                digests,
                datasheet));
    }

    private Optional<Weights> initial(TaskFile file) throws IOException {
        List<Layer> layers = Architecture.layers(
                file.recipe().model(),
                file.data().input(),
                file.data().classes().size());
        long parameters = Architecture.parameters(layers);
        if (parameters > PARAMETERS_MAX) {
            problems.add(Problem.of(
                    TaskParser.FILE,
                    "the model has " + parameters + " weights",
                    "at most " + PARAMETERS_MAX + ": a smaller width"));
            return Optional.empty();
        }
        return switch (file.recipe().initial()) {
            case TaskFile.Initial.Seed seed -> Optional.of(Weights.initial(layers, seed.seed()));
            case TaskFile.Initial.File named ->
                archive.find(named.file(), problems)
                        .flatMap(bytes -> weights(named.file(), bytes, Weights.initial(layers, 0)));
        };
    }

    private Optional<Weights> weights(String name, byte[] bytes, Weights like) {
        try {
            Weights weights = Weights.read(bytes, like);
            if (weights.isFinite()) return Optional.of(weights);
            problems.add(Problem.of(name, "not every weight is a finite number", "write other weights"));
        } catch (IllegalArgumentException e) {
            problems.add(Problem.of(
                    name, String.valueOf(e.getMessage()), "names and shapes as initial.safetensors has them"));
        }
        return Optional.empty();
    }

    private Optional<String> text(String name) throws IOException {
        return archive.find(name, problems).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    private void everyClassPresent(String part, Part samples, TaskFile.Data data) {
        int[] counts = new int[data.classes().size()];
        for (int label : samples.labels()) counts[label]++;
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] > 0) continue;
            problems.add(Problem.of(
                    TaskParser.FILE,
                    "no sample of '" + part + "' has the class '"
                            + data.classes().get(c) + "'",
                    "drop the class, or add samples"));
        }
    }

    private void reservedNames(Part base) {
        Set<String> reserved = Names.of(List.of(), Map.of()).keySet();
        for (String column : base.metadata().keySet()) {
            if (!reserved.contains(column) && !column.startsWith(OwnColumns.PREFIX)) continue;
            problems.add(Problem.of(
                    TaskParser.FILE, "the metadata column '" + column + "' has a name of the language", "rename it"));
        }
    }

    private static Normalization normalization(Part base) {
        int channels = base.input().channels();
        int pixels = base.input().height() * base.input().width();
        List<Double> mean = new ArrayList<>();
        List<Double> deviation = new ArrayList<>();
        for (int c = 0; c < channels; c++) {
            long sum = 0;
            long squares = 0;
            for (int i = 0; i < base.size(); i++) {
                int start = (i * channels + c) * pixels;
                for (int p = start; p < start + pixels; p++) {
                    int value = base.images()[p] & 0xff;
                    sum += value;
                    squares += (long) value * value;
                }
            }
            double n = (double) base.size() * pixels;
            double m = sum / n / 255;
            mean.add(m);
            deviation.add(Math.max(1e-3, Math.sqrt(Math.max(0, squares / n / 255 / 255 - m * m))));
        }
        return new Normalization(mean, deviation);
    }
}
