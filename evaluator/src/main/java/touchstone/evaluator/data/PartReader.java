package touchstone.evaluator.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import touchstone.spec.task.TaskFile;
import touchstone.spec.task.TaskFile.Format;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.text.CsvTable;
import touchstone.spec.text.NearestName;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Reads one part of a task, in whatever format: images, labels, ids and further columns. */
final class PartReader {

    private static final int SAMPLES_MAX = 1_000_000;
    private static final int BYTES_MAX = Integer.MAX_VALUE - 8;

    private final Archive archive;
    private final TaskFile.Data data;
    private final Problems problems;

    PartReader(Archive archive, TaskFile.Data data, Problems problems) {
        this.archive = archive;
        this.data = data;
        this.problems = problems;
    }

    /** @param ids empty where the files give none */
    private record Samples(byte[] images, int[] labels, Optional<List<String>> ids) {}

    /** Whether any of the part's images is there. */
    boolean holds(TaskFile.Part part) {
        return part.images().stream().anyMatch(name -> !PartFiles.images(archive, data.format(), name)
                .isEmpty());
    }

    /** The part, or empty with problems. */
    Optional<Part> read(String name, TaskFile.Part files) throws IOException {
        int before = problems.count();
        Optional<Samples> read =
                switch (data.format()) {
                    case IDX, NPY -> arrays(files);
                    case IMAGE_FOLDER -> folder(files.images().getFirst());
                    case CIFAR_BINARY -> cifar(files.images());
                };
        if (read.isEmpty() || problems.count() > before) return Optional.empty();
        Samples samples = read.get();
        Map<String, List<String>> columns = metadata(files.metadata(), samples);
        List<String> ids = columns.containsKey("id")
                ? columns.remove("id")
                : samples.ids().orElseGet(() -> numbered(name, samples.labels().length));
        if (problems.count() > before) return Optional.empty();
        return Optional.of(new Part(data.input(), samples.images(), samples.labels(), ids, columns));
    }

    private Optional<Samples> arrays(TaskFile.Part files) throws IOException {
        String imagesFile = files.images().getFirst();
        String labelsFile = String.valueOf(files.labels());
        Optional<Npy> images = array(imagesFile);
        Optional<Npy> labels = array(labelsFile);
        if (images.isEmpty() || labels.isEmpty()) return Optional.empty();
        Input input = data.input();
        int[] shape = images.get().shape();
        int[] flat = {shape.length == 0 ? 0 : shape[0], input.channels(), input.height(), input.width()};
        boolean fits = Arrays.equals(shape, flat)
                || (input.channels() == 1 && Arrays.equals(shape, new int[] {flat[0], input.height(), input.width()}));
        if (!fits || !images.get().kind().equals("|u1")) {
            problems.add(Problem.of(
                    imagesFile,
                    "the array is " + Arrays.toString(shape) + " of "
                            + images.get().kind(),
                    "unsigned bytes of shape " + Arrays.toString(flat)));
            return Optional.empty();
        }
        int[] classes;
        try {
            classes = labels.get().ints();
        } catch (IllegalArgumentException e) {
            problems.add(Problem.of(labelsFile, String.valueOf(e.getMessage()), "write whole numbers from 0"));
            return Optional.empty();
        }
        if (classes.length != shape[0] || classes.length == 0 || classes.length > SAMPLES_MAX) {
            problems.add(Problem.of(
                    labelsFile,
                    "there are " + classes.length + " labels for " + shape[0] + " images",
                    "one label for each image, at most " + SAMPLES_MAX));
            return Optional.empty();
        }
        if (!areClasses(labelsFile, classes)) return Optional.empty();
        return Optional.of(new Samples(images.get().data(), classes, Optional.empty()));
    }

    private Optional<Npy> array(String name) throws IOException {
        Optional<byte[]> bytes = archive.find(name, problems);
        if (bytes.isEmpty()) return Optional.empty();
        try {
            return Optional.of(data.format() == Format.IDX ? Idx.read(bytes.get()) : Npy.read(bytes.get()));
        } catch (IllegalArgumentException | ArithmeticException e) {
            problems.add(Problem.of(name, String.valueOf(e.getMessage()), "see the data formats in docs/task.md"));
            return Optional.empty();
        }
    }

    private boolean areClasses(String file, int[] labels) {
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] >= 0 && labels[i] < data.classes().size()) continue;
            problems.add(Problem.of(
                    file,
                    "label " + labels[i] + " of sample " + i + " is not a class",
                    "numbers from 0 to " + (data.classes().size() - 1)));
            return false;
        }
        return true;
    }

    /** A folder a class; a sample's id is its path below {@code folder}, and by that samples are ordered. */
    private Optional<Samples> folder(String folder) throws IOException {
        List<String> names = PartFiles.images(archive, data.format(), folder);
        if (names.isEmpty()) {
            problems.add(Problem.of(
                    folder,
                    "the archive has no images below '" + folder + "/'",
                    "put them into '" + folder + "/" + data.classes().getFirst() + "/' and so on"));
            return Optional.empty();
        }
        if (!isOfBearableSize(folder, names.size())) return Optional.empty();
        int pixels = data.input().pixels();
        byte[] images = new byte[names.size() * pixels];
        int[] labels = new int[names.size()];
        List<String> ids = new ArrayList<>(names.size());
        Set<String> unknown = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            String id = name.substring(PartFiles.below(folder).length());
            labels[i] = classOf(name, id, unknown);
            ids.add(id);
            if (labels[i] < 0) continue;
            Optional<byte[]> image = archive.read(name, problems)
                    .flatMap(bytes -> ImageFile.readLarge(name, bytes, data.input(), problems));
            if (image.isPresent()) System.arraycopy(image.get(), 0, images, i * pixels, pixels);
        }
        return Optional.of(new Samples(images, labels, Optional.of(ids)));
    }

    /** -1 with a problem, told once for each folder. */
    private int classOf(String file, String id, Set<String> unknown) {
        int slash = id.indexOf('/');
        if (slash < 0) {
            problems.add(Problem.of(file, "this file lies in no class's folder", "move it into its class's"));
            return -1;
        }
        String word = id.substring(0, slash);
        int found = data.classes().indexOf(word);
        if (found < 0 && unknown.add(word)) {
            problems.add(Problem.of(
                    file, "the folder '" + word + "' is no class", NearestName.instead(word, data.classes())));
        }
        return found;
    }

    private boolean isOfBearableSize(String file, long samples) {
        long samplesMax = Math.min(SAMPLES_MAX, BYTES_MAX / data.input().pixels());
        if (samples <= samplesMax) return true;
        problems.add(Problem.of(file, "there are " + samples + " images", "at most " + samplesMax + " of this size"));
        return false;
    }

    private Optional<Samples> cifar(List<String> files) throws IOException {
        List<byte[]> images = new ArrayList<>();
        List<int[]> labels = new ArrayList<>();
        int samples = 0;
        for (String file : files) {
            Optional<byte[]> bytes = archive.find(file, problems);
            if (bytes.isEmpty()) return Optional.empty();
            int record = Cifar.recordBytes(bytes.get());
            if (record == 0) {
                problems.add(Problem.of(
                        file,
                        "the file's " + bytes.get().length + " bytes are no whole number of CIFAR's records",
                        "one or two label bytes and 3,072 of pixels each, as in CIFAR-10 and CIFAR-100"));
                return Optional.empty();
            }
            samples += bytes.get().length / record;
            if (!isOfBearableSize(file, samples)) return Optional.empty();
            labels.add(Cifar.labels(bytes.get(), record));
            if (!areClasses(file, labels.getLast())) return Optional.empty();
            images.add(Cifar.images(bytes.get(), record));
        }
        ByteBuffer together = ByteBuffer.allocate(samples * data.input().pixels());
        images.forEach(together::put);
        return Optional.of(new Samples(
                together.array(), labels.stream().flatMapToInt(Arrays::stream).toArray(), Optional.empty()));
    }

    /** One text a sample; where the samples have ids of their own, rows are found by them, else they stand in order. */
    private Map<String, List<String>> metadata(@Nullable String name, Samples samples) throws IOException {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        if (name == null) return columns;
        Optional<byte[]> bytes = archive.find(name, problems);
        if (bytes.isEmpty()) return columns;
        Optional<CsvTable> table = CsvTable.read(name, new ByteArrayInputStream(bytes.get()), problems);
        if (table.isEmpty()) return columns;
        int rows = table.get().rows().size();
        if (rows != samples.labels().length) {
            problems.add(Problem.of(
                    name,
                    "the table has " + rows + " rows for " + samples.labels().length + " samples",
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
        if (!areUnique(name, columns.getOrDefault("id", List.of()))) return columns;
        samples.ids().ifPresent(ids -> sort(name, columns, ids));
        return columns;
    }

    private boolean areUnique(String file, List<String> ids) {
        Set<String> seen = new HashSet<>();
        for (String id : ids) {
            if (!id.isEmpty() && seen.add(id)) continue;
            problems.add(Problem.of(file, "the id '" + id + "' is empty or stands twice", "ids are unique"));
            return false;
        }
        return true;
    }

    private void sort(String file, Map<String, List<String>> columns, List<String> ids) {
        Map<String, Integer> rows = new HashMap<>();
        List<String> named = columns.getOrDefault("id", List.of());
        for (int row = 0; row < named.size(); row++) rows.put(named.get(row), row);
        for (String id : ids) {
            if (rows.containsKey(id)) continue;
            problems.add(Problem.of(
                    file, "no row has the id '" + id + "'", "a column 'id' with each image's path below its folder"));
            return;
        }
        columns.replaceAll((column, values) ->
                ids.stream().map(id -> values.get(rows.get(id))).toList());
        columns.put("id", ids);
    }

    private static List<String> numbered(String part, int samples) {
        List<String> ids = new ArrayList<>(samples);
        for (int i = 0; i < samples; i++) ids.add(String.format(Locale.ROOT, "%s-%06d", part, i));
        return ids;
    }
}
