package touchstone.spec.strategy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import touchstone.spec.expression.Name;
import touchstone.spec.expression.Name.Timing;
import touchstone.spec.text.CsvTable;
import touchstone.spec.text.Problems;

/**
 * A contestant's own columns, which expressions read as {@code my.<column>}: numbers, or texts where the first value is none.
 *
 * @param values by column, one a row of the table; NaN where the field is empty, for a text its position in the vocabulary
 * @param vocabularies of the text columns: their words in the order of sorting
 */
public record OwnColumns(CsvTable table, Map<String, double[]> values, Map<String, List<String>> vocabularies) {

    /** Before a column's name in expressions. */
    public static final String PREFIX = "my.";

    private static final int COLUMNS_MAX = 20;
    private static final int NAME_CHARACTERS_MAX = 40;
    /** Of a text column; whoever misspells one gets it compared with all. */
    private static final int WORDS_MAX = 1_000;

    /** As programs write what is not finite: hardly meant as a word. */
    private static final Pattern NO_NUMBER = Pattern.compile("(?i)[+-]?(nan|inf|infinity)");

    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]*");

    public OwnColumns {
        values = Map.copyOf(values);
        vocabularies = Map.copyOf(vocabularies);
    }

    /** The columns, or empty with problems. */
    public static Optional<OwnColumns> read(CsvTable table, Problems problems) {
        int before = problems.count();
        table.column("id", problems);
        if (table.columns().size() > COLUMNS_MAX + 1) {
            problems.add(
                    table.headerPlace(0),
                    "the table has " + (table.columns().size() - 1) + " columns besides id",
                    "at most " + COLUMNS_MAX);
            return Optional.empty();
        }
        Map<String, double[]> values = new LinkedHashMap<>();
        Map<String, List<String>> vocabularies = new LinkedHashMap<>();
        for (int c = 0; c < table.columns().size(); c++) {
            String name = table.columns().get(c);
            if (name.equals("id")) continue;
            if (name.length() > NAME_CHARACTERS_MAX || !NAME.matcher(name).matches()) {
                problems.add(
                        table.headerPlace(c),
                        "'" + name + "' cannot be read as a name",
                        "lower-case letters, digits and _, at most " + NAME_CHARACTERS_MAX);
            } else if (isNumeric(table, c)) {
                values.put(name, numbers(table, c, problems));
            } else {
                List<String> words = words(table, c);
                if (words.size() > WORDS_MAX) {
                    problems.add(
                            table.headerPlace(c),
                            "'" + name + "' has " + words.size() + " different texts",
                            "at most " + WORDS_MAX + "; tell samples apart by numbers");
                }
                vocabularies.put(name, words);
                values.put(name, positions(table, c, words));
            }
        }
        return problems.count() > before ? Optional.empty() : Optional.of(new OwnColumns(table, values, vocabularies));
    }

    /** What expressions may read, by its full name. */
    public Map<String, Name> names() {
        Map<String, Name> names = new LinkedHashMap<>();
        for (String column : values.keySet()) {
            String name = PREFIX + column;
            List<String> words = vocabularies.get(column);
            names.put(name, words == null ? Name.number(name, Timing.STATIC) : Name.text(name, Timing.STATIC, words));
        }
        return names;
    }

    /** The id of each row. */
    public List<String> ids() {
        int id = table.columns().indexOf("id");
        return table.rows().stream().map(row -> row.fields().get(id)).toList();
    }

    private static boolean isNumeric(CsvTable table, int column) {
        return table.rows().stream()
                .map(row -> row.fields().get(column))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .map(text ->
                        !Double.isNaN(number(text)) || NO_NUMBER.matcher(text).matches())
                .orElse(true);
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static double[] numbers(CsvTable table, int column, Problems problems) {
        double[] values = new double[table.rows().size()];
        for (int r = 0; r < values.length; r++) {
            CsvTable.Row row = table.rows().get(r);
            String text = row.fields().get(column);
            values[r] = number(text);
            if (text.isEmpty() || Double.isFinite(values[r])) continue;
            problems.add(
                    table.place(row, column),
                    "'" + text + "' is not a finite number",
                    "write a number, or nothing where there is none");
        }
        return values;
    }

    private static List<String> words(CsvTable table, int column) {
        return table.rows().stream()
                .map(row -> row.fields().get(column))
                .filter(text -> !text.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }

    private static double[] positions(CsvTable table, int column, List<String> words) {
        Map<String, Integer> index = new HashMap<>();
        IntStream.range(0, words.size()).forEach(i -> index.put(words.get(i), i));
        double[] values = new double[table.rows().size()];
        Arrays.setAll(values, r -> {
            Integer position = index.get(table.rows().get(r).fields().get(column));
            return position == null ? Double.NaN : position;
        });
        return values;
    }
}
