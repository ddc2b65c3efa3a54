package touchstone.api.task;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.swagger.v3.oas.annotations.tags.Tag;
import touchstone.api.account.Caller;
import touchstone.api.http.Refusal;

/** The version of a task that waits to be published. */
@Controller("/api/tasks/{task}")
@Tag(name = "tasks")
final class TaskDraftController {
    private final Tasks tasks;
    private final TaskViews views;
    private final TaskPublication publication;

    TaskDraftController(Tasks tasks, TaskViews views, TaskPublication publication) {
        this.tasks = tasks;
        this.views = views;
        this.publication = publication;
    }

    /** @param digest the task digest of the draft that is meant; null = whichever waits */
    record Which(@Nullable String digest) {}

    /** The draft, with what its organizers should know before they publish it. */
    @Get("/draft")
    TaskView draft(Caller caller, @PathVariable String task) {
        return views.of(tasks.draft(task, caller).orElseThrow(Refusal::notFound), caller);
    }

    /** Publishes the draft as it is: the very version that was tried out. */
    @Post("/publish")
    TaskView publish(Caller caller, @PathVariable String task, @Body @Nullable Which which) {
        TaskVersion found = tasks.organized(task, caller);
        publication.publishDraft(caller.account(), found, which == null ? null : which.digest());
        return views.of(tasks.find(task).orElseThrow(Refusal::notFound), caller);
    }
}
