package touchstone.evaluator.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ShareTest {

    @Test
    void dividesInProportion() {
        assertArrayEquals(new double[] {1, 2, 5}, fill(new double[] {1, 2, 5}, 8, 100));
        assertArrayEquals(new double[] {0.5, 1.5}, fill(new double[] {10, 30}, 2, 100));
    }

    @Test
    void whatIsAboveTheCapGoesToTheOthers() {
        double[] shares = fill(new double[] {100, 1, 1}, 8, 6);
        assertArrayEquals(new double[] {6, 1, 1}, shares, 1e-9);
        shares = fill(new double[] {100, 2, 1}, 9, 6);
        assertArrayEquals(new double[] {6, 2, 1}, shares, 1e-9);
    }

    @Test
    void whereTheCapFallsShortTheOthersShareTheRest() {
        assertArrayEquals(new double[] {3, 2, 3}, fill(new double[] {1, 0, 7}, 8, 3));
        assertArrayEquals(new double[] {4, 4}, fill(new double[] {0, 0}, 8, 5));
    }

    @Test
    void fillsTheTotalWhateverTheValues() {
        for (double[] values : new double[][] {
            {1e9, 1, 1, 1, 1, 1, 1, 1, 1, 1},
            {1e-300, 1, 1e200, 0, 3, 3, 3, 3, 3, 3},
            {3e-308, 3e-308, 3e-308, 3e-308, 0, 0, 0, 0, 0, 0},
            {1e308, 1e308, 1e308, 1e308, 1e308, 1e308, 1e308, 1e308, 1e308, 1e308},
            {1e200, 1e200, 1, 1, 1, 1, 1, 1, 1, 1}
        }) {
            double[] shares = fill(values, 10, 4);
            assertEquals(10, Arrays.stream(shares).sum(), 1e-6);
            assertTrue(Arrays.stream(shares).allMatch(share -> share >= 0 && share <= 4));
        }
    }

    @Test
    void eightTimesAsMuchOfAllIsTheSameBitForBit() {
        double[] values = {0.3, 17, 1e9, 0.001, 5};
        double[] eightfold = Arrays.stream(values).map(value -> value * 8).toArray();
        assertArrayEquals(fill(values, 5, 2), fill(eightfold, 5, 2));
        assertArrayEquals(fill(values, 5, 1e12), fill(eightfold, 5, 1e12));
    }

    @Test
    void whatIsAddedGetsItsShareAtMost() {
        boolean[] added = {false, false, true, true};
        double[] even = {1, 1, 1, 1};
        assertArrayEquals(
                new double[] {2, 2, 1.5, 2.5}, Share.fill(new double[] {1, 1, 3, 5}, even, added, 8, 100, 0.5), 1e-12);
        assertArrayEquals(
                new double[] {3, 3, 1, 1},
                Share.fill(new double[] {3, 3, 1, 1}, even, added, 8, 100, 0.5),
                1e-12,
                "within its share nothing changes");
        assertArrayEquals(
                new double[] {2, 2, 1.5, 2.5},
                Share.fill(new double[] {0, 0, 3, 5}, even, added, 8, 100, 0.5),
                1e-12,
                "the others share evenly where all of them are 0");
        assertArrayEquals(
                new double[] {3, 5},
                Share.fill(new double[] {3, 5}, new double[] {1, 1}, new boolean[] {true, true}, 8, 100, 0.5),
                1e-12);
    }

    /** The cap takes from the few that weigh something; what it takes must not go to what is added. */
    @Test
    void theCapGivesNothingToWhatIsAdded() {
        int base = 4_000;
        double[] values = new double[6_000];
        boolean[] added = new boolean[6_000];
        Arrays.fill(values, 0, 5, 1);
        Arrays.fill(values, base, 6_000, 1);
        Arrays.fill(added, base, 6_000, true);
        double[] shares = Share.fill(values, once(6_000), added, 6_000, 20, 0.5);
        assertEquals(3_000, Arrays.stream(shares, base, 6_000).sum(), 1e-6);
        assertEquals(6_000, Arrays.stream(shares).sum(), 1e-6);
    }

    @Test
    void amountsAreSoManyEqualValues() {
        double[] values = {1, 5, 0, 100};
        double[] amounts = {3, 2, 4, 1};
        double[] repeated = {1, 1, 1, 5, 5, 0, 0, 0, 0, 100};
        for (double cap : new double[] {1, 1.5, 2, 4, 8, 100}) {
            double[] shares = Share.fill(values, amounts, new boolean[4], 10, cap, 0.5);
            double[] each = fill(repeated, 10, cap);
            assertArrayEquals(new double[] {each[0], each[3], each[5], each[9]}, shares, 1e-9);
        }
    }

    /** Whatever somebody writes: numbers that a double can hardly hold, none, few, and most of them added. */
    @Test
    void theSumIsTheTotalAndNobodyGetsMoreThanIsAllowed() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 3_000; round++) {
            int n = 1 + random.nextInt(40);
            double[] values = new double[n];
            double[] amounts = new double[n];
            boolean[] added = new boolean[n];
            double zeros = random.nextDouble();
            double amountOfOthers = 0;
            double amountOfAdded = 0;
            for (int i = 0; i < n; i++) {
                if (random.nextDouble() >= zeros) values[i] = Math.pow(10, random.nextDouble(-322, 308));
                amounts[i] = random.nextInt(4) == 0 ? 1 : random.nextDouble(0.1, 3);
                added[i] = random.nextInt(3) == 0;
                if (added[i]) amountOfAdded += amounts[i];
                else amountOfOthers += amounts[i];
            }
            double total = amountOfOthers + amountOfAdded;
            double cap = random.nextDouble(1, 20);
            double[] shares = Share.fill(values, amounts, added, total, cap, 0.5);
            double sum = 0;
            double toAdded = 0;
            for (int i = 0; i < n; i++) {
                sum += amounts[i] * shares[i];
                if (added[i]) toAdded += amounts[i] * shares[i];
                double most = Math.max(cap, total / Math.min(amountOfOthers, amountOfAdded));
                assertTrue(shares[i] >= 0 && shares[i] <= most * (1 + 1e-9), "round " + round + ": " + shares[i]);
                for (int j = 0; j < n; j++) {
                    if (added[i] != added[j] || values[i] < values[j]) continue;
                    assertTrue(shares[i] >= shares[j] * (1 - 1e-9), "round " + round + ": order");
                }
            }
            assertEquals(total, sum, 1e-6 * total, "round " + round);
            if (amountOfOthers > 0) assertTrue(toAdded <= 0.5 * total * (1 + 1e-9), "round " + round + ": " + toAdded);
        }
    }

    private static double[] fill(double[] values, double total, double cap) {
        return Share.fill(values, once(values.length), new boolean[values.length], total, cap, 0.5);
    }

    private static double[] once(int n) {
        double[] once = new double[n];
        Arrays.fill(once, 1);
        return once;
    }
}
