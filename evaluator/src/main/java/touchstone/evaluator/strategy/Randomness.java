package touchstone.evaluator.strategy;

import java.nio.charset.StandardCharsets;

/**
 * Randomness without a state: each draw is a hash of what it is for (seed, epoch, sample, copy, purpose), so that no thread,
 * clock or other sample changes it. The mixing function is SplitMix64's (Steele, Lea and Flood, 2014).
 */
public final class Randomness {
    private Randomness() {}

    public static long mix(long a) {
        long z = a + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    public static long hash(long... parts) {
        long state = 0x243f6a8885a308d3L;
        for (long part : parts) state = mix(state ^ mix(part));
        return state;
    }

    /** Evenly from [0, 1). */
    public static double uniform(long hash) {
        return (hash >>> 11) * 0x1p-53;
    }

    /** A sample's key: its id alone, so that adding a sample re-rolls nobody else's draws. */
    public static long key(String id) {
        long state = 0x13198a2e03707344L;
        for (byte b : id.getBytes(StandardCharsets.UTF_8)) state = mix(state ^ b);
        return state;
    }
}
