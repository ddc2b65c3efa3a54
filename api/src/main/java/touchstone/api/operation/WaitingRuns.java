package touchstone.api.operation;

import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Page;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;
import touchstone.api.task.Tasks;

/** The queue, as an operator sees it. */
@Singleton
final class WaitingRuns {
    private final Database database;
    private final Tasks tasks;
    private final Servers servers;
    private final InstantSource clock;

    WaitingRuns(Database database, Tasks tasks, Servers servers, InstantSource clock) {
        this.database = database;
        this.tasks = tasks;
        this.servers = servers;
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
        boolean full = isFull();
        Why otherwise = servers.allInTrouble() ? Why.RUNNER_TROUBLE : Why.NO_SLOT;
        Where where = new Where().and("j.task = ?", task);
        List<Waiting> found = database.list(
                """
                select r.id, r.seed_index, r.not_before, r.priority, j.state, j.valid, j.created, s.id as submission, t.id as task,
                       t.slug, t.state as task_state, m.name as team,
                       t.running_max,
                       (select count(*) from judging b where b.state = 'running' and b.task = t.id) as task_running,
                       (select count(*) from judging b join submission o on o.id = b.submission
                        where o.team = s.team and b.state = 'running' and b.valid) as running
                from run r
                join judging j on j.id = r.judging
                join submission s on s.id = j.submission
                join task t on t.id = j.task
                join team m on m.id = s.team
                where r.state = 'waiting' and j.state in ('waiting', 'running') and %s
                order by r.priority, s.seq, r.seed_index
                limit ? offset ?
                """.formatted(where.sql()),
                row -> waiting(row, now, limits, full, otherwise),
                where.arguments(Page.ITEMS_MAX + 1, after));
        return Page.of(found, last -> Integer.toString(after + Page.ITEMS_MAX));
    }

    private Waiting waiting(Row row, Instant now, Map<UUID, Integer> limits, boolean full, Why otherwise)
            throws SQLException {
        return new Waiting(
                row.uuid("id"),
                row.uuid("submission"),
                row.text("slug"),
                row.text("team"),
                row.integer("seed_index"),
                Math.max(0, Duration.between(row.instant("created"), now).toSeconds()),
                row.number("priority"),
                why(row, now, limits, full, otherwise));
    }

    private Why why(Row row, Instant now, Map<UUID, Integer> limits, boolean full, Why otherwise) throws SQLException {
        if (row.text("task_state").equals("paused")) return Why.TASK_PAUSED;
        if (row.instant("not_before").isAfter(now)) return Why.BACKING_OFF;
        boolean begins = row.text("state").equals("waiting");
        // A judging set is the organizer's: it neither has the team's limit nor counts towards it.
        boolean ofTeam = row.flag("valid");
        if (begins && ofTeam && row.integer("running") >= limits.computeIfAbsent(row.uuid("task"), this::limit))
            return Why.TEAM_LIMIT;
        Integer taskMax = row.findInteger("running_max");
        if (begins && taskMax != null && row.integer("task_running") >= taskMax) return Why.TASK_LIMIT;
        if (begins && full) return Why.HOUSE_LIMIT;
        return otherwise;
    }

    /** Whether as many judgings run as an administrator allows the house. */
    private boolean isFull() {
        return database.find(
                        "select content from house where setting = 'judgings-running-max'",
                        row -> Integer.parseInt(row.text("content")))
                .filter(most -> database.get(
                                "select count(*) as n from judging where state = 'running'", row -> row.integer("n"))
                        >= most)
                .isPresent();
    }

    private int limit(UUID task) {
        return tasks.find(task).map(version -> version.file().quota().running()).orElse(Integer.MAX_VALUE);
    }
}
