package touchstone.api.operation;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Page;
import touchstone.api.storage.Database;

/** What attempts cost and how they failed, over the time before now. */
@Singleton
final class Usage {
    private final Database database;
    private final InstantSource clock;

    Usage(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * @param fault {@code none} = ended well
     * @param share of all attempts of the task that ended in that time
     */
    record Failures(String task, String fault, long attempts, double share) {}

    /** @param seconds of attempts that were started in that time, those still open up to now */
    record MachineTime(String task, String team, long attempts, double seconds) {}

    Page<Failures> failures(@Nullable UUID task, int hours, int after) {
        Where where = new Where().and("a.ended >= ?", since(hours)).and("j.task = ?", task);
        return Page.of(
                database.list(
                        """
                        select t.slug, a.fault, count(*) as attempts, sum(count(*)) over (partition by t.slug) as ended
                        from attempt a join run r on r.id = a.run join judging j on j.id = r.judging
                        join task t on t.id = j.task
                        where a.fault is not null and %s
                        group by t.slug, a.fault order by t.slug, count(*) desc, a.fault
                        limit ? offset ?
                        """.formatted(where.sql()),
                        row -> new Failures(
                                row.text("slug"),
                                row.text("fault"),
                                row.number("attempts"),
                                row.decimal("attempts") / row.decimal("ended")),
                        where.arguments(Page.ITEMS_MAX + 1, after)),
                last -> Integer.toString(after + Page.ITEMS_MAX));
    }

    Page<MachineTime> machineTime(@Nullable UUID task, int hours, int after) {
        Where where = new Where().and("a.started >= ?", since(hours)).and("j.task = ?", task);
        Object[] asked = where.arguments(Page.ITEMS_MAX + 1, after);
        Object[] arguments = new Object[asked.length + 1];
        arguments[0] = clock.instant();
        System.arraycopy(asked, 0, arguments, 1, asked.length);
        return Page.of(
                database.list(
                        """
                        select t.slug, m.name, count(*) as attempts,
                               sum(extract(epoch from coalesce(a.ended, ?)) - extract(epoch from a.started)) as seconds
                        from attempt a join run r on r.id = a.run join judging j on j.id = r.judging
                        join submission s on s.id = j.submission join team m on m.id = s.team
                        join task t on t.id = j.task
                        where %s
                        group by t.slug, m.id, m.name order by seconds desc, m.id
                        limit ? offset ?
                        """.formatted(where.sql()),
                        row -> new MachineTime(
                                row.text("slug"), row.text("name"), row.number("attempts"), row.decimal("seconds")),
                        arguments),
                last -> Integer.toString(after + Page.ITEMS_MAX));
    }

    private Instant since(int hours) {
        return clock.instant().minusSeconds(hours * 3600L);
    }
}
