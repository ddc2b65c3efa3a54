package touchstone.api.leaderboard;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Put;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import touchstone.api.account.Caller;
import touchstone.api.account.Visitor;
import touchstone.api.http.Refusal;
import touchstone.api.task.TaskVersion;
import touchstone.api.task.Tasks;

/** What a team sends into the final. */
@Controller("/api/tasks/{task}/final-choice")
@Tag(name = "final")
final class FinalChoiceController {
    private final Tasks tasks;
    private final FinalChoices choices;

    FinalChoiceController(Tasks tasks, FinalChoices choices) {
        this.tasks = tasks;
        this.choices = choices;
    }

    /** @param submissions at most two ids of the own team's; none = the best on the board */
    record Wanted(@Nullable List<UUID> submissions) {}

    /** What goes into the final as things stand: the team's choice, or else its best on the board. */
    @Get
    FinalChoices.Choice get(Caller caller, @PathVariable String task) {
        return choices.of(visible(task, caller), caller);
    }

    /** Chooses, until the contest closes; the last choice holds. Any member may choose for the team. */
    @Put
    FinalChoices.Choice put(Caller caller, @PathVariable String task, @Body Wanted wanted) {
        TaskVersion version = visible(task, caller);
        List<UUID> submissions = wanted.submissions();
        if (submissions == null)
            throw Refusal.badRequest(
                    "final-choice", "\"submissions\" is missing; write a list of at most two ids, or an empty one.");
        choices.choose(version, caller, submissions);
        return choices.of(version, caller);
    }

    private TaskVersion visible(String task, Caller caller) {
        return tasks.visible(task, new Visitor(Optional.of(caller)));
    }
}
