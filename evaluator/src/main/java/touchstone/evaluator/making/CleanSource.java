package touchstone.evaluator.making;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import touchstone.evaluator.data.Archive;
import touchstone.evaluator.data.Idx;
import touchstone.evaluator.data.ImageFile;
import touchstone.evaluator.data.Npy;
import touchstone.evaluator.data.Part;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.data.TaskSource;
import touchstone.evaluator.making.CleanSet.Pool;
import touchstone.spec.strategy.Tables;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.task.TaskParser;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Reads a clean data set: MNIST's four files, folders of pictures by class, or a task. */
public final class CleanSource {

    private static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
    private static final int SIDE_MIN = 8;
    /** Larger pictures are averaged down to this: what a small network on one processor thread can learn from. */
    private static final int SIDE_MAX = 64;

    private final Path path;
    private final Archive archive;
    private final Problems problems;

    private CleanSource(Path path, Archive archive, Problems problems) {
        this.path = path;
        this.archive = archive;
        this.problems = problems;
    }

    /** The set, or empty with problems. @param classNames in the order of the numbers; empty = as the source has them */
    public static Optional<CleanSet> read(Path path, List<String> classNames, Problems problems) throws IOException {
        Optional<? extends Archive> archive = Archive.open(path, Archive.Limits.TASK, problems);
        if (archive.isEmpty()) return Optional.empty();
        try (Archive open = archive.get()) {
            CleanSource source = new CleanSource(path, open, problems);
            Optional<CleanSet> set = source.read(classNames);
            set.ifPresent(found -> source.judge(found.classes()));
            return problems.isEmpty() ? set : Optional.empty();
        }
    }

    private void judge(List<String> classes) {
        if (classes.size() < 2) {
            problems.add(Problem.of(null, "'" + path + "' holds a single class", "take a set of two or more"));
        }
        classes.stream()
                .filter(Tables.BESIDE_CLASSES::contains)
                .forEach(name -> problems.add(Problem.of(
                        null, "no class of a task may be named '" + name + "'", "give the class another name")));
    }

    private Optional<CleanSet> read(List<String> classNames) throws IOException {
        if (archive.names().contains(TaskParser.FILE)) return task();
        if (find(TRAIN_LABELS).isPresent()) return idx(classNames);
        if (archive.names().stream().anyMatch(name -> isPicture(name, "train"))) return folders();
        problems.add(Problem.of(
                null,
                "'" + path + "' holds no data set of a known shape",
                "put there train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and"
                        + " t10k-labels-idx1-ubyte (or the same with .gz), or train/CLASS/*.png and test/CLASS/*.png,"
                        + " or a task with its task.yaml"));
        return Optional.empty();
    }

    private Optional<CleanSet> task() throws IOException {
        Optional<TaskPack> pack = TaskSource.read(path, problems);
        if (pack.isEmpty()) return Optional.empty();
        if (pack.get().hidden().isEmpty()) {
            problems.add(Problem.of(
                    TaskParser.FILE, "the task has no hidden test", "take the task as its organizer has it"));
            return Optional.empty();
        }
        return Optional.of(new CleanSet(
                pack.get().base().input(),
                pack.get().classes(),
                pool(pack.get().base()),
                Optional.of(pool(pack.get().validation())),
                pool(pack.get().hidden().get().part()),
                "the task `" + pack.get().file().name() + "`"));
    }

    private static Pool pool(Part part) {
        return new Pool(part.images(), part.labels());
    }

    private Optional<CleanSet> idx(List<String> classNames) throws IOException {
        Optional<Npy> trainImages = array("train-images-idx3-ubyte", 3);
        Optional<Npy> trainLabels = array(TRAIN_LABELS, 1);
        Optional<Npy> testImages = array("t10k-images-idx3-ubyte", 3);
        Optional<Npy> testLabels = array("t10k-labels-idx1-ubyte", 1);
        if (trainImages.isEmpty() || trainLabels.isEmpty() || testImages.isEmpty() || testLabels.isEmpty()) {
            return Optional.empty();
        }
        int[] shape = trainImages.get().shape();
        sameNumber("train", trainImages.get(), trainLabels.get());
        sameNumber("t10k", testImages.get(), testLabels.get());
        if (!Arrays.equals(shape, 1, 3, testImages.get().shape(), 1, 3)) {
            problems.add(Problem.of(null, "training and test images differ in size", "take files of one data set"));
        }
        int classes = Math.max(
                        Arrays.stream(trainLabels.get().ints()).max().orElse(0),
                        Arrays.stream(testLabels.get().ints()).max().orElse(0))
                + 1;
        List<String> names = classNames.isEmpty()
                ? IntStream.range(0, classes).mapToObj(String::valueOf).toList()
                : classNames;
        if (names.size() != classes) {
            problems.add(Problem.of(
                    null,
                    names.size() + " classes are named, the labels go from 0 to " + (classes - 1),
                    "name " + classes + " classes, in the order of the numbers"));
        }
        return Optional.of(new CleanSet(
                new Input(1, shape[1], shape[2]),
                names,
                new Pool(trainImages.get().data(), trainLabels.get().ints()),
                Optional.empty(),
                new Pool(testImages.get().data(), testLabels.get().ints()),
                "a data set in MNIST's format"));
    }

    private void sameNumber(String part, Npy images, Npy labels) {
        if (images.shape()[0] == labels.shape()[0]) return;
        problems.add(Problem.of(
                null,
                "'" + part + "' has " + images.shape()[0] + " images and " + labels.shape()[0] + " labels",
                "take files of one data set"));
    }

    private Optional<Npy> array(String name, int dimensions) throws IOException {
        Optional<String> found = find(name);
        if (found.isEmpty()) {
            problems.add(Problem.of(name, "there is no file '" + name + "' or '" + name + ".gz'", "add it"));
            return Optional.empty();
        }
        Optional<byte[]> bytes = archive.read(found.get(), problems);
        if (bytes.isEmpty()) return Optional.empty();
        try {
            Npy array = Idx.read(bytes.get());
            if (array.shape().length == dimensions) return Optional.of(array);
            problems.add(Problem.of(
                    found.get(),
                    "this array has " + array.shape().length + " dimensions, expected " + dimensions,
                    "check that images and labels are not exchanged"));
        } catch (IllegalArgumentException | ArithmeticException e) {
            problems.add(Problem.of(found.get(), String.valueOf(e.getMessage()), "fetch the file again"));
        }
        return Optional.empty();
    }

    private Optional<String> find(String name) {
        if (archive.names().contains(name)) return Optional.of(name);
        return Optional.of(name + ".gz").filter(archive.names()::contains);
    }

    private Optional<CleanSet> folders() throws IOException {
        List<String> classes = new ArrayList<>(new TreeSet<>(archive.names().stream()
                .filter(name -> isPicture(name, "train"))
                .map(CleanSource::folder)
                .toList()));
        Optional<Input> size = size();
        if (size.isEmpty()) return Optional.empty();
        Pool train = pictures("train", classes, size.get());
        Pool test = pictures("test", classes, size.get());
        if (!problems.isEmpty()) return Optional.empty();
        Input input = size.get();
        if (isGrey(train.images(), input) && isGrey(test.images(), input)) {
            train = new Pool(firstPlanes(train.images(), input), train.labels());
            test = new Pool(firstPlanes(test.images(), input), test.labels());
            input = new Input(1, input.height(), input.width());
        }
        return Optional.of(
                new CleanSet(input, classes, train, Optional.empty(), test, "pictures in one folder a class"));
    }

    private Pool pictures(String part, List<String> classes, Input input) throws IOException {
        List<String> names =
                archive.names().stream().filter(name -> isPicture(name, part)).toList();
        if (names.isEmpty()) {
            problems.add(
                    Problem.of(part, "there are no pictures under '" + part + "/'", "add " + part + "/CLASS/*.png"));
        }
        ByteArrayOutputStream images = new ByteArrayOutputStream();
        int[] labels = new int[names.size()];
        for (int i = 0; i < labels.length; i++) {
            String name = names.get(i);
            labels[i] = classes.indexOf(folder(name));
            if (labels[i] < 0) {
                problems.add(Problem.of(
                        name, "the class '" + folder(name) + "' is not under 'train/'", "one folder a class in both"));
            }
            if ((long) images.size() + input.pixels() > Integer.MAX_VALUE - 8) {
                problems.add(Problem.of(name, "these pictures together are too large", "take fewer of them"));
                break;
            }
            archive.read(name, problems)
                    .flatMap(bytes -> ImageFile.readLarge(name, bytes, input, problems))
                    .ifPresent(images::writeBytes);
        }
        return new Pool(images.toByteArray(), labels);
    }

    /** In colour, since only all of them together can tell that they are grey. */
    private Optional<Input> size() throws IOException {
        String first = archive.names().stream()
                .filter(name -> isPicture(name, "train"))
                .findFirst()
                .orElseThrow();
        return archive.read(first, problems)
                .flatMap(bytes -> ImageFile.size(first, bytes, problems))
                .map(size -> new Input(3, bounded(size.height()), bounded(size.width())));
    }

    private static int bounded(int side) {
        return Math.clamp(side, SIDE_MIN, SIDE_MAX);
    }

    private static boolean isPicture(String name, String part) {
        return name.matches(part + "/[^/]+/[^/]+\\.(?i:png|jpe?g)");
    }

    private static String folder(String name) {
        return name.split("/")[1];
    }

    private static boolean isGrey(byte[] images, Input input) {
        int area = input.height() * input.width();
        for (int start = 0; start < images.length; start += 3 * area) {
            if (!Arrays.equals(images, start, start + area, images, start + area, start + 2 * area)) return false;
            if (!Arrays.equals(images, start, start + area, images, start + 2 * area, start + 3 * area)) return false;
        }
        return true;
    }

    private static byte[] firstPlanes(byte[] images, Input input) {
        int area = input.height() * input.width();
        byte[] planes = new byte[images.length / 3];
        for (int i = 0; i < planes.length / area; i++) System.arraycopy(images, 3 * i * area, planes, i * area, area);
        return planes;
    }
}
