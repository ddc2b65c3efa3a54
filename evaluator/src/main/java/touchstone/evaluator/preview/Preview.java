package touchstone.evaluator.preview;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.IntStream;
import touchstone.evaluator.augmentation.Augmentation;
import touchstone.evaluator.augmentation.Place;
import touchstone.evaluator.check.RuleText;
import touchstone.evaluator.data.TaskPack;
import touchstone.evaluator.device.NumericEngine;
import touchstone.evaluator.scoring.Images;
import touchstone.evaluator.strategy.Clock;
import touchstone.evaluator.strategy.Randomness;
import touchstone.evaluator.strategy.TrainingSet;
import touchstone.spec.strategy.Strategy.Step;
import touchstone.spec.task.TaskFile.Input;

/**
 * A few samples after each step of {@code augment}.
 *
 * @param steps what each column after the first adds
 */
public record Preview(String title, Input input, List<String> steps, List<Row> rows) {

    public Preview {
        steps = List.copyOf(steps);
        rows = List.copyOf(rows);
    }

    /** One sample, plain and after each step. */
    public record Row(String id, String label, List<Cell> cells) {
        public Row {
            cells = List.copyOf(cells);
        }
    }

    /**
     * @param pixels unsigned bytes [channel, row, column]
     * @param changed whether the column's step is for this sample
     */
    public record Cell(byte[] pixels, boolean changed) {}

    /** @param epoch whose draws are shown; where absent the first one's, and what depends on the epoch is taken as true */
    public record Wanted(int samples, long seed, OptionalInt epoch) {}

    /** What the images show, a line each. */
    public List<String> legend() {
        List<String> lines = new ArrayList<>();
        lines.add(title);
        lines.add("0  as it is");
        for (int s = 0; s < steps.size(); s++) {
            int step = s + 1;
            long shown =
                    rows.stream().filter(row -> row.cells().get(step).changed()).count();
            String reach =
                    shown == rows.size() ? "" : " (for " + shown + " of these " + rows.size() + "; others faded)";
            lines.add(step + "  " + steps.get(s) + reach);
        }
        if (!steps.isEmpty()) lines.add("Each column adds one step to those before it.");
        return lines;
    }

    public static Preview of(TaskPack pack, TrainingSet set, Wanted wanted, NumericEngine engine) {
        List<Step> steps = set.strategy().samples().augment();
        boolean[][] conditions = new boolean[steps.size()][];
        for (int s = 0; s < conditions.length; s++) conditions[s] = condition(pack, set, steps.get(s), wanted.epoch());
        int[] samples = choose(set, conditions, wanted);
        List<byte[][]> columns = columns(pack, set, samples, conditions, wanted, engine);
        List<Row> rows = new ArrayList<>();
        for (int b = 0; b < samples.length; b++) {
            int sample = samples[b];
            List<Cell> cells = new ArrayList<>();
            for (int column = 0; column < columns.size(); column++) {
                cells.add(new Cell(columns.get(column)[b], column == 0 || conditions[column - 1][sample]));
            }
            String label = pack.classes().get(TrainingSet.hard(set.labels()[sample]));
            rows.add(new Row(set.ids().get(sample), label, cells));
        }
        List<String> texts =
                steps.stream().map(step -> text(step, wanted.epoch())).toList();
        return new Preview(set.strategy().title(), pack.file().data().input(), texts, rows);
    }

    private static String text(Step step, OptionalInt epoch) {
        String chance = step.chance() < 1 ? " [chance taken as 1]" : "";
        String open = isOpen(step, epoch) ? " [condition taken as true: it is known as training goes]" : "";
        return RuleText.of(step) + chance + open;
    }

    /** Whether the condition cannot be known here. */
    private static boolean isOpen(Step step, OptionalInt epoch) {
        return step.where()
                .filter(where -> where.readsObservations() || (!where.isStatic() && epoch.isEmpty()))
                .isPresent();
    }

    private static boolean[] condition(TaskPack pack, TrainingSet set, Step step, OptionalInt epoch) {
        boolean[] holds = new boolean[set.size()];
        Arrays.fill(holds, true);
        if (step.where().isEmpty() || isOpen(step, epoch)) return holds;
        return set.values(new Clock(epoch.orElse(1), pack.file().recipe().epochs()))
                .holds(step.where().get());
    }

    /** First one for each step that none so far is for, then one class after the other; in the order of the set. */
    private static int[] choose(TrainingSet set, boolean[][] conditions, Wanted wanted) {
        List<Integer> shuffled = IntStream.range(0, set.size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> Randomness.hash(wanted.seed(), set.keys()[i])))
                .toList();
        TreeSet<Integer> chosen = new TreeSet<>();
        for (boolean[] condition : conditions) {
            if (chosen.size() >= wanted.samples() || chosen.stream().anyMatch(i -> condition[i])) continue;
            shuffled.stream().filter(i -> condition[i]).findFirst().ifPresent(chosen::add);
        }
        int[] seen = new int[set.labels()[0].length];
        for (int i : chosen) seen[TrainingSet.hard(set.labels()[i])]++;
        while (chosen.size() < Math.min(wanted.samples(), set.size())) {
            int next = shuffled.stream()
                    .filter(i -> !chosen.contains(i))
                    .min(Comparator.comparingInt(i -> seen[TrainingSet.hard(set.labels()[i])]))
                    .orElseThrow();
            chosen.add(next);
            seen[TrainingSet.hard(set.labels()[next])]++;
        }
        return chosen.stream().mapToInt(Integer::intValue).toArray();
    }

    /** [column][place]: the plain images, then after each step. A place's draws for a step do not depend on those after it. */
    private static List<byte[][]> columns(
            TaskPack pack,
            TrainingSet set,
            int[] samples,
            boolean[][] conditions,
            Wanted wanted,
            NumericEngine engine) {
        Input input = pack.file().data().input();
        List<Step> steps = set.strategy().samples().augment().stream()
                .map(step -> new Step(step.action(), 1, step.where(), step.path()))
                .toList();
        byte[] bytes = new byte[samples.length * input.pixels()];
        for (int b = 0; b < samples.length; b++) {
            System.arraycopy(set.images().image(samples[b]), 0, bytes, b * input.pixels(), input.pixels());
        }
        List<Place> places = IntStream.of(samples)
                .mapToObj(sample -> new Place(sample, set.keys()[sample], 0))
                .toList();
        List<byte[][]> columns = new ArrayList<>();
        for (int count = 0; count <= steps.size(); count++) {
            try (NDManager manager = engine.newManager()) {
                Augmentation augmentation = new Augmentation(steps.subList(0, count), input, wanted.seed(), manager);
                long[] all = IntStream.range(0, samples.length).asLongStream().toArray();
                NDArray pixels = augmentation
                        .apply(
                                Images.select(Images.toDevice(bytes, samples.length, input, manager), all, manager),
                                places,
                                wanted.epoch().orElse(1),
                                (step, sample) -> conditions[step][sample])
                        .images();
                byte[] levels =
                        pixels.mul(255).round().toType(DataType.UINT8, false).toByteArray();
                columns.add(IntStream.range(0, samples.length)
                        .mapToObj(b -> Arrays.copyOfRange(levels, b * input.pixels(), (b + 1) * input.pixels()))
                        .toArray(byte[][]::new));
            }
        }
        return columns;
    }
}
