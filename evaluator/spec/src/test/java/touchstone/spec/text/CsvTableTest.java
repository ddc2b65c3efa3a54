package touchstone.spec.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class CsvTableTest {

    private final Problems problems = new Problems();

    @Test
    void readsHeaderAndRows() {
        CsvTable table = read("id,label\nt1,cat\nt2,dog\n").orElseThrow();
        assertEquals(List.of("id", "label"), table.columns());
        assertEquals(
                List.of(new CsvTable.Row(2, List.of("t1", "cat")), new CsvTable.Row(3, List.of("t2", "dog"))),
                table.rows());
        assertTrue(problems.isEmpty());
    }

    @Test
    void readsWhatSpreadsheetsWrite() {
        CsvTable table = read("\ufeffid,label\r\n\"a, b\",\"say \"\"x\"\"\"\r\n\r\n t2 , dog \r\n")
                .orElseThrow();
        assertEquals(List.of("id", "label"), table.columns(), "without the byte order mark");
        assertEquals(List.of("a, b", "say \"x\""), table.rows().get(0).fields());
        assertEquals(new CsvTable.Row(4, List.of("t2", "dog")), table.rows().get(1), "trimmed; empty lines count");
    }

    @Test
    void fieldsAreReadAsTheyWereWritten() {
        List<String> fields = List.of("plain", "a, b", "say \"x\"", "two\nlines", "");
        String row = fields.stream().map(CsvTable::field).collect(Collectors.joining(","));
        assertEquals(
                fields,
                read("a,b,c,d,e\n" + row + "\n").orElseThrow().rows().get(0).fields());
        assertEquals("plain", CsvTable.field("plain"));
    }

    @Test
    void aTableWithoutRowsIsATable() {
        assertEquals(List.of(), read("id,label\n").orElseThrow().rows());
        assertTrue(problems.isEmpty());
    }

    @Test
    void rowsOfAWrongWidthAreToldAndLeftOut() {
        CsvTable table = read("id,label\nt1\nt2,dog\nt3,cat,2\n").orElseThrow();
        assertEquals(1, table.rows().size());
        assertEquals(
                List.of(
                        Problem.at("t.csv", 2, 1, "this row has 1 fields, the header has 2", "write id,label"),
                        Problem.at("t.csv", 4, 1, "this row has 3 fields, the header has 2", "write id,label")),
                problems.list());
    }

    /** A wide header told for every row would be far more text than the table itself. */
    @Test
    void ofManyColumnsTheFirstAreListed() {
        StringBuilder header = new StringBuilder("c1");
        for (int c = 2; c <= 31; c++) header.append(",c").append(c);
        read(header + "\nt1\n");
        String instead = problems.list().get(0).instead();
        assertTrue(instead.startsWith("write c1,c2,") && instead.endsWith(",c30,…"), instead);
        read(header + "\n").orElseThrow().column("id", problems);
        String message = problems.list().get(0).message();
        assertTrue(message.endsWith(", c30, …"), message);
    }

    @Test
    void isNotReadOnWhereNoMoreWouldBeListed() {
        assertEquals(Optional.empty(), read("id,label\n" + "t1\n".repeat(500)));
        assertEquals(101, problems.count());
        assertEquals(
                "1 more problems are not listed, and not every table was read to its end",
                problems.list().getLast().message());
    }

    @Test
    void nothingIsNoTable() {
        assertEquals(Optional.empty(), read(""));
        assertEquals(
                List.of(Problem.of("t.csv", "the table is empty", "begin with a header such as 'id,label'")),
                problems.list());
    }

    @Test
    void aColumnStandsOnce() {
        assertEquals(Optional.empty(), read("id,label,id\nt1,cat,t1\n"));
        assertEquals(
                List.of(Problem.at("t.csv", 1, 10, "the column 'id' stands twice", "keep one of them")),
                problems.list());
    }

    @Test
    void aMissingColumnSaysWhatIsThere() {
        CsvTable table = read("name,label\nt1,cat\n").orElseThrow();
        assertEquals(Optional.empty(), table.column("id", problems));
        assertEquals(
                List.of(Problem.at(
                        "t.csv", 1, 1, "the column 'id' is missing; found: name, label", "begin the header with id")),
                problems.list());
    }

    @Test
    void knowsWhereAFieldStands() {
        CsvTable table = read("id,weight,from_epoch\nt0001,2.5,3\n").orElseThrow();
        assertEquals(new Place("t.csv", 2, 7), table.place(table.rows().get(0), 1));
        assertEquals(new Place("t.csv", 2, 11), table.place(table.rows().get(0), 2));
        assertEquals(new Place("t.csv", 1, 11), table.headerPlace(2));
    }

    @Test
    void tooLongAFieldAndTooManyColumnsAreNoTable() {
        assertEquals(Optional.empty(), read("id\n" + "x".repeat(5_000) + "\n"));
        assertEquals(Optional.empty(), read("a,".repeat(2_500) + "b\n"));
        assertEquals(2, problems.count());
        problems.list().forEach(problem -> {
            assertTrue(problem.message().startsWith("this is not a CSV table: "), problem.message());
        });
    }

    @Test
    void aQuoteWithoutEndIsNoRunaway() {
        assertEquals(Optional.empty(), read("id,label\nt1,\"cat\n" + "t2,dog\n".repeat(100_000)));
        assertEquals(1, problems.count());
    }

    @Test
    void hasAMillionRowsAtMost() {
        byte[] row = "x\n".getBytes(StandardCharsets.US_ASCII);
        InputStream endless = new InputStream() {
            private long at;

            @Override
            public int read() throws IOException {
                return row[(int) (at++ % 2)];
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                for (int i = 0; i < length; i++) bytes[offset + i] = row[(int) (at++ % 2)];
                return length;
            }
        };
        assertEquals(Optional.empty(), CsvTable.read("t.csv", endless, problems));
        assertEquals(
                List.of(Problem.at("t.csv", 1_000_002, 1, "the table has more than 1000000 rows", "at most 1000000")),
                problems.list());
    }

    private Optional<CsvTable> read(String text) {
        return CsvTable.read("t.csv", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), problems);
    }
}
