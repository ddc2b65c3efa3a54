package touchstone.evaluator.scoring;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import touchstone.evaluator.data.Part;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.catalogue.Metric;
import touchstone.spec.task.TaskFile;
import touchstone.spec.task.TaskParser;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

/** Whether the metrics that a task names can be measured on what it has. */
public final class NamedMetrics {
    private NamedMetrics() {}

    /** Adds a problem for each that cannot be, on the validation set or a fold of the hidden test. */
    public static void check(TaskPack pack, Problems problems) {
        boolean[] all = new boolean[pack.validation().size()];
        java.util.Arrays.fill(all, true);
        check(pack, pack.validation(), all, "the validation set", problems);
        pack.hidden().ifPresent(hidden -> {
            boolean[] inPublic = hidden.publicFold();
            boolean[] inPrivate = new boolean[inPublic.length];
            for (int i = 0; i < inPublic.length; i++) inPrivate[i] = !inPublic[i];
            check(pack, hidden.part(), inPublic, "the hidden test's public fold", problems);
            check(pack, hidden.part(), inPrivate, "the hidden test's private fold", problems);
        });
    }

    private static void check(TaskPack pack, Part part, boolean[] chosen, String where, Problems problems) {
        int classes = pack.classes().size();
        Prediction.Result any = new Prediction.Result(new double[part.size()][classes], part.labels()).where(chosen);
        Map<String, Double> measured = new Metrics(any, Grouping.of(pack, part).where(chosen)).all();
        for (String named : named(pack.file().metrics())) {
            if (measured.containsKey(named)) continue;
            problems.add(Problem.of(
                    TaskParser.FILE, "'" + named + "' cannot be measured on " + where, needs(named, pack.file())));
        }
    }

    private static Set<String> named(TaskFile.Metrics metrics) {
        List<String> named = new ArrayList<>(metrics.show());
        named.addFirst(metrics.rankBy());
        if (metrics.groups() != null) named.add(Metric.WORST_GROUP.word());
        return new LinkedHashSet<>(named);
    }

    private static String needs(String named, TaskFile file) {
        return switch (Metric.find(named).orElseThrow()) {
            case WORST_GROUP ->
                "metadata of this part with the column '" + file.metrics().groups() + "'";
            case CORRUPTION_ROBUSTNESS -> "metadata of this part with the columns 'corruption' and 'severity'";
            case HEAD_ACCURACY, MIDDLE_ACCURACY, TAIL_ACCURACY ->
                "another head-above or tail-below: no class of the base set has so many samples";
            default -> "more samples, or another metric";
        };
    }
}
