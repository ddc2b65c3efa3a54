package touchstone.evaluator.importing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import touchstone.evaluator.data.Archive;
import touchstone.evaluator.data.ImageFile;
import touchstone.evaluator.data.Npy;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.strategy.Tables;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.text.NearestName;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/**
 * Reads a whole training set: one folder of pictures a class, as the Data-Centric AI Competition of 2021 took it, or {@code
 * data.npy} and {@code label.npy}, as the AAAI-22 challenge on data-centric robust learning did.
 */
final class HandedSource {

    private static final String IMAGES = "data.npy";
    private static final String LABELS = "label.npy";

    private final TaskPack pack;
    private final Archive archive;
    private final Problems problems;

    private HandedSource(TaskPack pack, Archive archive, Problems problems) {
        this.pack = pack;
        this.archive = archive;
        this.problems = problems;
    }

    /** The set, or empty with problems. */
    static Optional<HandedSet> read(Path path, TaskPack pack, Problems problems) throws IOException {
        Optional<? extends Archive> archive = Archive.open(path, Archive.Limits.TASK, problems);
        if (archive.isEmpty()) return Optional.empty();
        try (Archive open = archive.get()) {
            Optional<HandedSet> set = new HandedSource(pack, open, problems).read();
            return problems.isEmpty() ? set : Optional.empty();
        }
    }

    private Optional<HandedSet> read() throws IOException {
        if (archive.names().contains(IMAGES)) return arrays();
        String train = archive.names().stream().anyMatch(name -> isPicture(name, "train/")) ? "train/" : "";
        List<String> pictures =
                archive.names().stream().filter(name -> isPicture(name, train)).toList();
        if (!pictures.isEmpty()) return folders(train, pictures);
        problems.add(Problem.of(
                null,
                "this holds no training set of a known shape",
                "put there train/CLASS/*.png, or data.npy and label.npy"));
        return Optional.empty();
    }

    private static boolean isPicture(String name, String under) {
        return name.startsWith(under) && name.substring(under.length()).matches("[^/]+/[^/]+\\.(?i:png|jpe?g)");
    }

    private Optional<HandedSet> folders(String train, List<String> pictures) throws IOException {
        List<byte[]> pixels = new ArrayList<>();
        List<double[]> labels = new ArrayList<>();
        Set<String> unknown = new TreeSet<>();
        for (String name : pictures) {
            String folder = name.substring(train.length(), name.lastIndexOf('/'));
            int label = pack.classes().indexOf(folder);
            if (label < 0) {
                unknown.add(folder);
                continue;
            }
            archive.read(name, problems)
                    .flatMap(bytes ->
                            ImageFile.read(name, bytes, pack.file().data().input(), problems))
                    .ifPresent(read -> {
                        pixels.add(read);
                        double[] distribution = new double[pack.classes().size()];
                        distribution[label] = 1;
                        labels.add(distribution);
                    });
        }
        for (String folder : unknown) {
            problems.add(Problem.of(
                    train + folder,
                    "'" + folder + "' is no class of the task",
                    NearestName.instead(folder, pack.classes())));
        }
        int aside = archive.names().size() - pictures.size();
        return Optional.of(new HandedSet(
                pixels,
                labels,
                aside == 0
                        ? List.of()
                        : List.of(
                                aside + " other files were left aside: only the training set is part of a strategy")));
    }

    private Optional<HandedSet> arrays() throws IOException {
        Optional<Npy> images = array(IMAGES);
        Optional<Npy> labels = array(LABELS);
        if (images.isEmpty() || labels.isEmpty()) return Optional.empty();
        int[] shape = images.get().shape();
        Input input = pack.file().data().input();
        int[] wanted = {shape.length == 0 ? 0 : shape[0], input.height(), input.width(), input.channels()};
        boolean fits = Arrays.equals(shape, wanted)
                || (input.channels() == 1 && Arrays.equals(shape, Arrays.copyOf(wanted, 3)));
        if (!fits || !images.get().kind().equals("|u1")) {
            problems.add(Problem.of(
                    IMAGES,
                    "the array is " + Arrays.toString(shape) + " of "
                            + images.get().kind(),
                    "unsigned bytes of shape [samples, " + input.height() + ", " + input.width() + ", "
                            + input.channels() + "], such as numpy.uint8"));
            return Optional.empty();
        }
        List<double[]> distributions = distributions(labels.get(), shape[0]);
        if (!problems.isEmpty()) return Optional.empty();
        List<byte[]> pixels = new ArrayList<>();
        for (int i = 0; i < shape[0]; i++) pixels.add(planes(images.get().data(), i, input));
        return Optional.of(new HandedSet(pixels, distributions, List.of()));
    }

    private Optional<Npy> array(String name) throws IOException {
        if (!archive.names().contains(name)) {
            problems.add(Problem.of(name, "there is no file '" + name + "'", "data.npy and label.npy belong together"));
            return Optional.empty();
        }
        Optional<byte[]> bytes = archive.read(name, problems);
        if (bytes.isEmpty()) return Optional.empty();
        try {
            return Optional.of(Npy.read(bytes.get()));
        } catch (IllegalArgumentException | ArithmeticException e) {
            problems.add(Problem.of(name, String.valueOf(e.getMessage()), "write it with numpy.save"));
            return Optional.empty();
        }
    }

    /** [row, column, channel] to [channel, row, column]. */
    private static byte[] planes(byte[] images, int sample, Input input) {
        int area = input.height() * input.width();
        byte[] planes = new byte[input.pixels()];
        for (int p = 0; p < area; p++) {
            for (int c = 0; c < input.channels(); c++) {
                planes[c * area + p] = images[(sample * area + p) * input.channels() + c];
            }
        }
        return planes;
    }

    private List<double[]> distributions(Npy array, int samples) {
        int classes = pack.classes().size();
        boolean soft = Arrays.equals(array.shape(), new int[] {samples, classes});
        if (!soft && !Arrays.equals(array.shape(), new int[] {samples})) {
            problems.add(Problem.of(
                    LABELS,
                    "the array is " + Arrays.toString(array.shape()) + " for " + samples + " images",
                    "shares of shape [" + samples + ", " + classes + "], or class numbers of shape [" + samples + "]"));
            return List.of();
        }
        List<double[]> labels = new ArrayList<>();
        try {
            double[] values = array.fractions()
                    .orElseGet(
                            () -> Arrays.stream(array.ints()).asDoubleStream().toArray());
            for (int i = 0; i < samples; i++) {
                labels.add(soft ? shares(values, i, classes) : oneHot(values[i], i, classes));
            }
        } catch (IllegalArgumentException e) {
            problems.add(Problem.of(
                    LABELS,
                    String.valueOf(e.getMessage()),
                    "one distribution a sample (float32 or float64), or class numbers from 0 (uint8, int32 or int64)"));
        }
        return labels;
    }

    private static double[] shares(double[] values, int sample, int classes) {
        double[] label = Arrays.copyOfRange(values, sample * classes, (sample + 1) * classes);
        if (Tables.scale(label)) return label;
        throw new IllegalArgumentException("row " + sample + " is no distribution: its shares sum to "
                + Arrays.stream(label).sum());
    }

    private static double[] oneHot(double value, int sample, int classes) {
        if (value != Math.rint(value) || value < 0 || value >= classes) {
            throw new IllegalArgumentException("row " + sample + " holds " + value + ", no class number");
        }
        double[] label = new double[classes];
        label[(int) value] = 1;
        return label;
    }
}
