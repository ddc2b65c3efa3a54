package touchstone.spec.text;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldModifiers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A CSV file with a header, read whole through limits; UTF-8, comma, quotes as in RFC 4180. */
public record CsvTable(String file, List<String> columns, List<Row> rows) {

    /** Twenty rows for each of 50,000 samples. */
    public static final int ROWS_MAX = 1_000_000;

    public static final int COLUMNS_MAX = 2_000;
    private static final int FIELD_CHARACTERS_MAX = 4_096;
    private static final int COLUMNS_LISTED_MAX = 30;

    /** @param line counted from 1, the header included */
    public record Row(int line, List<String> fields) {}

    public CsvTable {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /** The table, or empty with problems; rows of a wrong width are told and left out. */
    public static Optional<CsvTable> read(String file, InputStream bytes, Problems problems) {
        List<String> columns = null;
        List<Row> rows = new ArrayList<>();
        CsvRecordHandler handler = CsvRecordHandler.builder()
                .fieldModifier(FieldModifiers.TRIM)
                .maxFieldSize(FIELD_CHARACTERS_MAX)
                .maxFields(COLUMNS_MAX)
                .maxRecordSize(FIELD_CHARACTERS_MAX * 64)
                .build();
        try (CsvReader<CsvRecord> reader = CsvReader.builder()
                .commentStrategy(CommentStrategy.NONE)
                .skipEmptyLines(true)
                .detectBomHeader(true)
                .allowMissingFields(true)
                .allowExtraFields(true)
                .build(handler, bytes, StandardCharsets.UTF_8)) {
            for (CsvRecord csv : reader) {
                int line = (int) csv.getStartingLineNumber();
                if (columns == null) {
                    columns = header(file, csv.getFields(), problems);
                    if (columns.isEmpty()) return Optional.empty();
                    continue;
                }
                if (rows.size() == ROWS_MAX) {
                    problems.add(Problem.at(
                            file, line, 1, "the table has more than " + ROWS_MAX + " rows", "at most " + ROWS_MAX));
                    return Optional.empty();
                }
                if (csv.getFieldCount() != columns.size()) {
                    boolean full = problems.isFull();
                    problems.add(Problem.at(
                            file,
                            line,
                            1,
                            "this row has " + csv.getFieldCount() + " fields, the header has " + columns.size(),
                            "write " + listed(columns, ",")));
                    if (!full) continue;
                    problems.cutShort();
                    return Optional.empty();
                }
                rows.add(new Row(line, csv.getFields()));
            }
        } catch (CsvParseException e) {
            problems.add(Problem.of(file, "this is not a CSV table: " + rootMessage(e), "see docs/strategy.md"));
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (columns == null) {
            problems.add(Problem.of(file, "the table is empty", "begin with a header such as 'id,label'"));
            return Optional.empty();
        }
        return Optional.of(new CsvTable(file, columns, rows));
    }

    private static List<String> header(String file, List<String> fields, Problems problems) {
        Set<String> seen = new HashSet<>();
        for (int column = 0; column < fields.size(); column++) {
            String name = fields.get(column);
            if (!seen.add(name)) {
                problems.add(
                        place(file, new Row(1, fields), column),
                        "the column '" + name + "' stands twice",
                        "keep one of them");
                return List.of();
            }
        }
        return fields;
    }

    private static String listed(List<String> columns, String separator) {
        if (columns.size() <= COLUMNS_LISTED_MAX) return String.join(separator, columns);
        return String.join(separator, columns.subList(0, COLUMNS_LISTED_MAX)) + separator + "…";
    }

    private static String rootMessage(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) cause = cause.getCause();
        return String.valueOf(cause.getMessage());
    }

    /** A field as a table has it: in quotes where it must be. */
    public static String field(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /** Number of a column, or empty with a problem that lists what is there. */
    public Optional<Integer> column(String name, Problems problems) {
        int index = columns.indexOf(name);
        if (index >= 0) return Optional.of(index);
        problems.add(Problem.at(
                file,
                1,
                1,
                "the column '" + name + "' is missing; found: " + listed(columns, ", "),
                "begin the header with " + name));
        return Optional.empty();
    }

    /** Where a field stands, exact where no field before it is quoted. */
    public Place place(Row row, int column) {
        return place(file, row, column);
    }

    /** Where a column's name stands in the header. */
    public Place headerPlace(int column) {
        return place(file, new Row(1, columns), column);
    }

    private static Place place(String file, Row row, int column) {
        int position = 1;
        for (int before = 0; before < column; before++)
            position += row.fields().get(before).length() + 1;
        return new Place(file, row.line(), position);
    }
}
