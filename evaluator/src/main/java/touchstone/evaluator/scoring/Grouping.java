package touchstone.evaluator.scoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.data.Part;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.task.TaskFile;

/**
 * How a task divides classes and samples for its metrics.
 *
 * @param baseCounts samples of each class in the organizer's base set, whatever a strategy made of it
 * @param headAbove classes with more of them are head; with fewer than {@code tailBelow}, tail
 * @param groups of each sample; null = the task has none
 * @param corruptions kind and severity of each sample, empty = it is clean; null = the task has none
 */
public record Grouping(
        int[] baseCounts,
        int headAbove,
        int tailBelow,
        @Nullable List<String> groups,
        @Nullable List<String> corruptions) {

    private static final Set<String> CLEAN = Set.of("", "none", "clean");

    public static Grouping of(TaskPack pack, Part part) {
        int[] counts = new int[pack.classes().size()];
        for (int label : pack.base().labels()) counts[label]++;
        TaskFile.Metrics metrics = pack.file().metrics();
        Map<String, List<String>> columns = part.metadata();
        return new Grouping(
                counts,
                metrics.headAbove(),
                metrics.tailBelow(),
                metrics.groups() == null ? null : columns.get(metrics.groups()),
                corruptions(columns.get("corruption"), columns.get("severity")));
    }

    private static @Nullable List<String> corruptions(@Nullable List<String> kinds, @Nullable List<String> severities) {
        if (kinds == null || severities == null) return null;
        List<String> corruptions = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            corruptions.add(CLEAN.contains(kinds.get(i)) ? "" : kinds.get(i) + " " + severities.get(i));
        }
        return corruptions;
    }

    /** Of the samples for which {@code chosen} is true. */
    Grouping where(boolean[] chosen) {
        return new Grouping(baseCounts, headAbove, tailBelow, where(groups, chosen), where(corruptions, chosen));
    }

    private static @Nullable List<String> where(@Nullable List<String> texts, boolean[] chosen) {
        if (texts == null) return null;
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < chosen.length; i++) if (chosen[i]) kept.add(texts.get(i));
        return kept;
    }
}
