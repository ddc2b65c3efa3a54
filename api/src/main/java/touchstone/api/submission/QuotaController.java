package touchstone.api.submission;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Optional;
import touchstone.api.account.Caller;
import touchstone.api.account.Visitor;
import touchstone.api.http.Page;
import touchstone.api.task.TaskVersion;
import touchstone.api.task.Tasks;

/** The ledger of the own team. */
@Controller("/api/tasks/{task}/quota")
@Tag(name = "submissions")
final class QuotaController {
    private final Tasks tasks;
    private final Teams teams;
    private final QuotaLedger quota;

    QuotaController(Tasks tasks, Teams teams, QuotaLedger quota) {
        this.tasks = tasks;
        this.teams = teams;
        this.quota = quota;
    }

    /** What the own team was charged and given back in this task, why, what is left, and when the next is free. */
    @Get
    QuotaView get(Caller caller, @PathVariable String task, @QueryValue @Nullable Integer after) {
        TaskVersion version = tasks.visible(task, new Visitor(Optional.of(caller)));
        Optional<Teams.Team> team = teams.find(version.task(), caller.account());
        return new QuotaView(
                version.slug(),
                team.map(Teams.Team::name).orElse(null),
                quota.standing(
                        team.map(Teams.Team::id).orElse(null), version.file().quota()),
                version.file().quota().rejectedFree() ? "free" : "charged",
                team.flatMap(own -> quota.coolDown(own.id())).orElse(null),
                team.map(own -> quota.entries(own.id(), after == null ? Integer.MAX_VALUE : after))
                        .orElse(new Page<>(List.of(), null)));
    }
}
