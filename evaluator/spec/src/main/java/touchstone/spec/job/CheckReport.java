package touchstone.spec.job;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import touchstone.spec.text.Problem;

/**
 * The answer of the evaluator's {@code check} command: problems, or the diff report of a sound strategy.
 *
 * @param strategy the strategy digest: SHA-256 (hex) over the names and contents of its files; null when there are problems
 */
public record CheckReport(
        @Nullable String strategy,
        @Nullable String title,
        @Nullable Diff diff,
        List<Problem> problems) {
    public CheckReport {
        problems = List.copyOf(problems);
    }

    /**
     * What a strategy changes, known before training.
     *
     * @param base samples of the base set
     * @param trained samples that are trained on: base - dropped + added
     * @param softened samples whose label became a distribution while its largest class stayed
     * @param relabelled {@code relabelled.get(from).get(to)} = samples moved; only non-zero cells
     * @param classes one row a class, in the task's order
     * @param duplicates among what is added: exact copies of each other, and of base samples
     */
    public record Diff(
            int base,
            int trained,
            int added,
            int dropped,
            int labelsChanged,
            int softened,
            Map<String, Map<String, Integer>> relabelled,
            List<ClassRow> classes,
            Duplicates duplicates,
            List<Spend> budget,
            List<Rule> rules) {}

    /** @param weight share of the weight mass in the first epoch, 0 to 1; before = every sample counts one */
    public record ClassRow(String name, int before, int after, double weightBefore, double weightAfter) {}

    public record Duplicates(int amongAdded, int withBase) {}

    /** @param limit null = no limit */
    public record Spend(String name, double used, @Nullable Double limit) {}

    /**
     * How far one rule reaches.
     *
     * @param where the rule's place, such as {@code samples.augment[0]}
     * @param matches samples that its condition selects; null when that is known only as training goes
     */
    public record Rule(String where, String text, @Nullable Integer matches, int of) {}
}
