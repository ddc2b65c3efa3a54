package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.storage.Database;
import touchstone.api.storage.DatabaseFault;

/** The runs that wait, and what is running. */
@Singleton
final class Queue {
    private static final Logger log = LoggerFactory.getLogger(Queue.class);

    /** Before every run that has its usual priority, which is 0 or more. */
    private static final long FIRST = -1;

    private final Database database;
    private final TaskFiles tasks;
    private final Limits limits;
    private final InstantSource clock;

    /** Versions of which the log says already that they cannot be read. */
    private final Set<Version> told = ConcurrentHashMap.newKeySet();

    Queue(Database database, TaskFiles tasks, Limits limits, InstantSource clock) {
        this.database = database;
        this.tasks = tasks;
        this.limits = limits;
        this.clock = clock;
    }

    FairOrder fairOrder() {
        return new FairOrder(waiting(), running(), limits.room());
    }

    private record Version(UUID task, int number) {}

    private record Found(FairOrder.Waiting run, Version version) {}

    private List<FairOrder.Waiting> waiting() {
        Instant now = clock.instant();
        List<Found> found = database.list(
                """
                select r.id, r.judging, r.priority, r.seed_index, j.valid, s.team, s.seq, j.task, j.version,
                       case when j.id in %s then 1 else 0 end as begun
                from run r
                join judging j on j.id = r.judging
                join submission s on s.id = j.submission
                join task t on t.id = j.task
                where r.state = 'waiting' and (r.not_before <= ? or r.not_before > ?)
                  and j.state in ('waiting', 'running') and t.state <> 'paused'
                """.formatted(Limits.RUNNING),
                row -> new Found(
                        new FairOrder.Waiting(
                                row.uuid("id"),
                                row.uuid("judging"),
                                row.uuid("team"),
                                row.uuid("task"),
                                row.number("priority"),
                                row.number("seq"),
                                row.integer("seed_index"),
                                row.integer("begun") == 1,
                                // A judging set is the organizer's: the team's own limit is not for it.
                                row.flag("valid") ? 0 : Integer.MAX_VALUE),
                        new Version(row.uuid("task"), row.integer("version"))),
                now,
                Backoff.unbelievable(now));
        Map<Version, OptionalInt> most =
                found.stream().map(Found::version).distinct().collect(Collectors.toMap(one -> one, this::ofReadable));
        return found.stream()
                .filter(one -> Objects.requireNonNull(most.get(one.version())).isPresent())
                .map(one -> limited(
                        one.run(),
                        Objects.requireNonNull(most.get(one.version())).getAsInt()))
                .toList();
    }

    /** A task that cannot be read keeps its own runs back, and nobody else's. */
    private OptionalInt ofReadable(Version version) {
        try {
            return OptionalInt.of(judgingsMax(version.task(), version.number()));
        } catch (DatabaseFault e) {
            throw e;
        } catch (RuntimeException e) {
            if (told.add(version))
                log.error("version {} of task {} cannot be read; its runs wait", version.number(), version.task(), e);
            return OptionalInt.empty();
        }
    }

    private static FairOrder.Waiting limited(FairOrder.Waiting run, int judgingsMax) {
        if (run.judgingsMax() == Integer.MAX_VALUE) return run;
        return new FairOrder.Waiting(
                run.run(),
                run.judging(),
                run.team(),
                run.task(),
                run.priority(),
                run.uploaded(),
                run.seedIndex(),
                run.begun(),
                judgingsMax);
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
                where j.id in %s and j.valid
                group by s.team
                """.formatted(Limits.RUNNING),
                row -> new Team(row.uuid("team"), new FairOrder.Running(row.integer("runs"), row.integer("judgings"))));
        return teams.stream().collect(Collectors.toMap(Team::id, Team::running));
    }

    /**
     * Whether the team, the task and the house are below their limits; exact under the locks that this takes.
     *
     * @param onBoard false = of a judging set, which does not count among what a team has running
     */
    boolean mayBegin(UUID team, UUID task, int version, boolean onBoard) {
        boolean teamMay = !onBoard || judgingsRunning(team) < judgingsMax(task, version);
        return teamMay && limits.mayBegin(task);
    }

    private int judgingsRunning(UUID team) {
        return database.get("""
                select count(*) as judgings from judging j join submission s on s.id = j.submission
                where s.team = ? and j.valid and j.id in %s
                """.formatted(Limits.RUNNING), row -> row.integer("judgings"), team);
    }

    boolean exists(UUID submission) {
        Optional<UUID> found =
                database.find("select id from submission where id = ?", row -> row.uuid("id"), submission);
        return found.isPresent();
    }

    /** False = it has no run that waits or runs. */
    boolean putFirst(UUID submission, boolean first) {
        String sql = """
                update run set priority = %s
                where state in ('waiting', 'running') and judging in (select id from judging where submission = ?)
                """.formatted(first ? Long.toString(FIRST) : """
                (select b.priority from judging j join judging_set b on b.id = j.judging_set where j.id = run.judging)
                """);
        return database.change(sql, submission) > 0;
    }
}
