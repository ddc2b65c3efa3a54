package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import touchstone.api.storage.Database;

/** The runs that wait, and what is running. */
@Singleton
final class Queue {
    private final Database database;
    private final TaskFiles tasks;
    private final InstantSource clock;

    Queue(Database database, TaskFiles tasks, InstantSource clock) {
        this.database = database;
        this.tasks = tasks;
        this.clock = clock;
    }

    FairOrder fairOrder() {
        return new FairOrder(waiting(), running());
    }

    private List<FairOrder.Waiting> waiting() {
        Instant now = clock.instant();
        return database.list(
                """
                select r.id, r.judging, r.priority, r.seed_index, j.state, s.team, s.seq, s.task, s.version
                from run r
                join judging j on j.id = r.judging
                join submission s on s.id = j.submission
                join task t on t.id = s.task
                where r.state = 'waiting' and (r.not_before <= ? or r.not_before > ?)
                  and j.state in ('waiting', 'running') and t.state <> 'paused'
                """,
                row -> new FairOrder.Waiting(
                        row.uuid("id"),
                        row.uuid("judging"),
                        row.uuid("team"),
                        row.number("priority"),
                        row.number("seq"),
                        row.integer("seed_index"),
                        row.text("state").equals("running"),
                        judgingsMax(row.uuid("task"), row.integer("version"))),
                now,
                Backoff.unbelievable(now));
    }

    int judgingsMax(UUID task, int version) {
        return tasks.get(task, version).quota().running();
    }

    private Map<UUID, FairOrder.Running> running() {
        record Team(UUID id, FairOrder.Running running) {}
        List<Team> teams = database.list(
                """
                select s.team, count(distinct j.id) as judgings, sum(case when r.state = 'running' then 1 else 0 end) as runs
                from judging j
                join submission s on s.id = j.submission
                join run r on r.judging = j.id
                where j.state = 'running'
                group by s.team
                """,
                row -> new Team(row.uuid("team"), new FairOrder.Running(row.integer("runs"), row.integer("judgings"))));
        return teams.stream().collect(Collectors.toMap(Team::id, Team::running));
    }

    /** Judgings of one team that have begun and not ended; exact under the team's lock. */
    int judgingsRunning(UUID team) {
        return database.get("""
                select count(*) as judgings from judging j join submission s on s.id = j.submission
                where s.team = ? and j.state = 'running'
                """, row -> row.integer("judgings"), team);
    }
}
