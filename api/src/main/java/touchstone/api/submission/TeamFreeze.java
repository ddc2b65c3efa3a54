package touchstone.api.submission;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Caller;
import touchstone.api.audit.Audit;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.task.TaskVersion;

/** When a team's members may no longer change. */
@Singleton
public final class TeamFreeze {
    private final Database database;
    private final Teams teams;
    private final Audit audit;

    TeamFreeze(Database database, Teams teams, Audit audit) {
        this.database = database;
        this.teams = teams;
        this.audit = audit;
    }

    /**
     * A submission of the team was scored. Part of the transaction that settles it; again changes nothing. What an organizer
     * allowed stays allowed.
     */
    public void scored(UUID team, Instant at) {
        int first = database.change(
                "update team set frozen_at = ? where id = ? and frozen_at is null and kind = 'team'", at, team);
        if (first == 1) record(null, team, "team.freeze", "its first submission was scored");
    }

    /** Lets the members change until {@link #freeze}, whatever is scored meanwhile. */
    void unfreeze(TaskVersion task, Caller caller, UUID team, Instant at) {
        database.transaction(() -> {
            lockOf(task, team);
            int changed = database.change("update team set thawed_at = ? where id = ? and thawed_at is null", at, team);
            if (changed == 1) record(caller.account(), team, "team.unfreeze", "its members may change");
        });
    }

    /** Takes {@link #unfreeze} back. */
    void freeze(TaskVersion task, Caller caller, UUID team) {
        database.transaction(() -> {
            lockOf(task, team);
            int changed =
                    database.change("update team set thawed_at = null where id = ? and thawed_at is not null", team);
            if (changed == 1) record(caller.account(), team, "team.freeze", "as it was before it was unfrozen");
        });
    }

    private void lockOf(TaskVersion task, UUID team) {
        Optional<Teams.Team> found =
                teams.find(team).filter(known -> known.task().equals(task.task()));
        if (found.isEmpty() || found.get().baseline()) throw Refusal.notFound();
        teams.lock(team);
    }

    private void record(@Nullable UUID actor, UUID team, String act, String detail) {
        String object = database.get(
                "select task.slug, team.name from team join task on task.id = team.task where team.id = ?",
                row -> row.text("slug") + "/" + row.text("name"),
                team);
        audit.record(actor, act, object, detail);
    }
}
