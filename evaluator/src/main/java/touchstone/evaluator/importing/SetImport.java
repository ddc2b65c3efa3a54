package touchstone.evaluator.importing;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.data.Digests;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.task.TaskFile.Input;
import touchstone.spec.text.CsvTable;
import touchstone.spec.text.Problems;

/**
 * A whole training set as a strategy: what is not in it is dropped, what is new is added, and where the same picture lies in
 * it under another class its label is changed. Pictures are the same when their pixels are, after resizing.
 */
public final class SetImport {

    private final TaskPack pack;
    private final HandedSet handed;
    private final Map<String, double[]> changed = new LinkedHashMap<>();
    private final List<Integer> added = new ArrayList<>();
    private final List<String> dropped = new ArrayList<>();
    private int relabelled;
    private int softened;

    /**
     * @param files of the strategy, by name
     * @param relabelled kept samples that get another class
     * @param softened kept samples whose label becomes a distribution with the same leading class
     * @param notes sentences about what was left aside
     */
    public record Imported(
            Map<String, byte[]> files,
            int kept,
            int dropped,
            int added,
            int relabelled,
            int softened,
            List<String> notes) {}

    private SetImport(TaskPack pack, HandedSet handed) {
        this.pack = pack;
        this.handed = handed;
    }

    /** The strategy, or empty with problems. */
    public static Optional<Imported> of(TaskPack pack, Path from, Problems problems) throws IOException {
        Optional<HandedSet> handed = HandedSource.read(from, pack, problems);
        if (handed.isEmpty()) return Optional.empty();
        return Optional.of(new SetImport(pack, handed.get()).imported(String.valueOf(from.getFileName())));
    }

    private Imported imported(String title) throws IOException {
        match();
        Map<String, byte[]> files = new TreeMap<>();
        StringBuilder yaml = new StringBuilder("strategy: 1\ntitle: \"Imported from ")
                .append(title.replace("\\", "\\\\").replace("\"", "\\\""))
                .append("\"\n");
        if (!dropped.isEmpty() || !added.isEmpty()) yaml.append("samples:\n");
        if (!dropped.isEmpty()) {
            yaml.append("  drop: drop.csv\n");
            text(
                    files,
                    "drop.csv",
                    "id\n"
                            + dropped.stream()
                                    .map(id -> CsvTable.field(id) + "\n")
                                    .collect(Collectors.joining()));
        }
        if (!added.isEmpty()) {
            yaml.append("  add: samples.csv\n");
            text(files, "samples.csv", addTable(files));
        }
        if (!changed.isEmpty()) {
            yaml.append("labels:\n  - file: labels.csv\n");
            text(files, "labels.csv", labelTable());
        }
        text(files, "strategy.yaml", yaml.toString());
        int kept = pack.base().size() - dropped.size();
        return new Imported(files, kept, dropped.size(), added.size(), relabelled, softened, handed.notes());
    }

    /** Of equal pictures those with the base label are matched first, so that as few labels as possible change. */
    private void match() {
        Map<String, List<Integer>> base = new HashMap<>();
        int pixels = pack.base().input().pixels();
        for (int i = 0; i < pack.base().size(); i++) {
            byte[] picture = Arrays.copyOfRange(pack.base().images(), i * pixels, (i + 1) * pixels);
            base.computeIfAbsent(Digests.of(picture), digest -> new ArrayList<>())
                    .add(i);
        }
        List<String> digests = handed.pixels().stream().map(Digests::of).toList();
        int[] matched = new int[handed.size()];
        Arrays.fill(matched, -1);
        for (int i = 0; i < matched.length; i++)
            matched[i] = take(base.get(digests.get(i)), handed.labels().get(i));
        for (int i = 0; i < matched.length; i++) {
            List<Integer> left = base.get(digests.get(i));
            if (matched[i] < 0 && left != null && !left.isEmpty()) matched[i] = left.removeFirst();
            if (matched[i] < 0) added.add(i);
            else relabel(matched[i], handed.labels().get(i));
        }
        boolean[] absent = new boolean[pack.base().size()];
        base.values().forEach(left -> left.forEach(i -> absent[i] = true));
        for (int i = 0; i < absent.length; i++)
            if (absent[i]) dropped.add(pack.base().ids().get(i));
    }

    /** The first of these base samples whose label leads here too, taken out; or -1. */
    private int take(@Nullable List<Integer> candidates, double[] label) {
        if (candidates == null) return -1;
        int leading = TrainingSet.hard(label);
        for (int k = 0; k < candidates.size(); k++) {
            if (pack.base().labels()[candidates.get(k)] == leading) return candidates.remove(k);
        }
        return -1;
    }

    private void relabel(int base, double[] label) {
        int given = pack.base().labels()[base];
        if (label[given] == 1) return;
        changed.put(pack.base().ids().get(base), label);
        if (TrainingSet.hard(label) == given) softened++;
        else relabelled++;
    }

    private String addTable(Map<String, byte[]> files) throws IOException {
        boolean hard =
                added.stream().allMatch(i -> HandedSet.hardClass(handed.labels().get(i)) >= 0);
        StringBuilder rows = new StringBuilder(hard ? "id,file,label\n" : "id,file," + classColumns() + "\n");
        String prefix = freePrefix();
        Map<String, String> names = new HashMap<>();
        for (int k = 0; k < added.size(); k++) {
            int i = added.get(k);
            byte[] pixels = handed.pixels().get(i);
            String digest = Digests.of(pixels);
            String name = names.get(digest);
            if (name == null) {
                name = String.format(Locale.ROOT, "added/%06d.png", names.size() + 1);
                names.put(digest, name);
                files.put(name, png(pixels));
            }
            rows.append(String.format(
                    Locale.ROOT,
                    "%s%06d,%s,%s\n",
                    prefix,
                    k + 1,
                    name,
                    labelFields(handed.labels().get(i), hard)));
        }
        return rows.toString();
    }

    /** A base sample may have any id. */
    private String freePrefix() {
        String prefix = "added-";
        for (boolean taken = true; taken; ) {
            String tried = prefix;
            taken = pack.base().ids().stream().anyMatch(id -> id.startsWith(tried));
            if (taken) prefix = "x" + prefix;
        }
        return prefix;
    }

    private String labelTable() {
        boolean hard = changed.values().stream().allMatch(label -> HandedSet.hardClass(label) >= 0);
        StringBuilder rows = new StringBuilder(hard ? "id,label\n" : "id," + classColumns() + "\n");
        changed.forEach((id, label) -> rows.append(CsvTable.field(id))
                .append(',')
                .append(labelFields(label, hard))
                .append('\n'));
        return rows.toString();
    }

    private String classColumns() {
        return pack.classes().stream().map(CsvTable::field).collect(Collectors.joining(","));
    }

    private String labelFields(double[] label, boolean hard) {
        if (hard) return CsvTable.field(pack.classes().get(HandedSet.hardClass(label)));
        return Arrays.stream(label).mapToObj(Double::toString).collect(Collectors.joining(","));
    }

    private static void text(Map<String, byte[]> files, String name, String text) {
        files.put(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Read back, it has the same pixels. */
    private byte[] png(byte[] pixels) throws IOException {
        Input input = pack.file().data().input();
        int area = input.height() * input.width();
        boolean grey = input.channels() == 1;
        BufferedImage image = new BufferedImage(
                input.width(), input.height(), grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        for (int c = 0; c < input.channels(); c++) {
            for (int p = 0; p < area; p++) {
                image.getRaster().setSample(p % input.width(), p / input.width(), c, pixels[c * area + p] & 0xff);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }
}
