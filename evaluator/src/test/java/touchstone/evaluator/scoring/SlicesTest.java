package touchstone.evaluator.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import touchstone.evaluator.data.Part;
import touchstone.spec.job.JobResult.Slice;
import touchstone.spec.task.TaskFile.Input;

final class SlicesTest {

    private static final Prediction.Result HALF_RIGHT = new Prediction.Result(
            new double[][] {{0.9, 0.1}, {0.8, 0.2}, {0.3, 0.7}, {0.6, 0.4}}, new int[] {0, 1, 1, 1});

    @Test
    void everyValueOfEveryColumnHasItsAccuracy() {
        Part part = part(Map.of("lens", List.of("wide", "far", "wide", "far"), "day", List.of("2", "1", "1", "1")));
        assertEquals(
                List.of(
                        new Slice("day", "1", 3, 1 / 3.0),
                        new Slice("day", "2", 1, 1),
                        new Slice("lens", "far", 2, 0),
                        new Slice("lens", "wide", 2, 1)),
                Slices.of(part, HALF_RIGHT, new boolean[] {true, true, true, true}));
        assertEquals(
                List.of(new Slice("day", "1", 2, 0.5), new Slice("lens", "far", 1, 0), new Slice("lens", "wide", 1, 1)),
                Slices.of(part, HALF_RIGHT, new boolean[] {false, false, true, true}));
    }

    @Test
    void atMostTwentyColumnsOfFiftyValues() {
        int n = 51;
        Map<String, List<String>> columns = new TreeMap<>();
        columns.put("a", IntStream.range(0, n).mapToObj(String::valueOf).toList());
        for (int c = 0; c < 25; c++) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < n; i++) values.add("v" + i % 50);
            columns.put("c" + (10 + c), values);
        }
        List<String> ids = IntStream.range(0, n).mapToObj(i -> "id" + i).toList();
        Part part = new Part(new Input(1, 8, 8), new byte[n * 64], new int[n], ids, columns);
        boolean[] all = new boolean[n];
        java.util.Arrays.fill(all, true);
        List<Slice> slices = Slices.of(part, new Prediction.Result(new double[n][2], new int[n]), all);
        assertEquals(20 * 50, slices.size());
        assertEquals("c10", slices.getFirst().column());
        assertEquals("c29", slices.getLast().column());
    }

    private static Part part(Map<String, List<String>> columns) {
        return new Part(
                new Input(1, 8, 8), new byte[4 * 64], new int[] {0, 1, 1, 1}, List.of("a", "b", "c", "d"), columns);
    }
}
