package touchstone.api.submission;

import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Accounts;
import touchstone.api.account.Caller;
import touchstone.api.account.Names;
import touchstone.api.audit.Audit;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;
import touchstone.api.task.Organizers;
import touchstone.api.task.TaskVersion;

/** Who competes. A person who is on no team yet becomes a team of one. */
@Singleton
final class Teams {
    private static final String TEAM = """
            select team.id, team.task, team.name, team.kind, team.captain, team.frozen_at, team.thawed_at from team
            """;

    private final Database database;
    private final Accounts accounts;
    private final Organizers organizers;
    private final Audit audit;
    private final InstantSource clock;

    Teams(Database database, Accounts accounts, Organizers organizers, Audit audit, InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.organizers = organizers;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * @param baseline an organizer's: not ranked, and nobody joins it
     * @param captain null = nobody is on it
     * @param scored a submission of it was scored: its name stays
     * @param thawed an organizer lets its members change all the same
     */
    record Team(
            UUID id,
            UUID task,
            String name,
            boolean baseline,
            @Nullable UUID captain,
            boolean scored,
            boolean thawed) {
        /** Whether its members stay as they are. */
        boolean frozen() {
            return scored && !thawed;
        }
    }

    /** @param you whether this is the one who asks */
    record Member(String name, boolean captain, boolean you, Instant joined) {}

    Optional<Team> find(UUID task, UUID account) {
        return database.find(
                TEAM + " join member on member.team = team.id where member.task = ? and member.account = ?",
                Teams::read,
                task,
                account);
    }

    Optional<Team> find(UUID team) {
        return database.find(TEAM + " where team.id = ?", Teams::read, team);
    }

    private static Team read(Row row) throws SQLException {
        return new Team(
                row.uuid("id"),
                row.uuid("task"),
                row.text("name"),
                row.text("kind").equals("baseline"),
                row.findUuid("captain"),
                row.findInstant("frozen_at") != null,
                row.findInstant("thawed_at") != null);
    }

    /** Who was first on it is first. */
    List<Member> members(UUID team, @Nullable UUID reader) {
        return database.list(
                """
                select account.name, member.account, member.joined, team.captain
                from member join account on account.id = member.account join team on team.id = member.team
                where member.team = ?
                order by member.joined, account.name
                """,
                row -> new Member(
                        row.text("name"),
                        row.uuid("account").equals(row.findUuid("captain")),
                        row.uuid("account").equals(reader),
                        row.instant("joined")),
                team);
    }

    int size(UUID team) {
        return database.get(
                "select count(*) as members from member where team = ?", row -> row.integer("members"), team);
    }

    boolean hasSubmissions(UUID team) {
        return database.find("select id from submission where team = ?", row -> row.uuid("id"), team)
                .isPresent();
    }

    /**
     * The caller's team, made when there is none, and locked until the transaction ends: nobody leaves it and quota is spent
     * by nobody else meanwhile.
     */
    Team forSubmission(TaskVersion task, Caller caller) {
        accounts.lock(caller.account());
        boolean organizes = refuseFormer(task, caller) == Organizers.Part.ORGANIZER;
        UUID team = find(task.task(), caller.account())
                .map(Team::id)
                .orElseGet(() -> create(task, caller, caller.name(), organizes ? "baseline" : "team"));
        return lock(team);
    }

    /** Whoever has known the hidden test does not compete afterwards. */
    Organizers.Part refuseFormer(TaskVersion task, Caller caller) {
        Organizers.Part part = organizers.partOf(task.task(), caller.account());
        if (part == Organizers.Part.FORMER_ORGANIZER)
            throw Refusal.conflict(
                    "was-organizer",
                    "Not in this task",
                    "You have organized this task. Who has known its hidden test does not compete in it.");
        return part;
    }

    /** A team of the caller, under the caller's account's lock. A name that is taken gets a number. */
    private UUID create(TaskVersion task, Caller caller, String wanted, String kind) {
        for (int i = 1; ; i++) {
            String name = i == 1 ? wanted : numbered(wanted, i);
            Optional<UUID> made = insert(task, caller, name, kind);
            if (made.isPresent()) return made.get();
        }
    }

    /** Not cut inside of a letter that takes two places. */
    private static String numbered(String wanted, int number) {
        int end = Math.min(wanted.length(), 36);
        if (end < wanted.length() && Character.isLowSurrogate(wanted.charAt(end))) end--;
        return wanted.substring(0, end) + "-" + number;
    }

    /** Empty = another team of this task has the name. */
    Optional<UUID> insert(TaskVersion task, Caller caller, String name, String kind) {
        UUID team = UUID.randomUUID();
        int inserted = database.change(
                """
                insert into team (id, task, name, name_folded, kind, captain, created) values (?, ?, ?, ?, ?, ?, ?)
                on conflict do nothing
                """, team, task.task(), name, Names.folded(name), kind, caller.account(), clock.instant());
        if (inserted == 0) return Optional.empty();
        addMember(task.task(), caller.account(), team);
        audit.record(caller.account(), "team.create", task.slug() + "/" + name, kind);
        return Optional.of(team);
    }

    void addMember(UUID task, UUID account, UUID team) {
        database.change(
                "insert into member (task, account, team, joined) values (?, ?, ?, ?)",
                task,
                account,
                team,
                clock.instant());
    }

    /**
     * Holds everybody else of this team until the transaction ends: under this lock quota is counted and spent, and members
     * come and go.
     *
     * @return the team as it is now
     */
    Team lock(UUID team) {
        database.find("select id from team where id = ? for update", row -> row.uuid("id"), team)
                .orElseThrow(Refusal::notFound);
        return find(team).orElseThrow(Refusal::notFound);
    }
}
