package touchstone.api.task;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Account;
import touchstone.api.account.Accounts;
import touchstone.api.account.Caller;
import touchstone.api.audit.Audit;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;

/** Who organizes a task. Whoever knows a hidden test never competes on it, also not afterwards. */
@Singleton
public final class Organizers {
    private final Database database;
    private final Accounts accounts;
    private final Audit audit;
    private final InstantSource clock;

    Organizers(Database database, Accounts accounts, Audit audit, InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.audit = audit;
        this.clock = clock;
    }

    /** @param creator made the task, and cannot be removed */
    public record Organizer(String name, Instant since, boolean creator) {}

    /** What somebody is to a task. */
    public enum Part {
        NONE,
        ORGANIZER,
        FORMER_ORGANIZER
    }

    public Part partOf(UUID task, UUID account) {
        return database.find(
                        "select ended from organizer where task = ? and account = ?",
                        row -> row.findInstant("ended") == null ? Part.ORGANIZER : Part.FORMER_ORGANIZER,
                        task,
                        account)
                .orElse(Part.NONE);
    }

    /** By name. */
    Page<Organizer> page(TaskVersion task, @Nullable String after) {
        return Page.of(
                database.list(
                        """
                        select account.name, organizer.since, task.organizer as creator, account.id
                        from organizer
                        join account on account.id = organizer.account
                        join task on task.id = organizer.task
                        where organizer.task = ? and organizer.ended is null and account.name > ?
                        order by account.name
                        limit ?
                        """,
                        row -> new Organizer(
                                row.text("name"),
                                row.instant("since"),
                                row.uuid("creator").equals(row.uuid("id"))),
                        task.task(),
                        after == null ? "" : after,
                        Page.ITEMS_MAX + 1),
                Organizer::name);
    }

    /** Nothing of the transaction that makes a task is seen by others before the creator is in here. */
    void addCreator(UUID task, UUID account) {
        database.change(
                "insert into organizer (task, account, since) values (?, ?, ?)", task, account, clock.instant());
    }

    /** @param isNew false = was one already */
    record Added(Organizer organizer, boolean isNew) {}

    Added add(TaskVersion task, Caller caller, @Nullable String name) {
        Account added = accounts.named(name);
        return database.transaction(() -> {
            // The lock under which this person would become a member of a team.
            accounts.lock(added.id());
            if (partOf(task.task(), added.id()) == Part.ORGANIZER) return new Added(find(task, added), false);
            competingTeamOf(task.task(), added.id()).ifPresent(team -> {
                throw Refusal.conflict(
                        "competes",
                        "Competes in this task",
                        added.name() + " is on the team \"" + team + "\" of this task. Who competes cannot organize.");
            });
            int again = database.change(
                    "update organizer set ended = null where task = ? and account = ?", task.task(), added.id());
            if (again == 0) addCreator(task.task(), added.id());
            audit.record(caller.account(), "organizer.add", task.slug(), added.name());
            return new Added(find(task, added), true);
        });
    }

    private Organizer find(TaskVersion task, Account account) {
        Instant since = database.get(
                "select since from organizer where task = ? and account = ?",
                row -> row.instant("since"),
                task.task(),
                account.id());
        return new Organizer(account.name(), since, account.id().equals(task.organizer()));
    }

    private Optional<String> competingTeamOf(UUID task, UUID account) {
        return database.find("""
                select team.name from member join team on team.id = member.team
                where member.task = ? and member.account = ? and team.kind = 'team'
                """, row -> row.text("name"), task, account);
    }

    void remove(TaskVersion task, Caller caller, String name) {
        Account removed = accounts.find(name).orElseThrow(Refusal::notFound);
        if (removed.id().equals(task.organizer()))
            throw Refusal.conflict(
                    "creator", "Stays an organizer", removed.name() + " created this task and stays its organizer.");
        database.transaction(() -> {
            int ended = database.change(
                    "update organizer set ended = ? where task = ? and account = ? and ended is null",
                    clock.instant(),
                    task.task(),
                    removed.id());
            if (ended == 0) throw Refusal.notFound();
            audit.record(caller.account(), "organizer.remove", task.slug(), removed.name());
        });
    }
}
