package touchstone.api.operation;

import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Page;
import touchstone.api.judging.Limits;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;
import touchstone.api.task.Tasks;

/** The queue, as an operator sees it. */
@Singleton
final class WaitingRuns {
    private final Database database;
    private final Tasks tasks;
    private final Servers servers;
    private final Limits housesLimits;
    private final InstantSource clock;

    WaitingRuns(Database database, Tasks tasks, Servers servers, Limits housesLimits, InstantSource clock) {
        this.database = database;
        this.tasks = tasks;
        this.servers = servers;
        this.housesLimits = housesLimits;
        this.clock = clock;
    }

    /**
     * @param waitingSeconds since its judging was opened
     * @param priority smaller is sooner
     */
    record Waiting(
            UUID run,
            UUID submission,
            String task,
            String team,
            int seedIndex,
            long waitingSeconds,
            long priority,
            Why why) {}

    /** @param after how many were told before; by priority and time of upload, which is not yet the order of starting */
    Page<Waiting> page(@Nullable UUID task, int after) {
        Instant now = clock.instant();
        Map<UUID, Integer> limits = new HashMap<>();
        Running running = running();
        Why otherwise = servers.allInTrouble() ? Why.RUNNER_TROUBLE : Why.NO_SLOT;
        Where where = new Where().and("j.task = ?", task);
        List<Waiting> found = database.list(
                """
                select r.id, r.judging, r.seed_index, r.not_before, r.priority, j.valid, j.created, s.id as submission,
                       t.id as task, t.slug, t.state as task_state, s.team as team_id, m.name as team, t.running_max
                from run r
                join judging j on j.id = r.judging
                join submission s on s.id = j.submission
                join task t on t.id = j.task
                join team m on m.id = s.team
                where r.state = 'waiting' and j.state in ('waiting', 'running') and %s
                order by r.priority, s.seq, r.seed_index
                limit ? offset ?
                """.formatted(where.sql()),
                row -> waiting(row, now, limits, running, otherwise),
                where.arguments(Page.ITEMS_MAX + 1, after));
        return Page.of(found, last -> Integer.toString(after + Page.ITEMS_MAX));
    }

    private Waiting waiting(Row row, Instant now, Map<UUID, Integer> limits, Running running, Why otherwise)
            throws SQLException {
        return new Waiting(
                row.uuid("id"),
                row.uuid("submission"),
                row.text("slug"),
                row.text("team"),
                row.integer("seed_index"),
                Math.max(0, Duration.between(row.instant("created"), now).toSeconds()),
                row.number("priority"),
                why(row, now, limits, running, otherwise));
    }

    private Why why(Row row, Instant now, Map<UUID, Integer> limits, Running running, Why otherwise)
            throws SQLException {
        if (row.text("task_state").equals("paused")) return Why.TASK_PAUSED;
        if (row.instant("not_before").isAfter(now)) return Why.BACKING_OFF;
        if (running.judgings().contains(row.uuid("judging"))) return otherwise;
        UUID task = row.uuid("task");
        // A judging set is the organizer's: it neither has the team's limit nor counts towards it.
        boolean ofTeam = row.flag("valid");
        if (ofTeam
                && running.ofTeams().getOrDefault(row.uuid("team_id"), 0L) >= limits.computeIfAbsent(task, this::limit))
            return Why.TEAM_LIMIT;
        Integer taskMax = row.findInteger("running_max");
        if (taskMax != null && running.ofTasks().getOrDefault(task, 0L) >= taskMax) return Why.TASK_LIMIT;
        if (running.judgings().size() >= running.houseMax()) return Why.HOUSE_LIMIT;
        return otherwise;
    }

    /** What takes a place, as those who start it count. @param ofTeams without judging sets; @param houseMax of judgings */
    private record Running(Set<UUID> judgings, Map<UUID, Long> ofTeams, Map<UUID, Long> ofTasks, int houseMax) {}

    private Running running() {
        record Judging(UUID id, UUID team, UUID task, boolean valid) {}
        List<Judging> judgings = database.list(
                """
                select j.id, s.team, j.task, j.valid from judging j join submission s on s.id = j.submission
                where j.id in %s
                """.formatted(Limits.RUNNING),
                row -> new Judging(row.uuid("id"), row.uuid("team"), row.uuid("task"), row.flag("valid")));
        return new Running(
                judgings.stream().map(Judging::id).collect(Collectors.toSet()),
                judgings.stream()
                        .filter(Judging::valid)
                        .collect(Collectors.groupingBy(Judging::team, Collectors.counting())),
                judgings.stream().collect(Collectors.groupingBy(Judging::task, Collectors.counting())),
                housesLimits.ofHouse().orElse(Integer.MAX_VALUE));
    }

    private int limit(UUID task) {
        return tasks.find(task).map(version -> version.file().quota().running()).orElse(Integer.MAX_VALUE);
    }
}
