package touchstone.api.task;

import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Caller;
import touchstone.api.account.Role;
import touchstone.api.account.Visitor;
import touchstone.api.http.Page;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;
import touchstone.api.storage.Words;

/** The list of contests. */
@Singleton
final class TaskListing {
    private static final UUID NOBODY = new UUID(0, 0);

    private final Database database;
    private final Tasks tasks;
    private final InstantSource clock;

    TaskListing(Database database, Tasks tasks, InstantSource clock) {
        this.database = database;
        this.tasks = tasks;
        this.clock = clock;
    }

    /** @param teams and {@code submissions} count contestants, not the organizer's baselines */
    record Entry(
            String name,
            String title,
            String state,
            int classes,
            int version,
            int teams,
            int submissions,
            @Nullable Instant opens,
            @Nullable Instant closes) {}

    private record Found(UUID task, int teams, int submissions) {}

    Page<Entry> page(Visitor visitor, @Nullable String after) {
        UUID account = visitor.caller().map(Caller::account).orElse(NOBODY);
        boolean all = visitor.caller()
                .filter(caller -> caller.role() == Role.ADMINISTRATOR)
                .isPresent();
        List<Entry> entries = database
                .list(
                        """
                        select task.id,
                          (select count(*) from team where team.task = task.id and team.kind = 'team') as teams,
                          (select count(*) from submission join team on team.id = submission.team
                           where submission.task = task.id and team.kind = 'team'
                             and submission.withdrawn is null) as submissions
                        from task
                        where task.slug > ?
                          and (? = 1
                               or exists (select 1 from organizer
                                          where organizer.task = task.id and organizer.account = ?
                                            and organizer.ended is null)
                               or task.state <> 'draft' and task.withdrawn_at is null
                                  and (task.access = 'public'
                                       or exists (select 1 from guest
                                                  where guest.task = task.id and guest.account = ?)
                                       or exists (select 1 from member
                                                  where member.task = task.id and member.account = ?)))
                        order by task.slug
                        limit ?
                        """,
                        TaskListing::read,
                        after == null ? "" : after,
                        all ? 1 : 0,
                        account,
                        account,
                        account,
                        Page.ITEMS_MAX + 1)
                .stream()
                .map(this::entry)
                .toList();
        return Page.of(entries, Entry::name);
    }

    private static Found read(Row row) throws SQLException {
        return new Found(row.uuid("id"), row.integer("teams"), row.integer("submissions"));
    }

    private Entry entry(Found found) {
        TaskVersion task = tasks.find(found.task()).orElseThrow();
        return new Entry(
                task.slug(),
                task.title(),
                Words.of(task.stateAt(clock.instant())),
                task.file().data().classes().size(),
                task.version(),
                found.teams(),
                found.submissions(),
                task.file().phases().opens(),
                task.file().phases().closes());
    }
}
