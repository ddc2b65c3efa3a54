package touchstone.evaluator.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import touchstone.spec.task.TaskFile.Input;

final class FoldsTest {

    private static final Input INPUT = new Input(1, 8, 8);

    @Test
    void everyClassIsSplitInTheSameShare() {
        int[] labels = new int[200];
        for (int i = 0; i < 200; i++) labels[i] = i < 20 ? 0 : i < 80 ? 1 : 2;
        boolean[] inPublic = Folds.split(part(labels, order(200)), 3, 0.3);
        int[] counts = new int[3];
        for (int i = 0; i < 200; i++) if (inPublic[i]) counts[labels[i]]++;
        assertArrayEquals(new int[] {6, 18, 36}, counts);
    }

    @Test
    void theOrderOfSamplesSplitsNothingElse() {
        int[] labels = new int[100];
        for (int i = 0; i < 100; i++) labels[i] = i % 2;
        boolean[] split = Folds.split(part(labels, order(100)), 2, 0.5);
        List<Integer> shuffled = order(100);
        Collections.shuffle(shuffled, new Random(1));
        int[] moved = shuffled.stream().mapToInt(i -> labels[i]).toArray();
        boolean[] splitMoved = Folds.split(part(moved, shuffled), 2, 0.5);
        for (int k = 0; k < 100; k++) assertEquals(split[shuffled.get(k)], splitMoved[k]);
    }

    @Test
    void theFirstSamplesAreNotThePublicOnes() {
        boolean[] split = Folds.split(part(new int[100], order(100)), 1, 0.5);
        boolean[] firstHalf = new boolean[100];
        Arrays.fill(firstHalf, 0, 50, true);
        assertFalse(Arrays.equals(firstHalf, split));
    }

    private static Part part(int[] labels, List<Integer> numbers) {
        byte[] images = new byte[labels.length * 64];
        for (int i = 0; i < labels.length; i++) images[i * 64] = numbers.get(i).byteValue();
        return new Part(
                INPUT, images, labels, numbers.stream().map(i -> "h" + i).toList(), Map.of());
    }

    private static List<Integer> order(int n) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < n; i++) order.add(i);
        return order;
    }
}
