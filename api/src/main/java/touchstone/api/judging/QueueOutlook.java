package touchstone.api.judging;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Database;
import touchstone.api.submission.Judgement;

/**
 * When those that wait will start, as far as can be told: their places if nobody else comes, and a range of times from how
 * long runs took lately. Computed at once for all that wait and kept for a moment, however many ask.
 */
@Singleton
final class QueueOutlook {
    private static final Duration FRESH = Duration.ofSeconds(1);

    /** Of the time that computing it takes, so that a long queue costs no more than a short one. */
    private static final int SHARE = 20;

    private static final Duration TIMES_FRESH = Duration.ofSeconds(30);

    /** Enough for quartiles of what ran lately, in some tasks at once. */
    private static final int RUNS_READ = 500;

    private final Database database;
    private final TaskFiles tasks;
    private final int slots;
    private final Duration fresh;
    private volatile @Nullable Seen seen;
    private volatile @Nullable Times times;

    @Inject
    QueueOutlook(Database database, TaskFiles tasks, JudgingConfig config) {
        this(database, tasks, config.slots(), FRESH);
    }

    QueueOutlook(Database database, TaskFiles tasks, int slots, Duration fresh) {
        this.database = database;
        this.tasks = tasks;
        this.slots = slots;
        this.fresh = fresh;
    }

    /** @param place from 1; @param startsIn null = not known */
    record Outlook(int place, Judgement.@Nullable Wait startsIn) {}

    private record Seen(Map<UUID, Outlook> outlooks, long atNanos, long goodForNanos) {}

    private record Times(Map<UUID, Span> tasks, long atNanos) {}

    /** Quartiles of how long a run takes, in seconds. */
    private record Span(double low, double high) {}

    /** @param begun another seed of it runs, as of one that was held and is tried again; @param runs that wait */
    private record Waiting(
            UUID judging, UUID team, UUID task, int version, long priority, long seq, int runs, boolean begun) {}

    /** @param open attempts; @param judgings by team; @param seconds what all that runs may still take together */
    private record Running(int open, Map<UUID, Integer> judgings, double seconds) {}

    /** Empty = it does not wait, or its task is paused, or it has not been looked at yet. */
    Optional<Outlook> of(UUID judging) {
        return Optional.ofNullable(current().outlooks().get(judging));
    }

    private Seen current() {
        Seen known = seen;
        if (known != null && isFresh(known)) return known;
        synchronized (this) {
            known = seen;
            if (known != null && isFresh(known)) return known;
            long began = System.nanoTime();
            Map<UUID, Outlook> outlooks = compute();
            long now = System.nanoTime();
            Seen made = new Seen(outlooks, now, fresh.isZero() ? 0 : Math.max(fresh.toNanos(), (now - began) * SHARE));
            seen = made;
            return made;
        }
    }

    private static boolean isFresh(Seen known) {
        return System.nanoTime() - known.atNanos() < known.goodForNanos();
    }

    private Map<UUID, Outlook> compute() {
        List<Waiting> waiting = waiting();
        if (waiting.isEmpty()) return Map.of();
        Map<UUID, Span> spans = spans();
        Running running = running(spans);
        int machines = Math.max(1, Math.max(slots, running.open()));
        Map<UUID, Integer> ofTeam = new HashMap<>(running.judgings());
        record Turn(Waiting waiting, int before) {}
        List<Turn> turns = new ArrayList<>();
        // In order of upload: what a team has running and waiting before are turns that it has had.
        for (Waiting one : waiting)
            turns.add(new Turn(one, one.begun() ? 0 : ofTeam.merge(one.team(), 1, Integer::sum) - 1));
        turns.sort(Comparator.<Turn>comparingLong(turn -> turn.waiting().priority())
                .thenComparingInt(Turn::before)
                .thenComparingLong(turn -> turn.waiting().seq()));
        Map<UUID, Outlook> outlooks = new HashMap<>();
        double low = 0;
        double high = running.seconds();
        int free = Math.max(0, machines - running.open());
        for (int i = 0; i < turns.size(); i++) {
            Waiting one = turns.get(i).waiting();
            Span span = spans.get(one.task());
            Judgement.Wait wait = null;
            if (span != null) {
                int rounds = turns.get(i).before() / Math.max(1, judgingsMax(one));
                double least = Math.max(i < free ? 0 : low / machines, (rounds - 1) * span.low());
                double most = Math.max(i < free ? 0 : high / machines, rounds * span.high());
                wait = Judgement.Wait.between(Math.max(0, least), most);
                low += span.low() * one.runs();
                high += span.high() * one.runs();
            }
            outlooks.put(one.judging(), new Outlook(i + 1, wait));
        }
        return outlooks;
    }

    private int judgingsMax(Waiting waiting) {
        try {
            return tasks.get(waiting.task(), waiting.version()).quota().running();
        } catch (IllegalStateException e) {
            // The task cannot be read: the queue says so in the log, and nothing of it starts.
            return 1;
        }
    }

    private List<Waiting> waiting() {
        return database.list(
                """
                select j.id, s.team, j.task, j.version, s.seq, min(r.priority) as priority, count(*) as runs,
                       max(case when j.id in %s then 1 else 0 end) as begun
                from judging j
                join submission s on s.id = j.submission
                join task t on t.id = j.task
                join run r on r.judging = j.id and r.state = 'waiting'
                where j.state = 'waiting' and t.state <> 'paused'
                group by j.id, s.team, j.task, j.version, s.seq
                order by min(r.priority), s.seq
                """.formatted(Limits.RUNNING),
                row -> new Waiting(
                        row.uuid("id"),
                        row.uuid("team"),
                        row.uuid("task"),
                        row.integer("version"),
                        row.number("priority"),
                        row.number("seq"),
                        row.integer("runs"),
                        row.integer("begun") == 1));
    }

    private Running running(Map<UUID, Span> spans) {
        record Team(UUID team, UUID task, int judgings, int open) {}
        List<Team> teams = database.list(
                """
                select s.team, j.task, count(distinct case when j.valid then j.id end) as judgings,
                       count(a.open_key) as open_attempts
                from judging j
                join submission s on s.id = j.submission
                join run r on r.judging = j.id
                left join attempt a on a.open_key = r.id
                where j.id in %s
                group by s.team, j.task
                """.formatted(Limits.RUNNING),
                row -> new Team(
                        row.uuid("team"), row.uuid("task"), row.integer("judgings"), row.integer("open_attempts")));
        Map<UUID, Integer> judgings =
                teams.stream().collect(Collectors.toMap(Team::team, Team::judgings, Integer::sum, HashMap::new));
        double seconds = teams.stream()
                .mapToDouble(team -> team.open() * highOf(spans.get(team.task())))
                .sum();
        return new Running(teams.stream().mapToInt(Team::open).sum(), judgings, seconds);
    }

    private static double highOf(@Nullable Span span) {
        return span == null ? 0 : span.high();
    }

    private Map<UUID, Span> spans() {
        Times known = times;
        if (known != null && !fresh.isZero() && System.nanoTime() - known.atNanos() < TIMES_FRESH.toNanos())
            return known.tasks();
        record Run(UUID task, double seconds) {}
        Map<UUID, List<Double>> seconds = database
                .list(
                        """
                        select j.task, a.started, a.ended
                        from (select run, started, ended from attempt
                              where ended is not null and fault = 'none' and kind = 'full'
                              order by ended desc limit ?) a
                        join run r on r.id = a.run
                        join judging j on j.id = r.judging
                        """,
                        row -> new Run(
                                row.uuid("task"),
                                Duration.between(row.instant("started"), row.instant("ended"))
                                                .toMillis()
                                        / 1000.0),
                        RUNS_READ)
                .stream()
                .collect(Collectors.groupingBy(Run::task, Collectors.mapping(Run::seconds, Collectors.toList())));
        Map<UUID, Span> spans = new HashMap<>();
        seconds.forEach((task, runs) -> spans.put(task, quartiles(runs)));
        times = new Times(spans, System.nanoTime());
        return spans;
    }

    private static Span quartiles(List<Double> seconds) {
        List<Double> sorted = seconds.stream().sorted().toList();
        int last = sorted.size() - 1;
        return new Span(Math.max(0, sorted.get(last / 4)), Math.max(0, sorted.get(last - last / 4)));
    }
}
