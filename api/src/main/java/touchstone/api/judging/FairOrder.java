package touchstone.api.judging;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Who is next: the team with the fewest running runs, and of these the earliest upload. A judging that has begun may go on
 * with its other seeds; a new one begins only while its team is below the task's limit.
 */
final class FairOrder {

    /**
     * A run that waits.
     *
     * @param begun its judging has had a run started before
     * @param uploaded order of upload in the whole house
     * @param judgingsMax judgings of one team at a time, as its task says
     */
    record Waiting(
            UUID run,
            UUID judging,
            UUID team,
            long priority,
            long uploaded,
            int seedIndex,
            boolean begun,
            int judgingsMax) {}

    /** What a team has running. */
    record Running(int runs, int judgings) {
        static final Running NOTHING = new Running(0, 0);
    }

    private final List<Waiting> waiting;
    private final Map<UUID, Running> running;
    private final Set<UUID> begun = new HashSet<>();

    FairOrder(List<Waiting> waiting, Map<UUID, Running> running) {
        this.waiting = new ArrayList<>(waiting);
        this.running = new HashMap<>(running);
        for (Waiting run : waiting) if (run.begun()) begun.add(run.judging());
    }

    /** Takes the next run out of the order and counts it as running. */
    Optional<Waiting> next() {
        Optional<Waiting> next = waiting.stream()
                .filter(this::mayStart)
                .min(Comparator.comparingLong(Waiting::priority)
                        .thenComparingInt(run -> running(run).runs())
                        .thenComparingLong(Waiting::uploaded)
                        .thenComparingInt(Waiting::seedIndex));
        next.ifPresent(this::take);
        return next;
    }

    private boolean mayStart(Waiting run) {
        return begun.contains(run.judging()) || running(run).judgings() < run.judgingsMax();
    }

    private void take(Waiting run) {
        waiting.remove(run);
        Running before = running(run);
        int more = begun.add(run.judging()) ? 1 : 0;
        running.put(run.team(), new Running(before.runs() + 1, before.judgings() + more));
    }

    private Running running(Waiting run) {
        return running.getOrDefault(run.team(), Running.NOTHING);
    }
}
