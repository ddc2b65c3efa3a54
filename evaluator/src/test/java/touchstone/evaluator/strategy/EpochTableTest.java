package touchstone.evaluator.strategy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import touchstone.spec.strategy.Tables;

final class EpochTableTest {

    private final EpochTable table = new EpochTable(
            List.of(
                    new Tables.EpochValue("b", 5, 0.5),
                    new Tables.EpochValue("b", 2, 3),
                    new Tables.EpochValue("dropped", 4, 7),
                    new Tables.EpochValue("a", 1, 0)),
            Map.of("a", 0, "b", 1, "c", 2),
            3);

    @Test
    void aRowHoldsFromItsEpochOnWhateverTheirOrder() {
        assertArrayEquals(new double[] {0, 1, 1}, table.in(1));
        assertArrayEquals(new double[] {0, 3, 1}, table.in(2));
        assertArrayEquals(new double[] {0, 3, 1}, table.in(4));
        assertArrayEquals(new double[] {0, 0.5, 1}, table.in(9));
    }

    @Test
    void itChangesWhereARowOfASampleBegins() {
        assertEquals(new TreeSet<>(List.of(1, 2, 5)), table.changes());
        assertEquals(2, table.samplesNamed());
    }
}
