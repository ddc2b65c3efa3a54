package touchstone.api.task;

import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Account;
import touchstone.api.account.Accounts;
import touchstone.api.account.Caller;
import touchstone.api.audit.Audit;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;

/** Who is let into an invited task. */
@Singleton
final class Guests {
    private final Database database;
    private final Invitations invitations;
    private final Accounts accounts;
    private final Tasks tasks;
    private final Audit audit;
    private final InstantSource clock;

    Guests(
            Database database,
            Invitations invitations,
            Accounts accounts,
            Tasks tasks,
            Audit audit,
            InstantSource clock) {
        this.database = database;
        this.invitations = invitations;
        this.accounts = accounts;
        this.tasks = tasks;
        this.audit = audit;
        this.clock = clock;
    }

    /** @param with runs in the same transaction, for a request's idempotency key */
    Invitations.Invitation invite(
            TaskVersion task,
            Caller caller,
            @Nullable String account,
            Invitations.Wanted wanted,
            Consumer<Invitations.Invitation> with) {
        Optional<Account> invited = Optional.ofNullable(account).map(accounts::named);
        return database.transaction(() -> {
            Invitations.Invitation made = invited.map(known -> inviteByName(task, caller, known))
                    .orElseGet(() -> inviteByCode(task, caller, wanted));
            with.accept(made);
            return made;
        });
    }

    private Invitations.Invitation inviteByCode(TaskVersion task, Caller caller, Invitations.Wanted wanted) {
        Invitations.Invitation made = invitations.create(task.task(), null, caller.account(), wanted);
        audit.record(caller.account(), "task.invite", task.slug(), "a code for " + made.usesMax() + ", " + made.id());
        return made;
    }

    private Invitations.Invitation inviteByName(TaskVersion task, Caller caller, Account invited) {
        accounts.lock(invited.id());
        Optional<UUID> before = invitationOf(task.task(), invited.id());
        if (before.isPresent()) return invitations.find(before.get()).orElseThrow();
        Invitations.Invitation made = invitations.createFor(task.task(), invited.id(), caller.account());
        admit(task.task(), invited.id(), made.id());
        audit.record(caller.account(), "task.invite", task.slug(), invited.name() + ", " + made.id());
        return made;
    }

    private Optional<UUID> invitationOf(UUID task, UUID account) {
        return database.find(
                "select invitation from guest where task = ? and account = ?",
                row -> row.uuid("invitation"),
                task,
                account);
    }

    private void admit(UUID task, UUID account, UUID invitation) {
        database.change(
                "insert into guest (task, account, invitation, since) values (?, ?, ?, ?)",
                task,
                account,
                invitation,
                clock.instant());
    }

    /** Lets the caller in. Again with a code of the same task changes nothing and spends nothing. */
    TaskVersion accept(Caller caller, @Nullable String code) {
        return invitations.using(caller.account(), code, known -> {
            if (known.team() != null) throw Invitations.notGood();
            TaskVersion task = tasks.find(known.task()).orElseThrow(Invitations::notGood);
            accounts.lock(caller.account());
            Optional<UUID> before = invitationOf(known.task(), caller.account());
            if (before.filter(known.invitation()::equals).isPresent()) return task;
            invitations.spend(known);
            if (before.isEmpty()) {
                admit(known.task(), caller.account(), known.invitation());
                audit.record(caller.account(), "task.accept", task.slug(), "by " + known.invitation());
            }
            return task;
        });
    }

    /**
     * Nobody comes by it any more. Who came by a code stays; one who was invited by name is out again, unless that one is
     * on a team.
     */
    void takeBack(TaskVersion task, Caller caller, UUID invitation) {
        database.transaction(() -> {
            Optional<UUID> guest = database.find(
                    "select account from invitation where id = ? and task = ? and account is not null",
                    row -> row.uuid("account"),
                    invitation,
                    task.task());
            guest.ifPresent(account -> putOut(task.task(), account, invitation));
            if (!invitations.revoke(task.task(), null, invitation)) throw Refusal.notFound();
            audit.record(caller.account(), "task.uninvite", task.slug(), invitation.toString());
        });
    }

    private void putOut(UUID task, UUID account, UUID invitation) {
        accounts.lock(account);
        Optional<String> team = database.find("""
                select team.name from member join team on team.id = member.team
                where member.task = ? and member.account = ?
                """, row -> row.text("name"), task, account);
        team.ifPresent(name -> {
            throw Refusal.conflict(
                    "on-a-team",
                    "Takes part already",
                    "This person is on the team \"" + name + "\" and can see the task because of that.");
        });
        database.change(
                "delete from guest where task = ? and account = ? and invitation = ?", task, account, invitation);
    }
}
