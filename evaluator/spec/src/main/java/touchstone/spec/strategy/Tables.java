package touchstone.spec.strategy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import touchstone.spec.text.CsvTable;
import touchstone.spec.text.NearestName;
import touchstone.spec.text.Place;
import touchstone.spec.text.Problems;

/** Reads the tables that a strategy names. A table that is not sound adds problems; what is read of it then has no meaning. */
public final class Tables {

    /** Columns that stand beside one column a class: no class may have such a name. */
    public static final Set<String> BESIDE_CLASSES = Set.of("id", "label", "file", "index");

    /** How far the sum of a soft label may be from 1: 0.01, and what adding up in binary makes of it. */
    private static final double SIMPLEX_TOLERANCE = 0.01 + 1e-12;

    private final List<String> classes;
    private final Problems problems;
    /** Found once: a table may name many ids that are not there. */
    private @Nullable String exampleId;

    public Tables(List<String> classes, Problems problems) {
        this.classes = List.copyOf(classes);
        this.problems = problems;
    }

    /**
     * Which image a row means.
     *
     * @param file inside the archive; null where the row counts into an array
     * @param index into that array, from 0
     */
    public record Picture(@Nullable String file, int index, Place place) {}

    /** @param label a distribution over the classes */
    public record Added(String id, Picture picture, double[] label) {}

    public record Replaced(String id, Picture picture) {}

    /** @param label a distribution over the classes */
    public record Label(String id, double[] label) {}

    /** A weight or rate. @param fromEpoch counted from 1; holds until a later row of the same id */
    public record EpochValue(String id, int fromEpoch, double value) {}

    /** Ids to drop, each of the base set. */
    public List<String> drop(CsvTable table, Set<String> ids) {
        Optional<Integer> id = table.column("id", problems);
        onlyColumns(table, List.of("id"));
        List<String> dropped = new ArrayList<>();
        if (id.isEmpty()) return dropped;
        Set<String> seen = new HashSet<>();
        for (CsvTable.Row row : table.rows())
            knownId(table, row, id.get(), ids, seen).ifPresent(dropped::add);
        return dropped;
    }

    /**
     * Samples to add; an id may be one of the base set only when it is dropped as well (then it is kept as it was).
     *
     * @param fromArray the rows count into an array instead of naming files
     */
    public List<Added> add(CsvTable table, Set<String> baseIds, Set<String> dropped, boolean fromArray) {
        String column = fromArray ? "index" : "file";
        Optional<Integer> id = table.column("id", problems);
        Optional<Integer> picture = table.column(column, problems);
        Optional<LabelColumns> label = labelColumns(table, List.of("id", column));
        List<Added> added = new ArrayList<>();
        if (id.isEmpty() || picture.isEmpty() || label.isEmpty()) return added;
        Set<String> seen = new HashSet<>();
        for (CsvTable.Row row : table.rows()) {
            String name = row.fields().get(id.get());
            Place place = table.place(row, id.get());
            if (name.isEmpty() || name.length() > 100) {
                problems.add(place, "an id has 1 to 100 characters", "write a short name of your own");
            } else if (baseIds.contains(name) && !dropped.contains(name)) {
                problems.add(place, "'" + name + "' is the id of a base sample", "choose another id");
            } else if (!seen.add(name)) {
                problems.add(place, "'" + name + "' stands twice", "one row for each id");
            } else {
                Optional<Picture> image = picture(table, row, picture.get(), fromArray);
                distribution(table, row, label.get())
                        .ifPresent(value -> image.ifPresent(found -> added.add(new Added(name, found, value))));
            }
        }
        return added;
    }

    /** Base samples that get another image. */
    public List<Replaced> replace(CsvTable table, Set<String> baseIds, boolean fromArray) {
        String column = fromArray ? "index" : "file";
        Optional<Integer> id = table.column("id", problems);
        Optional<Integer> picture = table.column(column, problems);
        onlyColumns(table, List.of("id", column));
        List<Replaced> replaced = new ArrayList<>();
        if (id.isEmpty() || picture.isEmpty()) return replaced;
        Set<String> seen = new HashSet<>();
        for (CsvTable.Row row : table.rows()) {
            Optional<String> known = knownId(table, row, id.get(), baseIds, seen);
            Optional<Picture> image = picture(table, row, picture.get(), fromArray);
            if (known.isPresent() && image.isPresent()) replaced.add(new Replaced(known.get(), image.get()));
        }
        return replaced;
    }

    private Optional<Picture> picture(CsvTable table, CsvTable.Row row, int column, boolean fromArray) {
        String text = row.fields().get(column);
        Place place = table.place(row, column);
        if (!fromArray) return Optional.of(new Picture(text, -1, place));
        OptionalInt index = whole(text);
        if (index.isPresent() && index.getAsInt() >= 0) return Optional.of(new Picture(null, index.getAsInt(), place));
        problems.add(place, "'" + text + "' is no position in the array", "write a whole number of 0 or more");
        return Optional.empty();
    }

    /** Tells of ids that are not there or stand twice, in a table whose other columns were read already. */
    public void onlyKnownIds(CsvTable table, Set<String> ids) {
        Set<String> seen = new HashSet<>();
        table.column("id", problems).ifPresent(id -> table.rows().forEach(row -> knownId(table, row, id, ids, seen)));
    }

    public List<Label> labels(CsvTable table, Set<String> ids) {
        Optional<Integer> id = table.column("id", problems);
        Optional<LabelColumns> label = labelColumns(table, List.of("id"));
        List<Label> labels = new ArrayList<>();
        if (id.isEmpty() || label.isEmpty()) return labels;
        Set<String> seen = new HashSet<>();
        for (CsvTable.Row row : table.rows()) {
            Optional<String> known = knownId(table, row, id.get(), ids, seen);
            Optional<double[]> value = distribution(table, row, label.get());
            if (known.isPresent() && value.isPresent()) labels.add(new Label(known.get(), value.get()));
        }
        return labels;
    }

    public List<EpochValue> weights(CsvTable table, Set<String> ids, int epochs) {
        return epochValues(table, ids, epochs, "weight");
    }

    public List<EpochValue> rates(CsvTable table, Set<String> ids, int epochs) {
        return epochValues(table, ids, epochs, "rate");
    }

    private List<EpochValue> epochValues(CsvTable table, Set<String> ids, int epochs, String column) {
        Optional<Integer> id = table.column("id", problems);
        Optional<Integer> number = table.column(column, problems);
        int fromEpoch = table.columns().indexOf("from_epoch");
        onlyColumns(table, List.of("id", "from_epoch", column));
        List<EpochValue> values = new ArrayList<>();
        if (id.isEmpty() || number.isEmpty()) return values;
        Set<String> seen = new HashSet<>();
        for (CsvTable.Row row : table.rows()) {
            int from = 1;
            if (fromEpoch >= 0) {
                OptionalInt epoch = epoch(table, row, fromEpoch, epochs);
                if (epoch.isEmpty()) continue;
                from = epoch.getAsInt();
            }
            String name = row.fields().get(id.get());
            if (!ids.contains(name)) unknownId(table, row, id.get(), ids);
            else if (!seen.add(fromEpoch < 0 ? name : name + '\n' + from)) {
                problems.add(
                        table.place(row, id.get()), "'" + name + "' stands twice", "one row for each id and epoch");
            }
            OptionalDouble value =
                    finite(table, row, number.get(), 0, Float.MAX_VALUE, "a finite " + column + " of 0 or more");
            if (value.isPresent()) values.add(new EpochValue(name, from, value.getAsDouble()));
        }
        return values;
    }

    private record LabelColumns(int hard, int[] soft) {}

    private Optional<LabelColumns> labelColumns(CsvTable table, List<String> others) {
        int hard = table.columns().indexOf("label");
        if (hard >= 0) {
            List<String> known = new ArrayList<>(others);
            known.add("label");
            onlyColumns(table, known);
            return Optional.of(new LabelColumns(hard, new int[0]));
        }
        List<String> missing =
                classes.stream().filter(name -> !table.columns().contains(name)).toList();
        if (missing.size() == classes.size()) {
            table.column("label", problems);
            return Optional.empty();
        }
        missing.forEach(name -> table.column(name, problems));
        List<String> known = new ArrayList<>(others);
        known.addAll(classes);
        onlyColumns(table, known);
        if (!missing.isEmpty()) return Optional.empty();
        return Optional.of(new LabelColumns(
                -1,
                classes.stream().mapToInt(name -> table.columns().indexOf(name)).toArray()));
    }

    private Optional<double[]> distribution(CsvTable table, CsvTable.Row row, LabelColumns columns) {
        double[] label = new double[classes.size()];
        if (columns.hard() >= 0) {
            String name = row.fields().get(columns.hard());
            int index = classes.indexOf(name);
            if (index < 0) {
                problems.add(
                        table.place(row, columns.hard()),
                        "'" + name + "' is not a class",
                        NearestName.instead(name, classes));
                return Optional.empty();
            }
            label[index] = 1;
            return Optional.of(label);
        }
        for (int c = 0; c < label.length; c++) {
            OptionalDouble share = finite(table, row, columns.soft()[c], 0, 1, "a share from 0 to 1");
            if (share.isEmpty()) return Optional.empty();
            label[c] = share.getAsDouble();
        }
        double sum = Arrays.stream(label).sum();
        if (scale(label)) return Optional.of(label);
        problems.add(table.place(row, 0), "the shares of this row sum to " + sum, "make them sum to 1");
        return Optional.empty();
    }

    /** Makes shares of 0 to 1 that sum to nearly 1 sum to 1; false where they are no such shares. */
    public static boolean scale(double[] shares) {
        double sum = 0;
        for (double share : shares) {
            if (!(share >= 0 && share <= 1)) return false;
            sum += share;
        }
        if (!(Math.abs(sum - 1) <= SIMPLEX_TOLERANCE)) return false;
        for (int c = 0; c < shares.length; c++) shares[c] /= sum;
        return true;
    }

    private OptionalDouble finite(
            CsvTable table, CsvTable.Row row, int column, double min, double max, String expected) {
        String text = row.fields().get(column);
        try {
            double value = Double.parseDouble(text);
            if (value >= min && value <= max) return OptionalDouble.of(value);
            problems.add(table.place(row, column), text + " is not allowed here", "write " + expected);
        } catch (NumberFormatException e) {
            problems.add(table.place(row, column), "'" + text + "' is not a number", "write " + expected);
        }
        return OptionalDouble.empty();
    }

    private OptionalInt epoch(CsvTable table, CsvTable.Row row, int column, int epochs) {
        String text = row.fields().get(column);
        OptionalInt epoch = whole(text);
        if (epoch.isPresent() && epoch.getAsInt() >= 1 && epoch.getAsInt() <= epochs) return epoch;
        problems.add(
                table.place(row, column),
                "'" + text + "' is not an epoch of this task",
                "write a whole number from 1 to " + epochs);
        return OptionalInt.empty();
    }

    private static OptionalInt whole(String text) {
        try {
            return OptionalInt.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    private Optional<String> knownId(CsvTable table, CsvTable.Row row, int column, Set<String> ids, Set<String> seen) {
        String id = row.fields().get(column);
        if (!ids.contains(id)) {
            unknownId(table, row, column, ids);
            return Optional.empty();
        }
        if (!seen.add(id)) {
            problems.add(table.place(row, column), "'" + id + "' stands twice", "one row for each id");
            return Optional.empty();
        }
        return Optional.of(id);
    }

    private void unknownId(CsvTable table, CsvTable.Row row, int column, Set<String> ids) {
        if (exampleId == null)
            exampleId = ids.stream().min(java.util.Comparator.naturalOrder()).orElse("");
        problems.add(
                table.place(row, column),
                "there is no sample '" + row.fields().get(column) + "'",
                "ids look like '" + exampleId + "'");
    }

    private void onlyColumns(CsvTable table, List<String> known) {
        for (int i = 0; i < table.columns().size(); i++) {
            String column = table.columns().get(i);
            if (known.contains(column)) continue;
            problems.add(
                    table.headerPlace(i),
                    "the column '" + column + "' is not known here",
                    NearestName.instead(column, known));
        }
    }
}
