package touchstone.evaluator.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import touchstone.spec.job.CheckReport;
import touchstone.spec.job.CheckReport.Diff;
import touchstone.spec.job.CheckReport.Duplicates;
import touchstone.spec.text.Problem;

/** A check's report as lines for a terminal. */
final class CheckText {

    /** Of a class name or rule: more would break lines. */
    private static final int CHARACTERS_MAX = 60;

    private final StringBuilder text = new StringBuilder();

    private CheckText() {}

    static String of(CheckReport report) {
        CheckText told = new CheckText();
        for (Problem problem : report.problems()) told.line("%s", problem);
        if (report.diff() != null) told.diff(String.valueOf(report.title()), report.diff());
        return told.text.toString().stripTrailing();
    }

    private void diff(String title, Diff diff) {
        line("'%s' is sound.", title);
        line("");
        line(
                "samples   %d of %d kept (%d with another image), %d added, %d dropped",
                diff.trained() - diff.added(), diff.base(), diff.replaced(), diff.added(), diff.dropped());
        line(
                "labels    %d changed, %d softened; mean entropy %.3f bits before, %.3f after, %d of %d soft",
                diff.labelsChanged(),
                diff.softened(),
                diff.entropy().before(),
                diff.entropy().after(),
                diff.entropy().soft(),
                diff.trained());
        duplicates(diff.duplicates());
        moved(diff);
        classes(diff);
        course(diff);
        rules(diff);
        budget(diff);
    }

    private void duplicates(Duplicates found) {
        if (found.amongNew() + found.withBase() + found.nearAmongNew() + found.nearWithBase() == 0) return;
        line(
                "copies    of new images %d equal another new one, %d one of the base set; %d and %d more nearly do",
                found.amongNew(), found.withBase(), found.nearAmongNew(), found.nearWithBase());
        for (CheckReport.Pair pair : found.examples()) {
            line("          %s %s %s", pair.id(), pair.exact() ? "equals" : "is nearly", pair.other());
        }
    }

    private void moved(Diff diff) {
        if (diff.relabelled().isEmpty()) return;
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("label", "becomes", "samples"));
        diff.relabelled().forEach((from, row) -> row.forEach((to, count) -> rows.add(List.of(from, to, "" + count))));
        table(rows, 2);
    }

    private void classes(Diff diff) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("class", "before", "after", "weight before", "in epoch 1"));
        for (CheckReport.ClassRow row : diff.classes()) {
            rows.add(List.of(
                    row.name(),
                    "" + row.before(),
                    "" + row.after(),
                    percent(row.weightBefore()),
                    percent(row.weightAfter())));
        }
        table(rows, 1);
    }

    /** Where it says more than the table of classes does. */
    private void course(Diff diff) {
        List<CheckReport.Range> ranges = diff.course().ranges();
        List<List<String>> rows = new ArrayList<>();
        rows.add(row(
                "",
                ranges,
                range -> range.from() == range.to() ? "epoch " + range.from() : range.from() + " to " + range.to()));
        for (int c = 0; c < diff.classes().size(); c++) {
            int index = c;
            rows.add(row(
                    diff.classes().get(c).name(),
                    ranges,
                    range -> share(range.classes().get(index))));
        }
        rows.add(row("added", ranges, range -> share(new CheckReport.Share(range.addedPlaces(), range.addedWeight()))));
        line("");
        line("What an epoch's places / weight go to, as far as it is known before training:");
        table(rows, 1);
        if (diff.course().unknown().isEmpty()) return;
        line("known only as training goes: %s", String.join(", ", diff.course().unknown()));
    }

    private interface Cell {
        String of(CheckReport.Range range);
    }

    private static List<String> row(String name, List<CheckReport.Range> ranges, Cell cell) {
        List<String> row = new ArrayList<>(List.of(name));
        for (CheckReport.Range range : ranges) row.add(cell.of(range));
        return row;
    }

    private static String share(CheckReport.Share share) {
        return percent(share.places()) + " / " + percent(share.weight());
    }

    private void rules(Diff diff) {
        if (diff.rules().isEmpty()) return;
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("rule", "what", "reaches"));
        for (CheckReport.Rule rule : diff.rules()) {
            String reach = rule.matches() == null ? "known as training goes" : rule.matches() + " of " + rule.of();
            rows.add(List.of(rule.where(), rule.text(), reach));
        }
        table(rows, 3);
    }

    private void budget(Diff diff) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("budget", "used", "of"));
        for (CheckReport.Spend spend : diff.budget()) {
            rows.add(
                    List.of(spend.name(), number(spend.used()), spend.limit() == null ? "any" : number(spend.limit())));
        }
        table(rows, 1);
    }

    /** Columns of one width each, the first {@code left} of them flush left. */
    private void table(List<List<String>> rows, int left) {
        line("");
        int columns = rows.getFirst().size();
        int[] widths = IntStream.range(0, columns)
                .map(c -> rows.stream()
                        .mapToInt(row -> shortened(row.get(c)).length())
                        .max()
                        .orElse(0))
                .toArray();
        for (List<String> row : rows) {
            line(
                    "%s",
                    IntStream.range(0, columns)
                            .mapToObj(c -> padded(shortened(row.get(c)), c < left ? -widths[c] : widths[c]))
                            .collect(Collectors.joining("  "))
                            .stripTrailing());
        }
    }

    private static String shortened(String cell) {
        return cell.length() <= CHARACTERS_MAX ? cell : cell.substring(0, CHARACTERS_MAX - 1) + "…";
    }

    private static String padded(String cell, int width) {
        return String.format(Locale.ROOT, "%" + (width == 0 ? "" : width) + "s", cell);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.1f", value);
    }

    private void line(String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
