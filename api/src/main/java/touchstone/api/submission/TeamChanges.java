package touchstone.api.submission;

import io.micronaut.http.HttpStatus;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Account;
import touchstone.api.account.Accounts;
import touchstone.api.account.Caller;
import touchstone.api.account.Names;
import touchstone.api.audit.Audit;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.storage.DatabaseFault;
import touchstone.api.task.Invitations;
import touchstone.api.task.Organizers;
import touchstone.api.task.TaskVersion;

/**
 * How people come onto a team and off it. Everything happens under the locks of the person's account and of the team; the
 * first scored submission freezes a team under the same lock, so a change is either before it or refused.
 */
@Singleton
final class TeamChanges {
    private final Database database;
    private final Teams teams;
    private final Invitations invitations;
    private final Accounts accounts;
    private final Audit audit;
    private final InstantSource clock;

    TeamChanges(
            Database database,
            Teams teams,
            Invitations invitations,
            Accounts accounts,
            Audit audit,
            InstantSource clock) {
        this.database = database;
        this.teams = teams;
        this.invitations = invitations;
        this.accounts = accounts;
        this.audit = audit;
        this.clock = clock;
    }

    /** @param with runs in the same transaction, for a request's idempotency key */
    void create(TaskVersion task, Caller caller, @Nullable String name, Runnable with) {
        String checked = Names.check(given("name", name));
        database.transaction(() -> {
            accounts.lock(caller.account());
            refuseOrganizers(task, caller);
            refuseOver(task);
            teams.find(task.task(), caller.account()).ifPresent(team -> {
                throw onATeam(team, "Rename it, or leave it first.");
            });
            if (teams.insert(task, caller, checked, "team").isEmpty()) throw nameTaken(checked);
            with.run();
        });
    }

    /** @param name null = stays; @param captain the name of a member; null = stays */
    void edit(TaskVersion task, Caller caller, @Nullable String name, @Nullable String captain) {
        database.transaction(() -> {
            Teams.Team team = lockedAsCaptain(task, caller);
            if (name != null) rename(task, caller, team, Names.check(name));
            if (captain != null) handOver(task, caller, team, captain);
        });
    }

    /** The board shows the name and must say the same when it is computed again; so it stays once there is a score. */
    private void rename(TaskVersion task, Caller caller, Teams.Team team, String name) {
        if (name.equals(team.name())) return;
        if (team.scored())
            throw Refusal.conflict(
                    "team-frozen",
                    "The team's name stays",
                    "A submission of \"" + team.name() + "\" was scored, and stands on the board under this name.");
        Optional<UUID> other = database.find(
                "select id from team where task = ? and name_folded = ? and id <> ?",
                row -> row.uuid("id"),
                task.task(),
                Names.folded(name),
                team.id());
        if (other.isPresent()) throw nameTaken(name);
        try {
            database.change(
                    "update team set name = ?, name_folded = ? where id = ?", name, Names.folded(name), team.id());
        } catch (DatabaseFault.Duplicate e) {
            throw nameTaken(name);
        }
        audit.record(caller.account(), "team.rename", object(task, team), "now \"" + name + "\"");
    }

    private void handOver(TaskVersion task, Caller caller, Teams.Team team, String captain) {
        Member member = member(team, captain);
        database.change("update team set captain = ? where id = ?", member.account(), team.id());
        audit.record(caller.account(), "team.captain", object(task, team), "now " + member.name());
    }

    private record Member(UUID account, String name) {}

    private Member member(Teams.Team team, String name) {
        Account account = accounts.find(name).orElseThrow(() -> noMember(team));
        return database.find(
                        "select account from member where team = ? and account = ?",
                        row -> new Member(row.uuid("account"), account.name()),
                        team.id(),
                        account.id())
                .orElseThrow(() -> noMember(team));
    }

    /** @param with runs in the same transaction, for a request's idempotency key */
    Invitations.Invitation invite(
            TaskVersion task, Caller caller, Invitations.Wanted wanted, Consumer<Invitations.Invitation> with) {
        return database.transaction(() -> {
            Teams.Team team = lockedAsCaptain(task, caller);
            refuseOver(task);
            refuseFrozen(team);
            Invitations.Invitation made = invitations.create(task.task(), team.id(), caller.account(), wanted);
            audit.record(
                    caller.account(),
                    "team.invite",
                    object(task, team),
                    "a code for " + made.usesMax() + ", " + made.id());
            with.accept(made);
            return made;
        });
    }

    void takeBack(TaskVersion task, Caller caller, UUID invitation) {
        database.transaction(() -> {
            Teams.Team team = lockedAsCaptain(task, caller);
            if (!invitations.revoke(task.task(), team.id(), invitation)) throw Refusal.notFound();
            audit.record(caller.account(), "team.uninvite", object(task, team), invitation.toString());
        });
    }

    /**
     * Puts the caller on the team that the code leads to. A team that has nobody else and no submissions is left by that; one
     * with submissions never is. Joining one's own team again changes nothing and spends nothing.
     */
    void join(TaskVersion task, Caller caller, @Nullable String code) {
        invitations.using(caller.account(), code, known -> {
            if (known.team() == null || !known.task().equals(task.task())) throw Invitations.notGood();
            accounts.lock(caller.account());
            Optional<Teams.Team> before = teams.find(task.task(), caller.account());
            if (before.isPresent() && before.get().id().equals(known.team())) return true;
            refuseOrganizers(task, caller);
            refuseOver(task);
            lockInOrder(known.team(), before.map(Teams.Team::id).orElse(known.team()));
            Teams.Team team = teams.find(known.team()).orElseThrow(Invitations::notGood);
            invitations.spend(known);
            refuseFrozen(team);
            refuseFull(task, team);
            before.ifPresent(left -> leaveForAnother(task, caller, left));
            teams.addMember(task.task(), caller.account(), team.id());
            audit.record(caller.account(), "team.join", object(task, team), "by " + known.invitation());
            return true;
        });
    }

    /** Two people who join each other's teams must not wait for one another. A team that is gone is not waited for. */
    private void lockInOrder(UUID one, UUID other) {
        Stream.of(one, other)
                .distinct()
                .sorted()
                .forEach(team ->
                        database.find("select id from team where id = ? for update", row -> row.uuid("id"), team));
    }

    private void leaveForAnother(TaskVersion task, Caller caller, Teams.Team team) {
        if (teams.size(team.id()) > 1) throw onATeam(team, "Leave it first.");
        if (teams.hasSubmissions(team.id()))
            throw onATeam(team, "It has submissions, which stay with it and with you: you cannot join another.");
        dissolve(task, caller, team);
    }

    void leave(TaskVersion task, Caller caller) {
        database.transaction(() -> {
            accounts.lock(caller.account());
            Teams.Team team = locked(task, caller);
            refuseFrozen(team);
            if (teams.size(team.id()) > 1) {
                remove(team, caller.account());
                audit.record(caller.account(), "team.leave", object(task, team), caller.name());
            } else if (teams.hasSubmissions(team.id())) {
                throw Refusal.conflict(
                        "last-member",
                        "Nobody else is on the team",
                        "\"" + team.name() + "\" has submissions and you are the last on it. They would be nobody's.");
            } else {
                dissolve(task, caller, team);
            }
        });
    }

    /** Nobody is left on it and it has sent nothing: its name is free again. */
    private void dissolve(TaskVersion task, Caller caller, Teams.Team team) {
        database.change("delete from invitation where team = ?", team.id());
        database.change("delete from member where team = ?", team.id());
        database.change("delete from team where id = ?", team.id());
        audit.record(caller.account(), "team.dissolve", object(task, team), "its last member left");
    }

    /** Open invitations are taken back as well, so that nobody comes back by the code of before. */
    void putOff(TaskVersion task, Caller caller, String name) {
        Optional<Account> named = accounts.find(name);
        database.transaction(() -> {
            // What is sent in this moment is either the team's, or the sender is off it before.
            named.ifPresent(account -> accounts.lock(account.id()));
            Teams.Team team = lockedAsCaptain(task, caller);
            Member member = member(team, name);
            if (member.account().equals(caller.account()))
                throw Refusal.conflict(
                        "yourself",
                        "Not this way",
                        "Whoever is the captain leaves the team, or makes another captain.");
            refuseFrozen(team);
            remove(team, member.account());
            invitations.revokeAll(team.id());
            audit.record(caller.account(), "team.remove", object(task, team), member.name());
        });
    }

    /** A captain who goes is followed by whoever has been on the team longest. */
    private void remove(Teams.Team team, UUID account) {
        database.change("delete from member where team = ? and account = ?", team.id(), account);
        if (!account.equals(team.captain())) return;
        UUID next = database.get(
                "select account from member where team = ? order by joined, account limit 1",
                row -> row.uuid("account"),
                team.id());
        database.change("update team set captain = ? where id = ?", next, team.id());
    }

    private Teams.Team locked(TaskVersion task, Caller caller) {
        UUID team =
                teams.find(task.task(), caller.account()).map(Teams.Team::id).orElseThrow(Refusal::notFound);
        Teams.Team locked = teams.lock(team);
        // Whoever put the caller off meanwhile held the lock before.
        if (teams.find(task.task(), caller.account())
                .filter(now -> now.id().equals(team))
                .isEmpty()) throw Refusal.notFound();
        return locked;
    }

    private Teams.Team lockedAsCaptain(TaskVersion task, Caller caller) {
        Teams.Team team = locked(task, caller);
        if (team.baseline())
            throw Refusal.conflict(
                    "baseline",
                    "Not a team",
                    "What an organizer submits stands on the board as a baseline, by itself.");
        if (!caller.account().equals(team.captain()))
            throw Refusal.of(
                    HttpStatus.FORBIDDEN,
                    "not-captain",
                    "Not yours to do",
                    "Only the captain of \"" + team.name() + "\" may do this.");
        return team;
    }

    private void refuseOrganizers(TaskVersion task, Caller caller) {
        if (teams.refuseFormer(task, caller) == Organizers.Part.ORGANIZER)
            throw Refusal.conflict(
                    "organizes",
                    "An organizer",
                    "You organize this task. What you submit stands on the board as a baseline.");
    }

    private void refuseOver(TaskVersion task) {
        if (task.isOverAt(clock.instant()))
            throw Refusal.conflict("not-open", "The contest is over", "It is closed; teams stay as they are.");
    }

    private static void refuseFrozen(Teams.Team team) {
        if (team.frozen())
            throw Refusal.conflict(
                    "team-frozen",
                    "The team stays as it is",
                    "A submission of \"" + team.name() + "\" was scored; since then nobody comes or goes. An organizer"
                            + " of the task can allow it.");
    }

    private void refuseFull(TaskVersion task, Teams.Team team) {
        int most = task.file().teams().members();
        if (teams.size(team.id()) >= most)
            throw Refusal.conflict(
                    "team-full",
                    "The team is full",
                    "\"" + team.name() + "\" has " + most + " members, and may not have more.");
    }

    private static Refusal onATeam(Teams.Team team, String instead) {
        return Refusal.conflict(
                "on-a-team", "On a team already", "You are on the team \"" + team.name() + "\". " + instead);
    }

    private static Refusal nameTaken(String name) {
        return Refusal.conflict(
                "taken", "Taken", "Another team of this task is named \"" + name + "\". Choose another name.");
    }

    private static Refusal noMember(Teams.Team team) {
        return Refusal.of(
                HttpStatus.UNPROCESSABLE_ENTITY,
                "no-member",
                "Not on the team",
                "Nobody of this name is on the team \"" + team.name() + "\".");
    }

    private static String given(String field, @Nullable String value) {
        if (value == null) throw Refusal.badRequest("bad-request", "\"" + field + "\" is missing in the JSON body.");
        return value;
    }

    private static String object(TaskVersion task, Teams.Team team) {
        return task.slug() + "/" + team.name();
    }
}
