package touchstone.api.submission;

import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import touchstone.api.account.Caller;
import touchstone.api.storage.Database;
import touchstone.api.storage.DatabaseFault;
import touchstone.api.task.TaskVersion;

/** Who competes. A person who is on no team yet becomes a team of one. */
@Singleton
final class Teams {
    /** Each try but the last was lost to somebody who took the same name in that moment. */
    private static final int TRIES_MAX = 10;

    private final Database database;
    private final InstantSource clock;

    Teams(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    record Team(UUID id, String name, boolean baseline) {}

    Optional<Team> find(UUID task, UUID account) {
        return database.find(
                """
                select team.id, team.name, team.kind from member join team on team.id = member.team
                where member.task = ? and member.account = ?
                """,
                row -> new Team(
                        row.uuid("id"), row.text("name"), row.text("kind").equals("baseline")),
                task,
                account);
    }

    /** The caller's team, made when there is none. Two requests at once make one. */
    Team ensure(TaskVersion task, Caller caller) {
        for (int tries = 1; ; tries++) {
            Optional<Team> team = find(task.task(), caller.account());
            if (team.isPresent()) return team.get();
            try {
                database.transaction(() -> create(task, caller));
            } catch (DatabaseFault.Duplicate e) {
                // Somebody else, or another request of the same person, was first with this name.
                if (tries == TRIES_MAX) throw e;
            }
        }
    }

    private void create(TaskVersion task, Caller caller) {
        // A team that lost the race for its member is an empty team; so the member is looked for under the account's
        // lock.
        database.get("select id from account where id = ? for update", row -> row.uuid("id"), caller.account());
        if (find(task.task(), caller.account()).isPresent()) return;
        UUID team = UUID.randomUUID();
        String name = freeName(task.task(), caller.name());
        database.change(
                "insert into team (id, task, name, name_folded, kind, created) values (?, ?, ?, ?, ?, ?)",
                team,
                task.task(),
                name,
                folded(name),
                task.isOrganizer(caller.account()) ? "baseline" : "team",
                clock.instant());
        database.change(
                "insert into member (task, account, team) values (?, ?, ?)", task.task(), caller.account(), team);
    }

    /** The person's own name, unless another team took it: then with a number. */
    private String freeName(UUID task, String wanted) {
        for (int i = 1; ; i++) {
            String name = i == 1 ? wanted : wanted.substring(0, Math.min(wanted.length(), 36)) + "-" + i;
            if (database.find(
                            "select id from team where task = ? and name_folded = ?",
                            row -> row.uuid("id"),
                            task,
                            folded(name))
                    .isEmpty()) return name;
        }
    }

    private static String folded(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Holds everybody else of this team until the transaction ends: under this lock quota is counted and spent. */
    void lock(UUID team) {
        database.get("select id from team where id = ? for update", row -> row.uuid("id"), team);
    }
}
