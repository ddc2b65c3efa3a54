package touchstone.soak;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What is killed when. Made from the seed alone, so that a seed repeats it; what the victims are doing in that moment is the
 * machine's.
 *
 * @param kills in the order of their moments
 */
record Plan(List<Kill> kills) {
    /** The last kills still meet work that is going on. */
    private static final double LAST_MOMENT = 0.93;

    private static final int DELAY_MILLIS_MAX = 2_500;
    private static final int DOWN_MILLIS_MAX = 2_000;

    /**
     * One kill -9.
     *
     * @param afterSettled its moment: when this many submissions are settled
     * @param delayMillis and this much later
     * @param choice chooses among the servers or children that are there, modulo their number
     * @param downMillis how long a killed server stays away
     */
    record Kill(Victim victim, int afterSettled, int delayMillis, int choice, int downMillis) {}

    /** Whom it meets, and in which moment of theirs. */
    enum Victim {
        /** A server, whatever it does. */
        SERVER,
        /** A child of a server: check, train or score. */
        JOB,
        /** A server that has half of an upload. */
        UPLOAD,
        /** A server that has an upload and may or may not have answered: {@code delayMillis} after the last byte. */
        ANSWER
    }

    static Plan of(long seed, int kills, int submissions) {
        Random random = new Random(seed);
        return new Plan(IntStream.range(0, kills)
                .mapToObj(i -> new Kill(
                        victim(random.nextInt(20)),
                        (int) (random.nextDouble() * LAST_MOMENT * submissions),
                        random.nextInt(DELAY_MILLIS_MAX),
                        random.nextInt(1 << 20),
                        random.nextInt(DOWN_MILLIS_MAX)))
                .sorted(Comparator.comparingInt(Kill::afterSettled))
                .toList());
    }

    private static Victim victim(int die) {
        if (die < 7) return Victim.SERVER;
        if (die < 14) return Victim.JOB;
        return die < 17 ? Victim.UPLOAD : Victim.ANSWER;
    }
}
