package touchstone.evaluator.strategy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import touchstone.evaluator.data.Archive;
import touchstone.evaluator.data.Digests;
import touchstone.evaluator.data.ImageFile;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.strategy.Strategy;
import touchstone.spec.strategy.Strategy.LabelRule;
import touchstone.spec.strategy.Strategy.WeightRule;
import touchstone.spec.strategy.StrategyParser;
import touchstone.spec.strategy.Tables;
import touchstone.spec.text.CsvTable;
import touchstone.spec.text.NearestName;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Reads a strategy's archive against a task and applies what is known before training. */
public final class StrategyReader {

    private final TaskPack pack;
    private final Archive archive;
    private final Problems problems;
    private final Map<String, String> digests = new TreeMap<>();
    /** Of all tables so far: 24 of them may be named. */
    private int rows;

    private final Map<String, Optional<byte[]>> images = new HashMap<>();

    private StrategyReader(TaskPack pack, Archive archive, Problems problems) {
        this.pack = pack;
        this.archive = archive;
        this.problems = problems;
    }

    /** The training set, or empty with problems. */
    public static Optional<TrainingSet> read(TaskPack pack, Path path, Problems problems) throws IOException {
        Archive.Limits limits = Archive.Limits.strategy(pack.file().budget().archiveMegabytes());
        Optional<? extends Archive> archive = Archive.open(path, limits, problems);
        if (archive.isEmpty()) return Optional.empty();
        try (Archive open = archive.get()) {
            Optional<TrainingSet> set = new StrategyReader(pack, open, problems).read();
            return problems.isEmpty() ? set : Optional.empty();
        }
    }

    private Optional<TrainingSet> read() throws IOException {
        if (!archive.names().contains(StrategyParser.FILE)) {
            problems.add(Problem.of(
                    null,
                    "the archive has no file 'strategy.yaml'",
                    "put strategy.yaml at the top of the archive, not in a folder"));
            return Optional.empty();
        }
        Optional<byte[]> text = bytes(StrategyParser.FILE);
        if (text.isEmpty()) return Optional.empty();
        Optional<Strategy> strategy =
                StrategyParser.parse(new String(text.get(), StandardCharsets.UTF_8), pack.names(), problems);
        if (strategy.isEmpty()) return Optional.empty();

        Tables tables = new Tables(pack.classes(), problems);
        Set<String> baseIds = new HashSet<>(pack.base().ids());
        Set<String> dropped = new HashSet<>();
        Optional<CsvTable> dropTable = table(strategy.get().samples().drop());
        dropTable.ifPresent(table -> dropped.addAll(tables.drop(table, baseIds)));
        Optional<CsvTable> addTable = table(strategy.get().samples().add());
        List<Tables.Added> added =
                addTable.map(table -> tables.add(table, baseIds, dropped)).orElse(List.of());
        if (addsTooMany(dropped, added)) return Optional.empty();
        Samples samples = samples(dropped, added);

        Set<String> ids = new HashSet<>(samples.ids);
        // Rows of dropped samples say nothing; they are allowed so that one table serves several strategies.
        ids.addAll(baseIds);
        Map<Integer, List<Tables.Weight>> weightTables = new HashMap<>();
        List<WeightRule> weightRules = strategy.get().weights().rules();
        for (int i = 0; i < weightRules.size(); i++) {
            if (!(weightRules.get(i) instanceof WeightRule.Table rule)) continue;
            Optional<CsvTable> table = table(Optional.of(rule.file()));
            if (table.isPresent()) {
                weightTables.put(
                        i, tables.weights(table.get(), ids, pack.file().recipe().epochs()));
            }
        }
        Map<Integer, List<Tables.Label>> labelTables = new HashMap<>();
        List<LabelRule> labelRules = strategy.get().labels().rules();
        for (int i = 0; i < labelRules.size(); i++) {
            if (!(labelRules.get(i) instanceof LabelRule.Table rule)) continue;
            Optional<CsvTable> table = table(Optional.of(rule.file()));
            if (table.isPresent()) labelTables.put(i, tables.labels(table.get(), ids));
        }
        if (!problems.isEmpty()) return Optional.empty();
        if (samples.ids.isEmpty()) {
            problems.add(Problem.of(null, "nothing is left to train on", "drop less"));
            return Optional.empty();
        }
        TrainingSet set = new StaticRules(pack, strategy.get(), Digests.ofNamed(digests), problems)
                .apply(samples, labelTables, weightTables);
        budget(set);
        return Optional.of(set);
    }

    /** What is trained on, before labels and weights. */
    static final class Samples {
        final List<String> ids = new ArrayList<>();
        final List<byte[]> images = new ArrayList<>();
        final List<Integer> baseIndex = new ArrayList<>();
        final List<double[]> given = new ArrayList<>();
    }

    /** Before any image is decoded: a table may name a million of them. */
    private boolean addsTooMany(Set<String> dropped, List<Tables.Added> added) {
        Integer limit = pack.file().budget().add();
        int count = (int)
                added.stream().filter(sample -> !dropped.contains(sample.id())).count();
        if (limit == null || count <= limit) return false;
        problems.add(overBudget("adds", count, limit));
        return true;
    }

    private static Problem overBudget(String verb, int used, int limit) {
        return Problem.of(
                StrategyParser.FILE,
                "the strategy " + verb + " " + used + " samples",
                "at most " + limit + ": more is not in the task's budget");
    }

    private Samples samples(Set<String> dropped, List<Tables.Added> added) throws IOException {
        Samples samples = new Samples();
        int pixels = pack.base().input().pixels();
        Set<String> readded = new HashSet<>();
        added.forEach(sample -> readded.add(sample.id()));
        Set<String> kept = new HashSet<>();
        for (int i = 0; i < pack.base().size(); i++) {
            String id = pack.base().ids().get(i);
            if (dropped.contains(id) && !readded.contains(id)) continue;
            kept.add(id);
            double[] label = new double[pack.classes().size()];
            label[pack.base().labels()[i]] = 1;
            samples.ids.add(id);
            samples.images.add(java.util.Arrays.copyOfRange(pack.base().images(), i * pixels, (i + 1) * pixels));
            samples.baseIndex.add(i);
            samples.given.add(label);
        }
        // By id, so that the order of rows changes nothing.
        for (Tables.Added sample :
                added.stream().sorted(Comparator.comparing(Tables.Added::id)).toList()) {
            Optional<byte[]> image = image(sample);
            if (kept.contains(sample.id())) continue;
            if (image.isEmpty()) continue;
            samples.ids.add(sample.id());
            samples.images.add(image.get());
            samples.baseIndex.add(-1);
            samples.given.add(sample.label());
        }
        return samples;
    }

    private Optional<byte[]> image(Tables.Added sample) throws IOException {
        if (!archive.names().contains(sample.file())) {
            missing(sample.file(), sample.place());
            return Optional.empty();
        }
        // Decoded once, however many rows name it.
        Optional<byte[]> known = images.get(sample.file());
        if (known != null) return known;
        Optional<byte[]> image = bytes(sample.file())
                .flatMap(bytes ->
                        ImageFile.read(sample.file(), bytes, pack.base().input(), problems));
        images.put(sample.file(), image);
        return image;
    }

    private Optional<CsvTable> table(Optional<Strategy.FileReference> reference) throws IOException {
        if (reference.isEmpty()) return Optional.empty();
        String name = reference.get().name();
        if (!archive.names().contains(name)) {
            missing(name, reference.get().place());
            return Optional.empty();
        }
        if (rows > CsvTable.ROWS_MAX) return Optional.empty();
        Optional<byte[]> bytes = bytes(name);
        if (bytes.isEmpty()) return Optional.empty();
        Optional<CsvTable> table = CsvTable.read(name, new ByteArrayInputStream(bytes.get()), problems);
        rows += table.map(read -> read.rows().size()).orElse(0);
        if (rows <= CsvTable.ROWS_MAX) return table;
        problems.add(
                reference.get().place(),
                "with this table all together have more than " + CsvTable.ROWS_MAX + " rows",
                "write rows only for what changes");
        return Optional.empty();
    }

    private void missing(String name, touchstone.spec.text.Place place) {
        problems.add(
                place,
                "the archive has no file '" + name + "'",
                archive.names().stream()
                        .filter(there -> there.endsWith("/" + name))
                        .findFirst()
                        .or(() -> NearestName.of(name, archive.names()))
                        .map(near -> "write '" + near + "'")
                        .orElse("add the file to the archive"));
    }

    private Optional<byte[]> bytes(String name) throws IOException {
        Optional<byte[]> bytes = archive.read(name, problems);
        bytes.ifPresent(found -> digests.put(name, Digests.of(found)));
        return bytes;
    }

    private void budget(TrainingSet set) {
        for (Budget.Spend spend : Budget.of(pack, set)) {
            if (spend.limit() == null || spend.used() <= spend.limit()) continue;
            problems.add(overBudget(spend.verb(), spend.used(), spend.limit()));
        }
    }
}
