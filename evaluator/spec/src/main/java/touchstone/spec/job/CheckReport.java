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
     * @param replaced base samples that get another image
     * @param softened samples whose label became a distribution while its largest class stayed
     * @param relabelled {@code relabelled.get(from).get(to)} = samples moved; only non-zero cells
     * @param classes one row a class, in the task's order
     */
    public record Diff(
            int base,
            int trained,
            int added,
            int dropped,
            int replaced,
            int labelsChanged,
            int softened,
            Entropy entropy,
            Map<String, Map<String, Integer>> relabelled,
            List<ClassRow> classes,
            Course course,
            Duplicates duplicates,
            List<Spend> budget,
            List<Rule> rules) {}

    /**
     * How undecided the labels are: mean entropy in bits.
     *
     * @param before of all samples as given
     * @param after before training, after tables and fixed rules
     * @param soft samples whose label is on more than one class
     */
    public record Entropy(double before, double after, int soft) {}

    /** @param weight share of the weight mass in the first epoch, 0 to 1; before = every sample counts one */
    public record ClassRow(String name, int before, int after, double weightBefore, double weightAfter) {}

    /**
     * What the places and the weight of an epoch go to.
     *
     * @param ranges at most eight, which together are all epochs
     * @param unknown places of the rules that read observations: what they do is known only as training goes, and left out here
     */
    public record Course(List<Range> ranges, List<String> unknown) {}

    /**
     * Epochs {@code from} to {@code to}, counted from 1; shares 0 to 1, their mean where epochs differ.
     *
     * @param classes in the task's order
     */
    public record Range(int from, int to, double addedPlaces, double addedWeight, List<Share> classes) {}

    public record Share(double places, double weight) {}

    /**
     * Images that are new (added, or in place of others) and not so new: near ones differ in at most 4 of 64 bits of their
     * difference hash, and exact ones are not counted with them.
     *
     * @param amongNew new images that equal another new one before them
     * @param withBase new images that equal one of the base set
     */
    public record Duplicates(int amongNew, int withBase, int nearAmongNew, int nearWithBase, List<Pair> examples) {}

    /** @param id of the new image's sample */
    public record Pair(String id, String other, boolean exact) {}

    /** @param limit null = no limit */
    public record Spend(String name, double used, @Nullable Double limit) {}

    /**
     * How far one rule reaches.
     *
     * @param where the rule's place, such as {@code samples.augment[0]}
     * @param matches samples that its condition selects in some epoch or its table changes; null when that is known only as training goes
     */
    public record Rule(String where, String text, @Nullable Integer matches, int of) {}
}
