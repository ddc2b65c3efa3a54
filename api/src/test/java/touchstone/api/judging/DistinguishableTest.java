package touchstone.api.judging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class DistinguishableTest {

    private static BitSet bits(int... right) {
        BitSet bits = new BitSet();
        for (int i : right) bits.set(i);
        return bits;
    }

    /** The table that the formula comes with: 6% of the samples differ, no variance between seeds. */
    @Test
    void saysWhatTheFormulaSays() {
        Distinguishable quiet = new Distinguishable(0.06, 0);
        assertEquals(0.0153, quiet.smallest(2000, 1), 1e-4);
        assertEquals(0.0108, quiet.smallest(4000, 1), 1e-4);
        assertEquals(0.0069, quiet.smallest(10_000, 1), 1e-4);
        Distinguishable restless = new Distinguishable(0.06, 0.003 * 0.003);
        assertEquals(2.8 * Math.sqrt(0.06 / 10_000 + 2 * 9e-6 / 3), restless.smallest(10_000, 3), 1e-12);
        assertTrue(restless.smallest(10_000, 1) > restless.smallest(10_000, 3));
    }

    @Test
    void seedsThatAgreeHaveNoVariance() {
        Distinguishable same = Distinguishable.of(List.of(bits(0, 1, 2), bits(0, 1, 2), bits(0, 1, 2)), 4);
        assertEquals(0, same.seedVariance());
        assertEquals(0.06, same.discordance(), "two strategies still differ");
    }

    /** By hand: accuracies 3/4, 1/4; they differ on 2 of 4 samples; between 1/8, within 1/6, of which 1/24 a sample. */
    @Test
    void variesByWhatIsLeftAfterTheSamplesOwn() {
        Distinguishable found = Distinguishable.of(List.of(bits(0, 1, 2), bits(0)), 4);
        assertEquals(0.5, found.discordance());
        double within = 4 * 2 * 0.0625 / 3;
        assertEquals(0.125 - within / 4, found.seedVariance(), 1e-12);
    }

    @Test
    void seedsThatAreRightByChanceHaveNearlyNone() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        List<BitSet> seeds = Stream.generate(() -> {
                    BitSet bits = new BitSet();
                    for (int i = 0; i < 20_000; i++) if (random.nextDouble() < 0.8) bits.set(i);
                    return bits;
                })
                .limit(10)
                .toList();
        Distinguishable found = Distinguishable.of(seeds, 20_000);
        assertTrue(found.seedVariance() < 1e-5, () -> found.toString());
        assertEquals(2 * 0.8 * 0.2, found.discordance(), 0.01);
    }
}
