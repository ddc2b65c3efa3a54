package touchstone.evaluator.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.strategy.Clock;
import touchstone.evaluator.strategy.EpochTable;
import touchstone.evaluator.strategy.Spend;
import touchstone.evaluator.strategy.StrategyReader;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.evaluator.training.Forecast;
import touchstone.spec.expression.Expression;
import touchstone.spec.job.CheckReport;
import touchstone.spec.job.CheckReport.ClassRow;
import touchstone.spec.job.CheckReport.Course;
import touchstone.spec.job.CheckReport.Diff;
import touchstone.spec.job.CheckReport.Entropy;
import touchstone.spec.job.CheckReport.Range;
import touchstone.spec.job.CheckReport.Share;
import touchstone.spec.strategy.Strategy;
import touchstone.spec.strategy.Strategy.Draw;
import touchstone.spec.strategy.Strategy.FileReference;
import touchstone.spec.strategy.Strategy.LabelRule;
import touchstone.spec.strategy.Strategy.Part;
import touchstone.spec.strategy.Strategy.WeightRule;
import touchstone.spec.strategy.StrategyParser;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Checks a strategy against a task: its problems, or what it changes. */
public final class StrategyCheck {

    /** A label counts as softened when at least this much of its weight moved. */
    private static final double SOFTENED_MIN = 0.05;

    private static final int EPOCHS_MAX = 64;

    private final TaskPack pack;
    private final TrainingSet set;
    private final Path archive;
    private final Forecast forecast;
    private final List<Spend> spends;

    private StrategyCheck(TaskPack pack, TrainingSet set, Path archive) {
        this.pack = pack;
        this.set = set;
        this.archive = archive;
        this.forecast = Forecast.of(pack, set);
        this.spends = Budget.of(pack, set, forecast);
    }

    /** What a strategy within its budget makes of the base set, or empty with problems. */
    public static Optional<TrainingSet> read(TaskPack pack, Path strategy, Problems problems) throws IOException {
        return checked(pack, strategy, problems).map(check -> check.set);
    }

    /**
     * The same with a part left out, as an ablation trains it. The budget is the whole strategy's: without its weights or
     * its drops the rest may reach further than it did, and that is no fault of anybody's.
     *
     * @param without null = none
     */
    public static Optional<TrainingSet> read(TaskPack pack, Path strategy, @Nullable Part without, Problems problems)
            throws IOException {
        Optional<TrainingSet> whole = read(pack, strategy, problems);
        if (whole.isEmpty() || without == null) return whole;
        if (!whole.get().strategy().has(without)) {
            problems.add(Problem.of(
                    StrategyParser.FILE, "there is no part '" + without.word() + "' to leave out", "name one it has"));
            return Optional.empty();
        }
        return StrategyReader.read(pack, strategy, without, problems);
    }

    private static Optional<StrategyCheck> checked(TaskPack pack, Path strategy, Problems problems) throws IOException {
        Optional<TrainingSet> set = StrategyReader.read(pack, strategy, problems);
        if (set.isEmpty()) return Optional.empty();
        StrategyCheck check = new StrategyCheck(pack, set.get(), strategy);
        for (Spend spend : check.spends) spend.excess().ifPresent(problems::add);
        return problems.isEmpty() ? Optional.of(check) : Optional.empty();
    }

    public static CheckReport check(TaskPack pack, Path strategy) throws IOException {
        try {
            return report(pack, strategy);
        } catch (OutOfMemoryError e) {
            // Within its limits an archive may still hold more table than a check has memory: its sender's to mend.
            long megabytes = Runtime.getRuntime().maxMemory() >> 20;
            return new CheckReport(
                    null,
                    null,
                    null,
                    List.of(Problem.of(
                            null,
                            "reading this strategy takes more than the " + megabytes + " MB of memory that a check has",
                            "send fewer or shorter tables")));
        }
    }

    private static CheckReport report(TaskPack pack, Path strategy) throws IOException {
        Problems problems = new Problems();
        Optional<StrategyCheck> check = checked(pack, strategy, problems);
        if (check.isEmpty()) return new CheckReport(null, null, null, problems.list());
        TrainingSet set = check.get().set;
        return new CheckReport(set.digest(), set.strategy().title(), check.get().diff(), List.of());
    }

    private Diff diff() throws IOException {
        List<String> classes = pack.classes();
        Map<String, Map<String, Integer>> relabelled = new LinkedHashMap<>();
        int changed = 0;
        int softened = 0;
        int[] after = new int[classes.size()];
        for (int i = 0; i < set.size(); i++) {
            int to = TrainingSet.hard(set.labels()[i]);
            after[to]++;
            if (set.isAdded(i)) continue;
            int from = pack.base().labels()[set.baseIndex()[i]];
            if (from != to) {
                changed++;
                relabelled
                        .computeIfAbsent(classes.get(from), key -> new LinkedHashMap<>())
                        .merge(classes.get(to), 1, Integer::sum);
            } else if (1 - set.labels()[i][from] >= SOFTENED_MIN) {
                softened++;
            }
        }
        int added = set.addedCount();
        List<Forecast.Range> ranges = forecast.ranges();
        return new Diff(
                pack.base().size(),
                set.size(),
                added,
                pack.base().size() - (set.size() - added),
                replacedCount(),
                changed,
                softened,
                new Entropy(meanEntropy(set.given()), meanEntropy(set.labels()), softCount()),
                relabelled,
                classRows(after, ranges.getFirst()),
                new Course(ranges.stream().map(StrategyCheck::range).toList(), Forecast.unknown(set)),
                new DuplicateSearch(pack, set).find(),
                spent(),
                rules());
    }

    private static Range range(Forecast.Range range) {
        return new Range(
                range.from(),
                range.to(),
                range.addedPlaces(),
                range.addedWeight(),
                IntStream.range(0, range.places().length)
                        .mapToObj(c -> new Share(range.places()[c], range.weight()[c]))
                        .toList());
    }

    private int replacedCount() {
        return (int) IntStream.range(0, set.size()).filter(set::isReplaced).count();
    }

    private static double meanEntropy(double[][] labels) {
        double sum = 0;
        for (double[] label : labels) {
            for (double share : label) if (share > 0 && share < 1) sum -= share * StrictMath.log(share);
        }
        return sum / StrictMath.log(2) / labels.length;
    }

    private int softCount() {
        int count = 0;
        for (double[] label : set.labels()) if (label[TrainingSet.hard(label)] < 1) count++;
        return count;
    }

    private List<CheckReport.Spend> spent() throws IOException {
        List<CheckReport.Spend> spent = new ArrayList<>();
        for (Spend spend : spends) {
            Double limit = spend.limit() == null ? null : spend.limit().doubleValue();
            spent.add(new CheckReport.Spend(spend.name(), spend.used(), limit));
        }
        if (!Files.isRegularFile(archive)) return spent;
        double megabytes = Files.size(archive) / (double) StrategyReader.BYTES_PER_MEGABYTE;
        spent.add(new CheckReport.Spend(
                "archive-mb", megabytes, (double) pack.file().budget().archiveMegabytes()));
        return spent;
    }

    private List<ClassRow> classRows(int[] after, Forecast.Range first) {
        int[] before = new int[after.length];
        for (int label : pack.base().labels()) before[label]++;
        List<ClassRow> rows = new ArrayList<>();
        for (int c = 0; c < after.length; c++) {
            double weightBefore = before[c] / (double) pack.base().size();
            rows.add(new ClassRow(pack.classes().get(c), before[c], after[c], weightBefore, first.weight()[c]));
        }
        return rows;
    }

    private List<CheckReport.Rule> rules() {
        List<CheckReport.Rule> rules = new ArrayList<>();
        Strategy strategy = set.strategy();
        int base = pack.base().size();
        int added = set.addedCount();
        strategy.samples().drop().ifPresent(file -> {
            int dropped = base - (set.size() - added);
            rules.add(new CheckReport.Rule("samples.drop", file.name(), dropped, base));
        });
        strategy.samples()
                .add()
                .ifPresent(pictures -> rules.add(
                        new CheckReport.Rule("samples.add", pictures.table().name(), added, set.size())));
        strategy.samples()
                .replace()
                .ifPresent(pictures -> rules.add(
                        new CheckReport.Rule("samples.replace", pictures.table().name(), replacedCount(), set.size())));
        strategy.samples().draw().ifPresent(draw -> {
            switch (draw) {
                case Draw.Table table ->
                    rules.add(table("samples.draw", table.file(), set.rates().orElseThrow()));
                case Draw.Rate rate -> rules.add(number("samples.draw", rate.rate()));
            }
        });
        strategy.samples().augment().forEach(step -> rule(rules, step.path(), RuleText.of(step), step.where()));
        for (LabelRule rule : strategy.labels().rules()) {
            switch (rule) {
                case LabelRule.Table table ->
                    rules.add(new CheckReport.Rule(
                            rule.path(),
                            table.file().name(),
                            set.changedByTable().get(rule.path()),
                            set.size()));
                case LabelRule.Smooth smooth -> rule(rules, rule.path(), RuleText.of(smooth), smooth.where());
                case LabelRule.Toward toward -> rule(rules, rule.path(), RuleText.of(toward), toward.where());
            }
        }
        List<WeightRule> weights = strategy.weights().rules();
        for (int r = 0; r < weights.size(); r++) {
            String path = weights.get(r).path();
            rules.add(
                    switch (weights.get(r)) {
                        case WeightRule.Table table ->
                            table(path, table.file(), set.weightTables().get(r));
                        case WeightRule.Value value -> number(path, value.value());
                    });
        }
        return rules;
    }

    private CheckReport.Rule table(String path, FileReference file, EpochTable table) {
        return new CheckReport.Rule(path, file.name(), table.samplesNamed(), set.size());
    }

    private CheckReport.Rule number(String path, Expression expression) {
        Clock first = new Clock(1, pack.file().recipe().epochs());
        Integer reached =
                expression.readsObservations() ? null : count(set.values(first).known(expression));
        return new CheckReport.Rule(path, expression.source(), reached, set.size());
    }

    private void rule(List<CheckReport.Rule> rules, String path, String text, Optional<Expression> where) {
        if (where.isEmpty()) {
            rules.add(new CheckReport.Rule(path, text, set.size(), set.size()));
            return;
        }
        Integer matches = where.get().readsObservations() ? null : matches(where.get());
        rules.add(new CheckReport.Rule(path, text, matches, set.size()));
    }

    /** Samples for which the condition holds in some epoch; of very many epochs, so many are looked at. */
    private int matches(Expression where) {
        int epochs = where.isStatic() ? 1 : pack.file().recipe().epochs();
        int looked = Math.min(epochs, EPOCHS_MAX);
        boolean[] held = new boolean[set.size()];
        for (int k = 1; k <= looked; k++) {
            boolean[] holds = set.values(new Clock((int) ((long) k * epochs / looked), epochs))
                    .holds(where);
            for (int i = 0; i < held.length; i++) held[i] |= holds[i];
        }
        return count(held);
    }

    private static int count(boolean[] flags) {
        int count = 0;
        for (boolean flag : flags) if (flag) count++;
        return count;
    }
}
