package touchstone.spec.strategy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.spec.text.CsvTable;
import touchstone.spec.text.Problem;
import touchstone.spec.text.Problems;

final class OwnColumnsTest {

    private final Problems problems = new Problems();

    @Test
    void numbersAndTextsAreToldApartByTheFirstValue() {
        OwnColumns columns =
                read("id,score,fold,empty\na,0.5,x,\nb,-2e3,y,\nc,1,x,\n").orElseThrow();
        assertEquals(List.of("a", "b", "c"), columns.ids());
        assertArrayEquals(new double[] {0.5, -2000, 1}, columns.values().get("score"));
        assertArrayEquals(new double[] {0, 1, 0}, columns.values().get("fold"));
        assertEquals(Set.of("my.score", "my.fold", "my.empty"), columns.names().keySet());
        assertEquals(List.of("x", "y"), columns.names().get("my.fold").vocabulary());
        assertEquals(false, columns.names().get("my.empty").isText());
    }

    @Test
    void anEmptyFieldIsNoValue() {
        OwnColumns columns = read("id,score,fold\na,,\nb,2,y\n").orElseThrow();
        assertArrayEquals(new double[] {Double.NaN, 2}, columns.values().get("score"));
        assertArrayEquals(new double[] {Double.NaN, 0}, columns.values().get("fold"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "nan", "Infinity", "-inf", "1e999"})
    void numbersAreFinite(String number) {
        read("id,score\na," + number + "\nb,1\n");
        assertEquals(
                List.of(Problem.at(
                        "mine.csv",
                        2,
                        3,
                        "'" + number + "' is not a finite number",
                        "write a number, or nothing where there is none")),
                problems.list());
    }

    @Test
    void aWordAmongNumbersIsTold() {
        read("id,score\na,1\nb,0.2x\n");
        assertEquals(3, problems.list().get(0).line());
        assertEquals("'0.2x' is not a finite number", problems.list().get(0).message());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Score", "1st", "loss-rank", "a b", ""})
    void aColumnHasANameOfTheLanguage(String name) {
        read("id," + name + "\na,1\n");
        assertEquals(
                List.of(Problem.at(
                        "mine.csv",
                        1,
                        4,
                        "'" + name + "' cannot be read as a name",
                        "lower-case letters, digits and _, at most 40")),
                problems.list());
    }

    @Test
    void thereAreAtMostTwenty() {
        StringBuilder header = new StringBuilder("id");
        for (int c = 0; c < 20; c++) header.append(",c").append(c);
        assertEquals(20, read(header + "\n").orElseThrow().names().size());
        read(header + ",one_more\n");
        assertEquals(
                List.of(Problem.at("mine.csv", 1, 1, "the table has 21 columns besides id", "at most 20")),
                problems.list());
    }

    @Test
    void aTextColumnHasAThousandWordsAtMost() {
        StringBuilder rows = new StringBuilder("id,kind\n");
        for (int i = 0; i < 1_000; i++) rows.append(i).append(",w").append(i).append('\n');
        assertEquals(
                1_000,
                read(rows.toString()).orElseThrow().vocabularies().get("kind").size());
        read(rows.append("last,one-more\n").toString());
        assertEquals(
                List.of(Problem.at(
                        "mine.csv",
                        1,
                        4,
                        "'kind' has 1001 different texts",
                        "at most 1000; tell samples apart by numbers")),
                problems.list());
    }

    @Test
    void samplesAreNamed() {
        read("name,score\na,1\n");
        assertEquals(
                "the column 'id' is missing; found: name, score",
                problems.list().get(0).message());
    }

    private Optional<OwnColumns> read(String text) {
        CsvTable table = CsvTable.read(
                        "mine.csv", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), problems)
                .orElseThrow();
        return OwnColumns.read(table, problems);
    }
}
