package touchstone.api.judging;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who is next: teams take turns. The team with the fewest running runs is next, and of these the one with the earliest upload;
 * so what a team has running and what it has waiting before count as turns it has had. A judging that has begun may go on
 * with its other seeds; a new one begins only while its team, its task and the house are below their limits.
 *
 * <p>Taking the next costs the logarithm of the number of teams, however many runs wait.
 */
final class FairOrder {

    /**
     * A run that waits.
     *
     * @param priority smaller is sooner, before all fairness
     * @param begun its judging has had a run started before
     * @param uploaded order of upload in the whole house
     * @param judgingsMax judgings of one team at a time, as its task says
     */
    record Waiting(
            UUID run,
            UUID judging,
            UUID team,
            UUID task,
            long priority,
            long uploaded,
            int seedIndex,
            boolean begun,
            int judgingsMax) {}

    /** What a team has running. */
    record Running(int runs, int judgings) {
        static final Running NOTHING = new Running(0, 0);
    }

    /**
     * How many more judgings may begin.
     *
     * @param tasks those that have a limit
     */
    record Room(int house, Map<UUID, Integer> tasks) {
        static final Room UNLIMITED = new Room(Integer.MAX_VALUE, Map.of());
    }

    private static final Comparator<Waiting> IN_TEAM = Comparator.comparingLong(Waiting::priority)
            .thenComparingLong(Waiting::uploaded)
            .thenComparingInt(Waiting::seedIndex)
            .thenComparing(Waiting::run);

    /** A team's next run, and what the team had running when it was looked at. */
    private record Turn(Team team, Waiting run, int runs) {}

    private static final Comparator<Turn> AMONG_TEAMS = Comparator.<Turn>comparingLong(
                    turn -> turn.run().priority())
            .thenComparingInt(Turn::runs)
            .thenComparing(Turn::run, IN_TEAM);

    private static final class Team {
        final PriorityQueue<Waiting> begun = new PriorityQueue<>(IN_TEAM);
        final PriorityQueue<Waiting> fresh = new PriorityQueue<>(IN_TEAM);
        int runs;
        int judgings;

        Team(Running running) {
            runs = running.runs();
            judgings = running.judgings();
        }
    }

    private final PriorityQueue<Turn> turns = new PriorityQueue<>(AMONG_TEAMS);
    private final Set<UUID> begun = new HashSet<>();
    private final Map<UUID, Integer> roomOfTasks;
    private int roomOfHouse;
    private final int size;

    FairOrder(List<Waiting> waiting, Map<UUID, Running> running, Room room) {
        size = waiting.size();
        roomOfHouse = room.house();
        roomOfTasks = new HashMap<>(room.tasks());
        for (Waiting run : waiting) if (run.begun()) begun.add(run.judging());
        Map<UUID, Team> teams = new HashMap<>();
        for (Waiting run : waiting) {
            Team team = teams.computeIfAbsent(run.team(), id -> new Team(running.getOrDefault(id, Running.NOTHING)));
            (begun.contains(run.judging()) ? team.begun : team.fresh).add(run);
        }
        teams.values().forEach(this::takeTurn);
    }

    /** Runs that waited when it was made. */
    int size() {
        return size;
    }

    /** Takes the next run out of the order and counts it as running. */
    Optional<Waiting> next() {
        for (Turn turn = turns.poll(); turn != null; turn = turns.poll()) {
            Team team = turn.team();
            boolean mayStart = begun.contains(turn.run().judging()) || mayBegin(team, turn.run());
            if (mayStart) take(team, turn.run());
            // Limits only become tighter here: a team that may start nothing more is out.
            takeTurn(team);
            if (mayStart) return Optional.of(turn.run());
        }
        return Optional.empty();
    }

    private void takeTurn(Team team) {
        Waiting run = head(team);
        if (run != null) turns.add(new Turn(team, run, team.runs));
    }

    private @Nullable Waiting head(Team team) {
        Waiting fresh = team.fresh.peek();
        if (fresh != null && !mayBegin(team, fresh)) fresh = null;
        Waiting begun = team.begun.peek();
        if (begun == null) return fresh;
        return fresh == null || IN_TEAM.compare(begun, fresh) < 0 ? begun : fresh;
    }

    private boolean mayBegin(Team team, Waiting run) {
        return team.judgings < run.judgingsMax()
                && roomOfHouse > 0
                && roomOfTasks.getOrDefault(run.task(), Integer.MAX_VALUE) > 0;
    }

    private void take(Team team, Waiting run) {
        team.runs++;
        if (!begun.add(run.judging())) {
            team.begun.remove(run);
            return;
        }
        team.fresh.remove(run);
        team.judgings++;
        roomOfHouse--;
        roomOfTasks.computeIfPresent(run.task(), (task, room) -> room - 1);
        List<Waiting> others = team.fresh.stream()
                .filter(other -> other.judging().equals(run.judging()))
                .toList();
        team.fresh.removeAll(others);
        team.begun.addAll(others);
    }
}
