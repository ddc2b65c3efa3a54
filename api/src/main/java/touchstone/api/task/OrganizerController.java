package touchstone.api.task;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Caller;
import touchstone.api.account.Visitor;
import touchstone.api.http.Page;

/** Who organizes a task. */
@Controller("/api/tasks/{task}/organizers")
@Tag(name = "organizing")
final class OrganizerController {
    private final Tasks tasks;
    private final Organizers organizers;

    OrganizerController(Tasks tasks, Organizers organizers) {
        this.tasks = tasks;
        this.organizers = organizers;
    }

    /** @param account the name of one */
    record Named(@Nullable String account) {}

    /** The organizers, by name; for everybody who may see the task. */
    @Get
    Page<Organizers.Organizer> list(Visitor visitor, @PathVariable String task, @QueryValue @Nullable String after) {
        return organizers.page(tasks.visible(task, visitor), after);
    }

    /** Makes somebody an organizer as well, who must not compete in the task. Again changes nothing. */
    @Post
    HttpResponse<Organizers.Organizer> add(Caller caller, @PathVariable String task, @Body Named wanted) {
        Organizers.Added added = organizers.add(tasks.organized(task, caller), caller, wanted.account());
        return added.isNew() ? HttpResponse.created(added.organizer()) : HttpResponse.ok(added.organizer());
    }

    /** Ends it. Whoever created the task stays; who was an organizer does not compete afterwards either. */
    @Delete("/{name}")
    HttpResponse<?> remove(Caller caller, @PathVariable String task, @PathVariable String name) {
        organizers.remove(tasks.organized(task, caller), caller, name);
        return HttpResponse.noContent();
    }
}
