package touchstone.api.operation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import touchstone.api.storage.Database;

/**
 * What the database says of the whole house, in numbers: the same from every server. No label names a person, a team or a
 * task. Ages are by this server's wall clock: for people and alarms, never for decisions.
 */
@Singleton
final class HouseMetrics {
    private static final Logger log = LoggerFactory.getLogger(HouseMetrics.class);

    /** Several scrapers cost one look. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    /**
     * States that are older than they should be, by a name; each asks with one time, of so long ago. What waits since its task
     * is paused is as old as its organizer wants.
     */
    private record Overdue(String what, Duration age, String sql) {}

    private static final List<Overdue> OVERDUE = List.of(
            new Overdue("submission-without-judging", Duration.ofMinutes(1), """
                    select count(*) as n from submission s join task t on t.id = s.task and t.state <> 'paused'
                    where s.withdrawn is null and s.accepted < ?
                      and not exists (select 1 from judging j where j.submission = s.id)
                    """),
            new Overdue("attempt-not-started", Duration.ofMinutes(2), """
                    select count(*) as n from attempt where open_key is not null and state = 'starting' and started < ?
                    """),
            new Overdue("attempt-unheard", Duration.ofMinutes(5), """
                    select count(*) as n from attempt where open_key is not null and state = 'running' and heard_at < ?
                    """),
            new Overdue("run-waiting", Duration.ofHours(6), """
                    select count(*) as n from run r join judging j on j.id = r.judging
                    join task t on t.id = j.task and t.state <> 'paused'
                    where r.state = 'waiting' and j.state in ('waiting', 'running') and j.created < ?
                    """),
            new Overdue("run-never-starts", Duration.ofMinutes(10), """
                    select count(*) as n from run r
                    where r.state in ('waiting', 'running') and 5 <=
                        (select count(*) from attempt a where a.run = r.id and a.fault = 'never-started' and a.started < ?)
                    """),
            new Overdue("judging-waiting-on-us", Duration.ofHours(1), """
                    select count(*) as n from judging where state = 'waiting-on-us' and created < ?
                    """),
            new Overdue("judging-set-open", Duration.ofDays(1), """
                    select count(*) as n from judging_set where state = 'open' and created < ?
                    """),
            new Overdue("notice-waiting", Duration.ofMinutes(10), """
                    select count(*) as n from outbox where state = 'waiting' and next_at < ?
                    """));

    private final Database database;
    private final InstantSource clock;
    private final MultiGauge judgings;
    private final MultiGauge runs;
    private final MultiGauge attempts;
    private final MultiGauge ended;
    private final MultiGauge overdue;
    private final AtomicLong queueOldest = new AtomicLong();
    private final AtomicLong boardVersion = new AtomicLong();
    private final AtomicLong databaseUp = new AtomicLong();
    private final AtomicReference<Long> lookedAtNanos = new AtomicReference<>(System.nanoTime() - FRESH.toNanos());

    HouseMetrics(Database database, InstantSource clock, MeterRegistry meters) {
        this.database = database;
        this.clock = clock;
        judgings = MultiGauge.builder("touchstone.judgings").register(meters);
        runs = MultiGauge.builder("touchstone.runs").register(meters);
        attempts = MultiGauge.builder("touchstone.attempts.open").register(meters);
        ended = MultiGauge.builder("touchstone.attempts.ended").register(meters);
        overdue = MultiGauge.builder("touchstone.overdue").register(meters);
        meters.gauge("touchstone.queue.oldest.seconds", queueOldest);
        meters.gauge("touchstone.board.version", boardVersion);
        meters.gauge("touchstone.database.up", databaseUp);
    }

    /** Looks, unless that was done a moment ago. A database that does not answer is a number too. */
    void refresh() {
        long now = System.nanoTime();
        Long before = lookedAtNanos.get();
        if (now - before < FRESH.toNanos() || !lookedAtNanos.compareAndSet(before, now)) return;
        try {
            look();
            databaseUp.set(1);
        } catch (RuntimeException e) {
            log.error("the metrics could not be read from the database", e);
            databaseUp.set(0);
        }
    }

    /** The next scrape looks, however fresh what is known. */
    void lookAgain() {
        lookedAtNanos.set(System.nanoTime() - FRESH.toNanos());
    }

    private void look() {
        Instant now = clock.instant();
        judgings.register(
                rows("state", counts("select state as word, count(*) as n from judging group by state")), true);
        runs.register(rows("state", counts("select state as word, count(*) as n from run group by state")), true);
        attempts.register(rows("state", counts("""
                        select state as word, count(*) as n from attempt where open_key is not null group by state
                        """)), true);
        ended.register(rows("fault", counts("""
                        select fault as word, count(*) as n from attempt where fault is not null group by fault
                        """)), true);
        Map<String, Long> late = new LinkedHashMap<>();
        for (Overdue one : OVERDUE)
            late.put(one.what(), database.get(one.sql(), row -> row.number("n"), now.minus(one.age())));
        overdue.register(rows("what", late), true);
        queueOldest.set(oldest(now));
        boardVersion.set(
                database.get("select coalesce(max(settled_seq), 0) as n from judging", row -> row.number("n")));
    }

    private long oldest(Instant now) {
        return database.find(
                        """
                        select min(j.created) as created from run r join judging j on j.id = r.judging
                        join task t on t.id = j.task
                        where r.state = 'waiting' and j.state in ('waiting', 'running') and t.state <> 'paused'
                        having count(*) > 0
                        """,
                        row -> Math.max(
                                0, Duration.between(row.instant("created"), now).toSeconds()))
                .orElse(0L);
    }

    private Map<String, Long> counts(String sql) {
        Map<String, Long> counts = new LinkedHashMap<>();
        database.list(sql, row -> counts.put(row.text("word"), row.number("n")) == null);
        return counts;
    }

    private static List<MultiGauge.Row<?>> rows(String label, Map<String, Long> values) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        values.forEach((word, value) -> rows.add(MultiGauge.Row.of(Tags.of(label, word), value)));
        return rows;
    }
}
