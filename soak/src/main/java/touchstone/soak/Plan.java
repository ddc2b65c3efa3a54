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
     * One kill -9, or another blow.
     *
     * @param afterSettled its moment: when this many submissions are settled
     * @param delayMillis and this much later
     * @param choice chooses among the servers or children that are there, modulo their number
     * @param downMillis how long a killed server stays away; what a cluster loses for a while, three times as long
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
        ANSWER,
        /** A container, by a signal. */
        CONTAINER,
        /** A container that takes too much memory. */
        MEMORY,
        /** A pod whose node runs short. */
        EVICTION,
        /** A pod whose place somebody more important gets. */
        PREEMPTION,
        /** A node that is not heard of for a while, and then is again. */
        NODE_SILENT,
        /** A node that goes with all that runs on it, and is there again empty. */
        NODE_GONE,
        /** A Job that a person deletes. */
        JOB_DELETED,
        /** A pod that a person deletes. */
        POD_DELETED,
        /** The cluster's API, away for a while. */
        API_AWAY,
        /** All watches, cut in the middle. */
        WATCHES,
        /** What watches would go on from: they are told 410. */
        COMPACTION,
        /** The next creations: 429. */
        BUSY,
        /** The next creations and deletions: 500. */
        ERROR,
        /** The answers to the next creations and deletions: done, and never told. */
        ANSWER_LOST,
        /** The servers' token, refused for a while. */
        TOKEN,
        /** The namespace's quota, 0 for a while. */
        QUOTA,
        /** The evaluator's image, not to be had for a while. */
        IMAGE;

        private static final List<Victim> ALL = List.of(values());

        boolean isOfCluster() {
            return compareTo(ANSWER) > 0;
        }

        /** Of 7 and one for each of the cluster's own. */
        static Victim onCluster(Random random) {
            int own = ANSWER.ordinal() + 1;
            int die = random.nextInt(7 + ALL.size() - own);
            if (die < 5) return SERVER;
            if (die < 7) return die == 5 ? UPLOAD : ANSWER;
            return ALL.get(own + die - 7);
        }
    }

    static Plan of(Options options) {
        return of(options.seed(), options.kills(), options.submissions(), options.isOnCluster());
    }

    static Plan of(long seed, int kills, int submissions, boolean onCluster) {
        Random random = new Random(seed);
        return new Plan(IntStream.range(0, kills)
                .mapToObj(i -> new Kill(
                        onCluster ? Victim.onCluster(random) : victim(random.nextInt(20)),
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
