package touchstone.evaluator.strategy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.data.Archive;
import touchstone.evaluator.data.ImageArray;
import touchstone.evaluator.data.Npy;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.expression.Name;
import touchstone.spec.strategy.OwnColumns;
import touchstone.spec.strategy.Strategy;
import touchstone.spec.strategy.Strategy.FileReference;
import touchstone.spec.strategy.Strategy.LabelRule;
import touchstone.spec.strategy.Strategy.Part;
import touchstone.spec.strategy.Strategy.Pictures;
import touchstone.spec.strategy.Strategy.WeightRule;
import touchstone.spec.strategy.StrategyParser;
import touchstone.spec.strategy.Tables;
import touchstone.spec.task.TaskFile;
import touchstone.spec.text.CsvTable;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Reads a strategy's archive against a task and applies what is known before training. */
public final class StrategyReader {

    /** As a server counts what is sent. */
    public static final long BYTES_PER_MEGABYTE = 1_000_000;

    /** Images that may be named for each one that may differ: only what is decoded tells which are new. */
    private static final long DECODED_PER_REPLACED = 4;

    private final TaskPack pack;
    private final Archive archive;
    private final StrategyFiles files;
    private final Tables tables;
    private final Problems problems;

    private StrategyReader(TaskPack pack, Archive archive, Problems problems) {
        this.pack = pack;
        this.archive = archive;
        this.files = new StrategyFiles(archive, problems);
        this.tables = new Tables(pack.classes(), problems);
        this.problems = problems;
    }

    /** The training set, or empty with problems. What its rules spend of the budget is measured after this. */
    public static Optional<TrainingSet> read(TaskPack pack, Path path, Problems problems) throws IOException {
        return read(pack, path, null, problems);
    }

    /** @param without a part that is read like the others, so that the digest stays, and then left out; null = none */
    public static Optional<TrainingSet> read(TaskPack pack, Path path, @Nullable Part without, Problems problems)
            throws IOException {
        int megabytes = pack.file().budget().archiveMegabytes();
        Archive.Limits limits = Archive.Limits.strategy(megabytes);
        Optional<? extends Archive> archive = Archive.open(path, limits, problems);
        if (archive.isEmpty()) return Optional.empty();
        try (Archive open = archive.get()) {
            Optional<TrainingSet> set = new StrategyReader(pack, open, problems).read(without);
            if (set.isPresent() && Files.isRegularFile(path) && Files.size(path) > megabytes * BYTES_PER_MEGABYTE) {
                problems.add(Problem.of(
                        null,
                        "the archive has " + Files.size(path) + " bytes",
                        "at most " + megabytes + " MB of 1,000,000 bytes: more is not in the task's budget"));
            }
            return problems.isEmpty() ? set : Optional.empty();
        }
    }

    private Optional<TrainingSet> read(@Nullable Part without) throws IOException {
        if (!archive.names().contains(StrategyParser.FILE)) {
            problems.add(Problem.of(
                    null,
                    "the archive has no file 'strategy.yaml'",
                    "put strategy.yaml at the top of the archive, not in a folder"));
            return Optional.empty();
        }
        Optional<byte[]> bytes = files.bytes(StrategyParser.FILE);
        if (bytes.isEmpty()) return Optional.empty();
        String text = new String(bytes.get(), StandardCharsets.UTF_8);
        Optional<OwnColumns> own = ownColumns(text);
        // Without its columns every expression that reads one would be told, and none of them is wrong.
        if (!problems.isEmpty()) return Optional.empty();
        Map<String, Name> names = new HashMap<>(pack.names());
        own.ifPresent(columns -> names.putAll(columns.names()));
        Optional<Strategy> strategy = StrategyParser.parse(text, names, problems);
        if (strategy.isEmpty()) return Optional.empty();

        Optional<Samples> samples = samples(strategy.get().samples());
        if (samples.isEmpty()) return Optional.empty();
        Strategy kept = without == null ? strategy.get() : strategy.get().without(without);
        Optional<Samples> trained = without == Part.SAMPLES ? samples(kept.samples()) : samples;
        if (trained.isEmpty()) return Optional.empty();
        // Of the whole strategy: where its samples are left out, rows about added ones say nothing, as about dropped
        // ones.
        Set<String> ids = new HashSet<>(samples.get().ids);
        // Rows of dropped samples say nothing; they are allowed so that one table serves several strategies.
        ids.addAll(pack.base().ids());
        own.ifPresent(columns -> tables.onlyKnownIds(columns.table(), ids));
        Map<String, Integer> positions = trained.get().positions();
        Optional<EpochTable> rates = rates(strategy.get().samples(), ids, positions);
        Map<Integer, EpochTable> weightTables =
                weightTables(strategy.get().weights().rules(), ids, positions);
        Map<LabelRule, List<Tables.Label>> labelTables =
                labelTables(strategy.get().labels().rules(), ids);
        if (!problems.isEmpty()) return Optional.empty();
        if (samples.get().ids.isEmpty()) {
            problems.add(Problem.of(null, "nothing is left to train on", "drop less"));
            return Optional.empty();
        }
        return Optional.of(new StaticRules(pack, kept, files.digest(), problems)
                .apply(
                        trained.get(),
                        own,
                        labelTables,
                        kept.samples().draw().isEmpty() ? Optional.empty() : rates,
                        kept.weights().rules().isEmpty() ? Map.of() : weightTables));
    }

    private Optional<OwnColumns> ownColumns(String text) throws IOException {
        Optional<FileReference> reference = StrategyParser.columns(text);
        if (reference.isEmpty()) return Optional.empty();
        return files.table(reference.get()).flatMap(table -> OwnColumns.read(table, problems));
    }

    private Optional<CsvTable> table(Optional<FileReference> reference) throws IOException {
        return reference.isEmpty() ? Optional.empty() : files.table(reference.get());
    }

    /** What is trained on, before labels and weights. */
    static final class Samples {
        final List<String> ids = new ArrayList<>();
        /** In the base set, or -1. */
        final List<Integer> baseIndex = new ArrayList<>();

        final List<double[]> given = new ArrayList<>();
        /** Counted from 0 through the base set, then through the new ones. */
        final List<Integer> imageRows = new ArrayList<>();

        final byte[] newPixels;

        Samples(byte[] newPixels) {
            this.newPixels = newPixels;
        }

        void add(String id, int base, double[] label, int imageRow) {
            ids.add(id);
            baseIndex.add(base);
            given.add(label);
            imageRows.add(imageRow);
        }

        Map<String, Integer> positions() {
            Map<String, Integer> positions = new HashMap<>();
            for (int i = 0; i < ids.size(); i++) positions.put(ids.get(i), i);
            return positions;
        }
    }

    /**
     * What the tables of samples say.
     *
     * @param dropped base samples that are not kept
     * @param added by id, so that the order of rows changes nothing; an id of the base set is kept as it was
     * @param replaced samples that are kept
     */
    private record SampleTables(Set<String> dropped, List<Tables.Added> added, List<Tables.Replaced> replaced) {}

    private SampleTables sampleTables(Strategy.Samples rules, Set<String> baseIds) throws IOException {
        Set<String> dropped = new HashSet<>();
        table(rules.drop()).ifPresent(table -> dropped.addAll(tables.drop(table, baseIds)));
        List<Tables.Added> added = table(rules.add().map(Pictures::table))
                .map(table -> tables.add(table, baseIds, dropped, countsIntoArray(rules.add())))
                .orElse(List.of());
        added.forEach(sample -> dropped.remove(sample.id()));
        List<Tables.Replaced> replaced = table(rules.replace().map(Pictures::table))
                .map(table -> tables.replace(table, baseIds, countsIntoArray(rules.replace())))
                .orElse(List.of());
        return new SampleTables(
                dropped,
                added.stream().sorted(Comparator.comparing(Tables.Added::id)).toList(),
                replaced.stream()
                        .filter(sample -> !dropped.contains(sample.id()))
                        .toList());
    }

    private static boolean countsIntoArray(Optional<Pictures> pictures) {
        return pictures.flatMap(Pictures::array).isPresent();
    }

    /** Empty with a problem where more is added than may be, or far more named to be replaced: before any image is decoded. */
    private Optional<Samples> samples(Strategy.Samples rules) throws IOException {
        TaskFile.Budget budget = pack.file().budget();
        Set<String> baseIds = new HashSet<>(pack.base().ids());
        SampleTables named = sampleTables(rules, baseIds);
        List<Tables.Added> trulyAdded = named.added.stream()
                .filter(sample -> !baseIds.contains(sample.id()))
                .toList();
        Integer replacedMax = budget.replace() == null
                ? null
                : Math.clamp(DECODED_PER_REPLACED * budget.replace(), 0, Integer.MAX_VALUE);
        Optional<Problem> excess = new Spend("add", "adds", trulyAdded.size(), budget.add()).excess();
        excess.ifPresent(problems::add);
        if (excess.isPresent()) return Optional.empty();
        if (replacedMax != null && named.replaced.size() > replacedMax) {
            problems.add(Problem.of(
                    StrategyParser.FILE,
                    "samples.replace names " + named.replaced.size() + " samples",
                    "at most " + replacedMax + ", of which " + budget.replace()
                            + " may differ: leave out those whose image stays"));
            return Optional.empty();
        }
        NewImages images = new NewImages(pack, files, problems);
        Map<String, Integer> newRows = new HashMap<>();
        Optional<ImageArray> replacing = array(images, rules.replace(), replacedMax);
        if (isReadable(rules.replace(), replacing)) {
            for (Tables.Replaced sample : named.replaced) {
                images.row(sample.picture(), replacing).ifPresent(row -> newRows.put(sample.id(), row));
            }
        }
        Optional<ImageArray> adding = array(images, rules.add(), budget.add());
        if (isReadable(rules.add(), adding)) {
            for (Tables.Added sample : named.added) {
                // A base sample that comes back is kept as it was: its image is not looked at.
                if (baseIds.contains(sample.id())) images.exists(sample.picture(), adding);
                else images.row(sample.picture(), adding).ifPresent(row -> newRows.put(sample.id(), row));
            }
        }
        return Optional.of(assembled(named.dropped, trulyAdded, newRows, images.pixels()));
    }

    private Optional<ImageArray> array(NewImages images, Optional<Pictures> pictures, @Nullable Integer imagesMax)
            throws IOException {
        if (pictures.isEmpty() || pictures.get().array().isEmpty()) return Optional.empty();
        return images.array(pictures.get().array().get(), imagesMax);
    }

    private static boolean isReadable(Optional<Pictures> pictures, Optional<ImageArray> array) {
        return pictures.isPresent() && countsIntoArray(pictures) == array.isPresent();
    }

    /** @param newRows by id, the new image of a sample */
    private Samples assembled(
            Set<String> dropped, List<Tables.Added> added, Map<String, Integer> newRows, byte[] newPixels) {
        Samples samples = new Samples(newPixels);
        int pixels = pack.base().input().pixels();
        int base = pack.base().size();
        for (int i = 0; i < base; i++) {
            String id = pack.base().ids().get(i);
            if (dropped.contains(id)) continue;
            double[] label = new double[pack.classes().size()];
            label[pack.base().labels()[i]] = 1;
            Integer row = newRows.get(id);
            // Replacing an image with itself replaces nothing.
            boolean isNew = row != null
                    && !Arrays.equals(
                            newPixels,
                            row * pixels,
                            (row + 1) * pixels,
                            pack.base().images(),
                            i * pixels,
                            (i + 1) * pixels);
            samples.add(id, i, label, isNew ? base + row : i);
        }
        for (Tables.Added sample : added) {
            Integer row = newRows.get(sample.id());
            if (row != null) samples.add(sample.id(), -1, sample.label(), base + row);
        }
        return samples;
    }

    private Optional<EpochTable> rates(Strategy.Samples rules, Set<String> ids, Map<String, Integer> positions)
            throws IOException {
        if (rules.draw().isEmpty() || !(rules.draw().get() instanceof Strategy.Draw.Table draw)) {
            return Optional.empty();
        }
        return files.table(draw.file())
                .map(table -> tables.rates(table, ids, pack.file().recipe().epochs()))
                .map(rows -> new EpochTable(rows, positions, positions.size()));
    }

    private Map<Integer, EpochTable> weightTables(
            List<WeightRule> rules, Set<String> ids, Map<String, Integer> positions) throws IOException {
        Map<Integer, EpochTable> found = new HashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            if (!(rules.get(i) instanceof WeightRule.Table rule)) continue;
            Optional<CsvTable> table = files.table(rule.file());
            if (table.isEmpty()) continue;
            List<Tables.EpochValue> rows =
                    tables.weights(table.get(), ids, pack.file().recipe().epochs());
            found.put(i, new EpochTable(rows, positions, positions.size()));
        }
        return found;
    }

    private Map<LabelRule, List<Tables.Label>> labelTables(List<LabelRule> rules, Set<String> ids) throws IOException {
        Map<LabelRule, List<Tables.Label>> found = new HashMap<>();
        for (LabelRule rule : rules) {
            if (!(rule instanceof LabelRule.Table named)) continue;
            if (named.isArray()) {
                softLabels(named.file()).ifPresent(labels -> found.put(rule, labels));
            } else {
                files.table(named.file()).ifPresent(table -> found.put(rule, tables.labels(table, ids)));
            }
        }
        return found;
    }

    /** One row for each base sample, in the order of its publication. */
    private Optional<List<Tables.Label>> softLabels(FileReference reference) throws IOException {
        if (!files.has(reference.name(), reference.place())) return Optional.empty();
        Optional<Npy.Header> header = files.header(reference);
        if (header.isEmpty()) return Optional.empty();
        int[] wanted = {pack.base().size(), pack.classes().size()};
        boolean fits = Arrays.equals(header.get().shape(), wanted)
                && header.get().kind().matches("<f[48]");
        if (!fits) {
            problems.add(Problem.of(
                    reference.name(),
                    "the array is " + Arrays.toString(header.get().shape()) + " of "
                            + header.get().kind(),
                    "float32 or float64 of shape " + Arrays.toString(wanted)
                            + ": a row for each base sample, in order"));
            return Optional.empty();
        }
        Optional<double[]> shares = files.array(reference).flatMap(Npy::fractions);
        if (shares.isEmpty()) return Optional.empty();
        List<Tables.Label> labels = new ArrayList<>();
        for (int i = 0; i < wanted[0]; i++) {
            double[] label = Arrays.copyOfRange(shares.get(), i * wanted[1], (i + 1) * wanted[1]);
            if (!Tables.scale(label)) {
                problems.add(Problem.of(
                        reference.name(),
                        "row " + i + " ('" + pack.base().ids().get(i) + "') is no distribution",
                        "shares from 0 to 1 that sum to 1"));
                return Optional.empty();
            }
            labels.add(new Tables.Label(pack.base().ids().get(i), label));
        }
        return Optional.of(labels);
    }
}
