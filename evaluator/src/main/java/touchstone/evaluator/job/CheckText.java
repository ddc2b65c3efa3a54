package touchstone.evaluator.job;

import touchstone.spec.job.CheckReport;
import touchstone.spec.text.Problem;

/** A check's report as lines for a terminal. */
final class CheckText {
    private CheckText() {}

    static String of(CheckReport report) {
        StringBuilder text = new StringBuilder();
        for (Problem problem : report.problems()) text.append(problem).append('\n');
        CheckReport.Diff diff = report.diff();
        if (diff == null) return text.toString().stripTrailing();
        text.append(String.format("'%s' is sound.%n", report.title()));
        text.append(String.format(
                "samples  %d of %d kept, %d added, %d dropped%n",
                diff.trained() - diff.added(), diff.base(), diff.added(), diff.dropped()));
        text.append(String.format("labels   %d changed, %d softened%n", diff.labelsChanged(), diff.softened()));
        diff.relabelled()
                .forEach((from, row) -> row.forEach(
                        (to, count) -> text.append(String.format("           %s -> %s: %d%n", from, to, count))));
        for (CheckReport.Rule rule : diff.rules()) {
            String reach = rule.matches() == null ? "known as training goes" : rule.matches() + " of " + rule.of();
            text.append(String.format("rule     %s (%s): %s%n", rule.where(), rule.text(), reach));
        }
        for (CheckReport.Spend spend : diff.budget()) {
            text.append(String.format(
                    "budget   %s %.0f of %s%n",
                    spend.name(), spend.used(), spend.limit() == null ? "any" : String.format("%.0f", spend.limit())));
        }
        return text.toString().stripTrailing();
    }
}
