package touchstone.api.task;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import touchstone.api.account.Caller;
import touchstone.api.account.Visitor;
import touchstone.api.http.Idempotency;
import touchstone.api.http.Ids;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Digests;
import touchstone.spec.task.TaskFile;

/** What organizers do to a contest that is published. */
@Controller("/api/tasks/{task}")
@Tag(name = "tasks")
final class TaskLifeController {
    private final Tasks tasks;
    private final TaskViews views;
    private final TaskPause pause;
    private final TaskPhases phases;
    private final Announcements announcements;
    private final ChangeLog changes;
    private final Idempotency idempotency;

    TaskLifeController(
            Tasks tasks,
            TaskViews views,
            TaskPause pause,
            TaskPhases phases,
            Announcements announcements,
            ChangeLog changes,
            Idempotency idempotency) {
        this.tasks = tasks;
        this.views = views;
        this.pause = pause;
        this.phases = phases;
        this.announcements = announcements;
        this.changes = changes;
        this.idempotency = idempotency;
    }

    /** @param reason one line that contestants read, at most 400 characters */
    record Why(@Nullable String reason) {}

    /** Moments in UTC; null = no bound. */
    record Moments(
            @Nullable Instant opens,
            @Nullable Instant closes,
            @Nullable Instant reveals) {}

    /** @param title one line; @param text Markdown without raw HTML, at most 10,000 characters */
    record Telling(@Nullable String title, @Nullable String text) {}

    /** Stops judging; what is sent until the closing waits. */
    @Post("/pause")
    TaskView pause(Caller caller, @PathVariable String task, @Body Why why) {
        TaskVersion found = tasks.organized(task, caller);
        pause.pause(caller.account(), found, why.reason());
        return view(task, caller);
    }

    /** Goes on after a pause, and brings back what was withdrawn. */
    @Post("/resume")
    TaskView resume(Caller caller, @PathVariable String task) {
        pause.resume(caller.account(), tasks.organized(task, caller));
        return view(task, caller);
    }

    /** Hides the contest from everybody but its organizers. Nothing is deleted. */
    @Post("/withdraw")
    TaskView withdraw(Caller caller, @PathVariable String task, @Body Why why) {
        TaskVersion found = tasks.organized(task, caller);
        pause.withdraw(caller.account(), found, why.reason());
        return view(task, caller);
    }

    /** All three moments as they shall be. The closing only ever moves later. */
    @Put("/phases")
    TaskView phases(Caller caller, @PathVariable String task, @Body Moments wanted) {
        TaskVersion found = tasks.organized(task, caller);
        phases.move(
                caller.account(),
                found,
                new TaskFile.Phases(whole(wanted.opens()), whole(wanted.closes()), whole(wanted.reveals())));
        return view(task, caller);
    }

    /** What the organizers have told, the newest first. */
    @Get("/announcements")
    Page<Announcements.Announcement> announcements(
            Visitor visitor, @PathVariable String task, @QueryValue @Nullable Long after) {
        return announcements.page(tasks.visible(task, visitor).task(), after == null ? Long.MAX_VALUE : after);
    }

    /** One of them. */
    @Get("/announcements/{id}")
    Announcements.Announcement announcement(Visitor visitor, @PathVariable String task, @PathVariable String id) {
        return announcements
                .find(tasks.visible(task, visitor).task(), Ids.parse(id))
                .orElseThrow(Refusal::notFound);
    }

    /** Tells everybody who may see the contest. */
    @Post("/announcements")
    HttpResponse<Announcements.Announcement> announce(
            HttpRequest<?> request, Caller caller, @PathVariable String task, @Body Telling telling) {
        TaskVersion found = tasks.organized(task, caller);
        String digest = Digests.of(telling.title() + "\n" + telling.text());
        Optional<Idempotency.Key> key = idempotency.keyOf(request, caller.account(), digest);
        Optional<URI> before = key.flatMap(idempotency::madeBefore);
        if (before.isPresent()) {
            String id = before.get().getPath().replaceFirst(".*/", "");
            return HttpResponse.ok(
                            announcements.find(found.task(), Ids.parse(id)).orElseThrow(Refusal::notFound))
                    .header(HttpHeaders.LOCATION, before.get().toString());
        }
        Announcements.Announcement made = announcements.add(
                caller.account(),
                found,
                telling.title(),
                telling.text(),
                id -> key.ifPresent(known -> idempotency.made(known, HttpStatus.CREATED, location(found, id))));
        return HttpResponse.created(made, location(found, made.id()));
    }

    /** What happened to this contest and its board, the newest first. */
    @Get("/changes")
    Page<ChangeLog.Change> changes(Visitor visitor, @PathVariable String task, @QueryValue @Nullable Long after) {
        return changes.page(tasks.visible(task, visitor).task(), after == null ? Long.MAX_VALUE : after);
    }

    /** As databases keep it. */
    private static @Nullable Instant whole(@Nullable Instant moment) {
        return moment == null ? null : moment.truncatedTo(ChronoUnit.MILLIS);
    }

    private TaskView view(String slug, Caller caller) {
        return views.of(tasks.find(slug).orElseThrow(Refusal::notFound), caller);
    }

    private static URI location(TaskVersion task, UUID announcement) {
        return URI.create("/api/tasks/" + task.slug() + "/announcements/" + announcement);
    }
}
