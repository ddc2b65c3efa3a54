package touchstone.api.submission;

import jakarta.inject.Singleton;
import java.util.Optional;
import touchstone.api.account.Caller;
import touchstone.api.task.Participation;
import touchstone.api.task.TaskVersion;
import touchstone.api.task.You;

/** Tells a task's page what the task is to its reader. */
@Singleton
final class Standing implements Participation {
    private final Teams teams;
    private final QuotaLedger quota;

    Standing(Teams teams, QuotaLedger quota) {
        this.teams = teams;
        this.quota = quota;
    }

    private You.Membership membership(TaskVersion task, Caller caller, Teams.Team team) {
        return new You.Membership(
                caller.account().equals(team.captain()),
                team.frozen(),
                teams.size(team.id()),
                task.file().teams().members());
    }

    @Override
    public You of(TaskVersion task, Caller caller) {
        Optional<Teams.Team> team = teams.find(task.task(), caller.account());
        return new You(
                team.map(Teams.Team::name).orElse(null),
                team.map(known -> membership(task, caller, known)).orElse(null),
                task.isOrganizer(caller.account()),
                quota.standing(
                        team.map(Teams.Team::id).orElse(null), task.file().quota()));
    }
}
