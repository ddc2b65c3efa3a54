package touchstone.evaluator.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
import touchstone.spec.task.TaskFile;
import touchstone.spec.task.TaskParser;
import touchstone.spec.text.CsvTable;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Reads a task as its organizer wrote it (a zip or a folder), or as {@code publish} packed it. */
public final class TaskSource {

    /** Changes whenever the same task would train to other bits. */
    public static final String EVALUATOR_VERSION = "touchstone-evaluator 1, pytorch 2.7.1, djl 0.35.1";

    private static final int BASE_SAMPLES_MAX = 1_000_000;
    /** Nine times those of ResNet-18: 400 MB of weights. */
    private static final long PARAMETERS_MAX = 100_000_000;

    private final Archive archive;
    private final Problems problems;

    private TaskSource(Archive archive, Problems problems) {
        this.archive = archive;
        this.problems = problems;
    }

    /** The task, or empty with problems. A packed task needs {@code hidden.zip} apart: see {@link PackedTask}. */
    public static Optional<TaskPack> read(Path path, Problems problems) throws IOException {
        Optional<? extends Archive> archive = Archive.open(path, Archive.Limits.TASK, problems);
        if (archive.isEmpty()) return Optional.empty();
        try (Archive open = archive.get()) {
            if (PackedTask.isPacked(open)) return Optional.of(PackedTask.read(open));
            return new TaskSource(open, problems).read();
        }
    }

    private Optional<TaskPack> read() throws IOException {
        Optional<String> text = text(TaskParser.FILE);
        if (text.isEmpty()) return Optional.empty();
        Optional<TaskFile> parsed = TaskParser.parse(text.get(), problems);
        if (parsed.isEmpty() || !problems.isEmpty()) return Optional.empty();
        TaskFile file = parsed.get();
        Optional<Part> base = part("train", file.data().train(), file);
        Optional<Part> validation = part("validation", file.data().validation(), file);
        Optional<Part> test = file.data().test() == null
                        || !archive.names().contains(file.data().test().images())
                ? Optional.empty()
                : part("test", file.data().test(), file);
        Optional<String> datasheet = file.datasheet() == null ? Optional.empty() : text(file.datasheet());
        if (!problems.isEmpty() || base.isEmpty() || validation.isEmpty()) return Optional.empty();
        everyClassPresent("train", base.get(), file);
        test.ifPresent(part -> everyClassPresent("test", part, file));
        reservedNames(base.get());
        if (!problems.isEmpty()) return Optional.empty();
        Optional<Weights> initial = initial(file);
        if (initial.isEmpty()) return Optional.empty();
        Map<String, String> digests = new TreeMap<>();
        digests.put(TaskParser.FILE, Digests.of(text.get().getBytes(StandardCharsets.UTF_8)));
        digests.put("evaluator", Digests.of(EVALUATOR_VERSION.getBytes(StandardCharsets.UTF_8)));
        digests.put("initial.weights", initial.get().digest());
        PackedTask.pieces("base", base.get()).forEach((name, bytes) -> digests.put(name, Digests.of(bytes)));
        PackedTask.pieces("validation", validation.get())
                .forEach((name, bytes) -> digests.put(name, Digests.of(bytes)));
        Optional<Hidden> hidden = test.map(part -> new Hidden(
                part,
                Folds.split(part, file.data().classes().size(), file.board().publicFraction())));
        hidden.ifPresent(
                part -> PackedTask.hiddenPieces(part).forEach((name, bytes) -> digests.put(name, Digests.of(bytes))));
        return Optional.of(new TaskPack(
                text.get(),
                file,
                base.get(),
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
                bytes(named.file()).flatMap(bytes -> weights(named.file(), bytes, Weights.initial(layers, 0)));
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

    private Optional<byte[]> bytes(String name) throws IOException {
        if (archive.names().contains(name)) return archive.read(name, problems);
        problems.add(
                Problem.of(name, "the archive has no file '" + name + "'", "add it, or mend its name in task.yaml"));
        return Optional.empty();
    }

    private Optional<String> text(String name) throws IOException {
        return bytes(name).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    private Optional<Part> part(String part, TaskFile.Part files, TaskFile task) throws IOException {
        Optional<Npy> images = array(files.images(), task.data().format());
        Optional<Npy> labels = array(files.labels(), task.data().format());
        if (images.isEmpty() || labels.isEmpty()) return Optional.empty();
        TaskFile.Input input = task.data().input();
        int[] shape = images.get().shape();
        int[] flat = {shape.length == 0 ? 0 : shape[0], input.channels(), input.height(), input.width()};
        boolean fits = Arrays.equals(shape, flat)
                || (input.channels() == 1 && Arrays.equals(shape, new int[] {flat[0], input.height(), input.width()}));
        if (!fits || !images.get().kind().equals("|u1")) {
            problems.add(Problem.of(
                    files.images(),
                    "the array is " + Arrays.toString(shape) + " of "
                            + images.get().kind(),
                    "unsigned bytes of shape " + Arrays.toString(flat)));
            return Optional.empty();
        }
        int[] classes;
        try {
            classes = labels.get().ints();
        } catch (IllegalArgumentException | ArithmeticException e) {
            problems.add(Problem.of(files.labels(), String.valueOf(e.getMessage()), "write whole numbers from 0"));
            return Optional.empty();
        }
        if (classes.length != shape[0] || classes.length == 0 || classes.length > BASE_SAMPLES_MAX) {
            problems.add(Problem.of(
                    files.labels(),
                    "there are " + classes.length + " labels for " + shape[0] + " images",
                    "one label for each image, at most " + BASE_SAMPLES_MAX));
            return Optional.empty();
        }
        for (int i = 0; i < classes.length; i++) {
            if (classes[i] >= 0 && classes[i] < task.data().classes().size()) continue;
            problems.add(Problem.of(
                    files.labels(),
                    "label " + classes[i] + " of sample " + i + " is not a class",
                    "numbers from 0 to " + (task.data().classes().size() - 1)));
            return Optional.empty();
        }
        Map<String, List<String>> columns = metadata(files.metadata(), classes.length);
        List<String> ids = columns.containsKey("id") ? columns.remove("id") : numbered(part, classes.length);
        if (!problems.isEmpty()) return Optional.empty();
        return Optional.of(new Part(input, images.get().data(), classes, ids, columns));
    }

    private Optional<Npy> array(String name, TaskFile.Format format) throws IOException {
        Optional<byte[]> bytes = bytes(name);
        if (bytes.isEmpty()) return Optional.empty();
        try {
            return Optional.of(format == TaskFile.Format.IDX ? Idx.read(bytes.get()) : Npy.read(bytes.get()));
        } catch (IllegalArgumentException | ArithmeticException e) {
            problems.add(Problem.of(name, String.valueOf(e.getMessage()), "see the data formats in docs/task.md"));
            return Optional.empty();
        }
    }

    private Map<String, List<String>> metadata(@org.jspecify.annotations.Nullable String name, int samples)
            throws IOException {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        if (name == null) return columns;
        Optional<byte[]> bytes = bytes(name);
        if (bytes.isEmpty()) return columns;
        Optional<CsvTable> table = CsvTable.read(name, new ByteArrayInputStream(bytes.get()), problems);
        if (table.isEmpty()) return columns;
        if (table.get().rows().size() != samples) {
            problems.add(Problem.of(
                    name,
                    "the table has " + table.get().rows().size() + " rows for " + samples + " samples",
                    "one row a sample"));
            return columns;
        }
        for (int c = 0; c < table.get().columns().size(); c++) {
            int column = c;
            columns.put(
                    table.get().columns().get(c),
                    new ArrayList<>(table.get().rows().stream()
                            .map(row -> row.fields().get(column))
                            .toList()));
        }
        List<String> ids = columns.getOrDefault("id", List.of());
        Set<String> seen = new HashSet<>();
        for (String id : ids) {
            if (id.isEmpty() || !seen.add(id)) {
                problems.add(Problem.of(name, "the id '" + id + "' is empty or stands twice", "ids are unique"));
                break;
            }
        }
        return columns;
    }

    private static List<String> numbered(String part, int samples) {
        List<String> ids = new ArrayList<>(samples);
        for (int i = 0; i < samples; i++) ids.add(String.format("%s-%06d", part, i));
        return ids;
    }

    private void everyClassPresent(String part, Part samples, TaskFile file) {
        int[] counts = new int[file.data().classes().size()];
        for (int label : samples.labels()) counts[label]++;
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] > 0) continue;
            problems.add(Problem.of(
                    TaskParser.FILE,
                    "no sample of '" + part + "' has the class '"
                            + file.data().classes().get(c) + "'",
                    "drop the class, or add samples"));
        }
    }

    private void reservedNames(Part base) {
        Set<String> reserved = Names.of(List.of(), Map.of()).keySet();
        for (String column : base.metadata().keySet()) {
            if (!reserved.contains(column)) continue;
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
