package touchstone.evaluator.making;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import touchstone.evaluator.data.Npy;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.text.CsvTable;

/**
 * The files of a made task. What was spoiled stands in a folder of its own beside the task's, so that no zip of the task
 * can hold it.
 */
public final class MadeTask {

    private final CleanSet set;
    private final Faults faults;
    private final long seed;
    private final boolean ownData;
    private final MadeParts parts;
    private final String name;

    /** @param ownData whether nobody else has the clean set */
    public MadeTask(String name, CleanSet set, Faults faults, long seed, boolean ownData, MadeParts parts) {
        this.name = name;
        this.set = set;
        this.faults = faults;
        this.seed = seed;
        this.ownData = ownData;
        this.parts = parts;
    }

    /** Name of a task that lies in a folder of this name: what the address of its page allows. */
    public static String name(Path folder) {
        String plain = String.valueOf(folder.toAbsolutePath().normalize().getFileName())
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        String named = plain.matches("[a-z].*") ? plain : ("task-" + plain).replaceAll("-$", "");
        return named.length() <= 60 ? named : named.substring(0, 60).replaceAll("-$", "");
    }

    /** Beside the task, never in it. */
    public static Path answers(Path folder) {
        Path whole = folder.toAbsolutePath().normalize();
        return whole.resolveSibling(whole.getFileName() + "-answers");
    }

    public void write(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        text(files, "task.yaml", yaml());
        text(files, "datasheet.md", datasheet());
        part(files, "train", 't', parts.train().images(), parts.train().given());
        part(
                files,
                "validation",
                'v',
                parts.validation().images(),
                parts.validation().labels());
        part(files, "hidden/test", 'h', parts.test().images(), parts.test().labels());
        write(folder, files);
        Map<String, byte[]> answers = new TreeMap<>();
        text(answers, "answers.csv", answers());
        text(answers, "README.md", answersReadme());
        write(answers(folder), answers);
    }

    private static void write(Path folder, Map<String, byte[]> files) throws IOException {
        for (var file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
    }

    private static void text(Map<String, byte[]> files, String name, String text) {
        files.put(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private void part(Map<String, byte[]> files, String name, char letter, byte[] images, int[] labels) {
        Input input = set.input();
        files.put(
                name + "-images.npy",
                Npy.write(Npy.ofBytes(images, labels.length, input.channels(), input.height(), input.width())));
        files.put(name + "-labels.npy", Npy.write(Npy.ofInts(labels)));
        text(files, name + ".csv", csv("id", labels.length, i -> id(letter, i)));
    }

    private static String id(char part, int index) {
        return String.format(Locale.ROOT, "%c%06d", part, index + 1);
    }

    private static String csv(String header, int rows, IntFunction<String> row) {
        StringBuilder text = new StringBuilder(header).append('\n');
        for (int i = 0; i < rows; i++) text.append(row.apply(i)).append('\n');
        return text.toString();
    }

    private String answers() {
        MadeParts.Train train = parts.train();
        return csv(
                "id,label,given,changed,darkened",
                train.labels().length,
                i -> String.join(
                        ",",
                        id('t', i),
                        CsvTable.field(set.classes().get(train.labels()[i])),
                        CsvTable.field(set.classes().get(train.given()[i])),
                        train.labels()[i] == train.given()[i] ? "no" : "yes",
                        train.dark()[i] ? "yes" : "no"));
    }

    /** Batches of 128 where an epoch still has some 50 steps, smaller ones for less. */
    private int batch() {
        int batch = 128;
        while (batch > 16 && parts.train().labels().length / batch < 40) batch /= 2;
        return batch;
    }

    private String yaml() {
        int train = parts.train().labels().length;
        String rankBy = faults.imbalance() > 1 ? "balanced-accuracy" : "accuracy";
        String show = faults.imbalance() > 1 ? "accuracy" : "balanced-accuracy";
        return String.format(
                Locale.ROOT,
                """
                # What the contest is about and everything that is frozen. Each key: docs/task.md.
                # Try it:  ./touchstone evaluate --task FOLDER --strategy STRATEGY
                # Send it: zip this folder's files and upload them on the page of your tasks; any change is a new version.
                task: 1
                name: %s                # part of the address of its page
                title: %s               # what people read
                data:
                  format: npy
                  classes: [%s]
                  input: {channels: %d, height: %d, width: %d}
                  # Contestants download these two parts. The validation set has true labels: they may learn from it what they like.
                  train: {images: train-images.npy, labels: train-labels.npy, metadata: train.csv}
                  validation: {images: validation-images.npy, labels: validation-labels.npy, metadata: validation.csv}
                  # Nobody gets this one. It stays on the server and is what strategies are scored on.
                  test: {images: hidden/test-images.npy, labels: hidden/test-labels.npy, metadata: hidden/test.csv}
                recipe:
                  # A small network that is able to learn every label by heart, wrong ones too. That is wanted: work on data
                  # can only win where bad data hurt. A larger width learns more by heart, and takes longer.
                  model: {architecture: small-cnn, width: 16}
                  initial: {seed: 17}             # the weights that everyone begins with
                  optimizer: {sgd: {momentum: 0.9, nesterov: true, weight-decay: 5e-4}}
                  schedule: {one-cycle: {peak: 0.1, warmup: 0.2}}
                  batch: %d
                  epochs: 20                      # of %d steps each, whatever a strategy adds or drops
                  seeds: {board: 1, final: 3}     # how often a judging trains; the mean counts
                  device: {class: cpu, threads: 1}
                # Most that a strategy may do by hand, in samples. Rules that go by what training shows are free.
                # A small relabel makes a game of it: whose labels are worth looking at?
                budget: {add: %d, relabel: %d, drop: all, archive-mb: 50, weight-cap: 20}
                metrics: {rank-by: %s, show: [%s, macro-f1, worst-class, log-loss]}
                board: {public-fraction: 0.5}     # share of the hidden test that the running board counts
                quota: {per-day: 10, total: 300, running: 1, rejected: free}
                access: public
                # phases: {opens: 2026-01-01T08:00:00Z, closes: 2026-02-01T20:00:00Z}   # without: open from the start, no end
                datasheet: datasheet.md
                """,
                name,
                quoted(title()),
                set.classes().stream().map(MadeTask::quoted).collect(Collectors.joining(", ")),
                set.input().channels(),
                set.input().height(),
                set.input().width(),
                batch(),
                Math.ceilDiv(train, batch()),
                train / 10,
                train / 10,
                rankBy,
                show);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private String title() {
        List<String> said = new java.util.ArrayList<>();
        if (faults.noise().share() > 0) said.add(percent(faults.noise().share()) + " of the labels wrong");
        if (faults.imbalance() > 1) said.add("classes from large to small");
        if (faults.dark() > 0) said.add(percent(faults.dark()) + " of the pictures dark");
        return name + (said.isEmpty() ? "" : ": " + String.join(", ", said));
    }

    /** Without a needless fraction: 40%, 2.5%. */
    private static String percent(double share) {
        return plain(share * 100) + "%";
    }

    private static String plain(double number) {
        return String.format(Locale.ROOT, "%.4f", number).replaceAll("\\.?0+$", "");
    }

    private String datasheet() {
        MadeParts.Train train = parts.train();
        return String.format(
                Locale.ROOT,
                """
                # Datasheet: %s

                %s
                ## Motivation
                Made from %s, to learn what work on training data gains while the model stays as it is.

                ## Composition
                %s pictures of %d by %d pixels.

                | part | samples | labels | light | classes |
                |---|---|---|---|---|
                | training | %d | %s | %s | %s |
                | validation | %d | as the source has them | as in the source | of equal size |
                | hidden test | %d | as the source has them | as in the source | of equal size |

                | class | training samples, by true label | by given label |
                |---|---|---|
                %s
                ## What was done to the training part
                %s
                Which samples are spoiled is not given out. All of it was drawn from seed %d and a digest of the clean source: who has that source and makes the task again has the answers as well.

                ## Uses
                For learning and for contests. The source's licence and what its makers say of it hold on.
                """,
                title(),
                practice(),
                set.what(),
                set.input().channels() == 1 ? "Grey" : "Colour",
                set.input().width(),
                set.input().height(),
                train.labels().length,
                train.wrong() > 0 ? train.wrong() + " wrong" : "as the source has them",
                train.darkened() > 0 ? train.darkened() + " dark" : "as in the source",
                faults.imbalance() > 1 ? "of falling size" : "as in the source",
                parts.validation().labels().length,
                parts.test().labels().length,
                classRows(),
                done(),
                seed);
    }

    private String practice() {
        if (ownData) return "";
        return """
                **Practice.** The pictures come from a data set that others have too: whoever looks a picture up there finds its true label. Learn with it; give no prizes for it.

                """;
    }

    private String classRows() {
        int classes = set.classes().size();
        int[] labels = counts(parts.train().labels(), classes);
        int[] given = counts(parts.train().given(), classes);
        StringBuilder rows = new StringBuilder();
        for (int c = 0; c < classes; c++) {
            String shown = set.classes().get(c).replace("|", "\\|");
            rows.append(String.format(Locale.ROOT, "| %s | %d | %d |\n", shown, labels[c], given[c]));
        }
        return rows.toString();
    }

    private static int[] counts(int[] labels, int classes) {
        int[] counts = new int[classes];
        for (int label : labels) counts[label]++;
        return counts;
    }

    private String done() {
        MadeParts.Train train = parts.train();
        StringBuilder text = new StringBuilder();
        if (train.wrong() > 0) {
            String how =
                    switch (faults.noise().kind()) {
                        case SYMMETRIC ->
                            "each of the other classes equally often. So the share is that of labels that are really wrong"
                                    + " (some papers draw from all classes, the true one too, and mean a tenth less with ten classes)";
                        case PAIR ->
                            "the next class in the order above; the last one's are the first (Han et al., 2018)";
                    };
            text.append(String.format(
                    Locale.ROOT,
                    "- **Labels**: in each class %s of the labels are wrong, %d in all. A wrong label is %s.\n",
                    percent(faults.noise().share()),
                    train.wrong(),
                    how));
        }
        if (faults.imbalance() > 1) {
            text.append(String.format(
                    Locale.ROOT,
                    "- **Classes**: their sizes fall exponentially in the order above, the largest %s times the smallest before rounding"
                            + " (Cui et al., 2019). Counted by true label.\n",
                    plain(faults.imbalance())));
        }
        if (train.darkened() > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "- **Light**: in each class %s of the pictures are far too dark, %d in all: a pixel v (0 to 1) became r v^1.6, with r"
                            + " drawn for each picture from 0.08 to 0.20, rounded to a byte.\n",
                    percent(faults.dark()),
                    train.darkened()));
        }
        return text.isEmpty() ? "Nothing: it is a random part of the source.\n" : text.toString();
    }

    private String answersReadme() {
        return String.format(Locale.ROOT, """
                # What was done to `%s`: for the organizer alone

                `answers.csv` has a row for each training sample: its true label, the label that the task gives, whether that was changed, whether the
                picture was darkened. It is no part of the task: neither the task's folder nor its zip holds it. Give it to nobody before the contest ends.

                What there is to win by mending everything: make the task again from the same source with the same sizes, `--seed %d` and without the faults. It is
                the same pictures in the same order; evaluate a strategy that does nothing (`strategy: 1`) on both.
                """, name, seed);
    }
}
