package touchstone.evaluator.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class ShareTest {

    @Test
    void dividesInProportion() {
        assertArrayEquals(new double[] {1, 2, 5}, Share.fill(new double[] {1, 2, 5}, 8, 100));
        assertArrayEquals(new double[] {0.5, 1.5}, Share.fill(new double[] {10, 30}, 2, 100));
    }

    @Test
    void whatIsAboveTheCapGoesToTheOthers() {
        double[] shares = Share.fill(new double[] {100, 1, 1}, 8, 6);
        assertArrayEquals(new double[] {6, 1, 1}, shares, 1e-9);
        shares = Share.fill(new double[] {100, 2, 1}, 9, 6);
        assertArrayEquals(new double[] {6, 2, 1}, shares, 1e-9);
    }

    @Test
    void whereTheCapFallsShortTheOthersShareTheRest() {
        assertArrayEquals(new double[] {3, 2, 3}, Share.fill(new double[] {1, 0, 7}, 8, 3));
        assertArrayEquals(new double[] {4, 4}, Share.fill(new double[] {0, 0}, 8, 5));
    }

    @Test
    void fillsTheTotalWhateverTheValues() {
        for (double[] values : new double[][] {
            {1e9, 1, 1, 1, 1, 1, 1, 1, 1, 1},
            {1e-300, 1, 1e200, 0, 3, 3, 3, 3, 3, 3},
            {1e200, 1e200, 1, 1, 1, 1, 1, 1, 1, 1}
        }) {
            double[] shares = Share.fill(values, 10, 4);
            assertEquals(10, Arrays.stream(shares).sum(), 1e-6);
            assertTrue(Arrays.stream(shares).allMatch(share -> share >= 0 && share <= 4));
        }
    }

    @Test
    void eightTimesAsMuchOfAllIsTheSameBitForBit() {
        double[] values = {0.3, 17, 1e9, 0.001, 5};
        double[] eightfold = Arrays.stream(values).map(value -> value * 8).toArray();
        assertArrayEquals(Share.fill(values, 5, 2), Share.fill(eightfold, 5, 2));
        assertArrayEquals(Share.fill(values, 5, 1e12), Share.fill(eightfold, 5, 1e12));
    }

    @Test
    void addedSamplesAreScaledDownToTheirShare() {
        double[] values = {1, 1, 3, 5};
        Share.limitAdded(values, new boolean[] {false, false, true, true}, 0.5);
        assertArrayEquals(new double[] {1, 1, 0.75, 1.25}, values);
        Share.limitAdded(values, new boolean[] {false, false, true, true}, 0.5);
        assertArrayEquals(new double[] {1, 1, 0.75, 1.25}, values, "within their share nothing changes");
    }

    @Test
    void onlyWhereNoBaseSampleIsLeftMayAddedSamplesHaveAll() {
        double[] values = {0, 0, 3, 5};
        Share.limitAdded(values, new boolean[] {false, false, true, true}, 0.5);
        assertArrayEquals(new double[] {1, 1, 0.75, 1.25}, values);
        double[] added = {3, 5};
        Share.limitAdded(added, new boolean[] {true, true}, 0.5);
        assertArrayEquals(new double[] {3, 5}, added);
    }

    @Test
    void amountsAreSoManyEqualValues() {
        double[] values = {1, 5, 0, 100};
        double[] amounts = {3, 2, 4, 1};
        double[] repeated = {1, 1, 1, 5, 5, 0, 0, 0, 0, 100};
        for (double cap : new double[] {1, 1.5, 2, 4, 8, 100}) {
            double[] shares = Share.fill(values, amounts, 10, cap);
            double[] each = Share.fill(repeated, 10, cap);
            assertArrayEquals(new double[] {each[0], each[3], each[5], each[9]}, shares, 1e-12);
        }
    }
}
