package touchstone.api.task;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.server.types.files.StreamedFile;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import touchstone.api.account.Caller;
import touchstone.api.account.Visitor;
import touchstone.api.audit.Audit;
import touchstone.api.http.BlobAnswer;
import touchstone.api.http.Conditional;
import touchstone.api.http.Idempotency;
import touchstone.api.http.PublicAddress;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Digests;

/** Tasks on their way out: exported, cloned, described for other tools. */
@Controller("/api/tasks/{task}")
@Tag(name = "tasks")
final class TaskCopyController {
    private static final MediaType ZIP = MediaType.of("application/zip");
    private static final MediaType JSON_LD = MediaType.of("application/ld+json");

    private final Tasks tasks;
    private final TaskViews views;
    private final TaskArchives archives;
    private final TaskClone clone;
    private final Croissant croissant;
    private final PublicAddress address;
    private final Idempotency idempotency;
    private final Audit audit;
    private final InstantSource clock;

    TaskCopyController(
            Tasks tasks,
            TaskViews views,
            TaskArchives archives,
            TaskClone clone,
            Croissant croissant,
            PublicAddress address,
            Idempotency idempotency,
            Audit audit,
            InstantSource clock) {
        this.tasks = tasks;
        this.views = views;
        this.archives = archives;
        this.clone = clone;
        this.croissant = croissant;
        this.address = address;
        this.idempotency = idempotency;
        this.audit = audit;
        this.clock = clock;
    }

    /** @param name of the new task */
    record Named(@Nullable String name) {}

    /**
     * The archive of the current version as it was uploaded, hidden test and all; for organizers. Sent to a server it makes the
     * same task digest again.
     */
    @Get(uri = "/export", produces = "application/zip")
    HttpResponse<?> export(Caller caller, @PathVariable String task) {
        TaskVersion found = tasks.organized(task, caller);
        audit.record(caller.account(), "task.export", found.slug(), "version " + found.version());
        StreamedFile file = BlobAnswer.of(archives.open(found), ZIP, changed(found));
        return HttpResponse.ok(file.attach(found.slug() + "-" + found.version() + "-task.zip"))
                .header(HttpHeaders.ETAG, '"' + archives.digest(found) + '"')
                .header(HttpHeaders.CACHE_CONTROL, "private, no-store");
    }

    private Instant changed(TaskVersion task) {
        Instant published = task.published();
        return published == null ? clock.instant() : published;
    }

    /** A draft of one's own from a task that one organizes, under another name. */
    @Post("/clone")
    HttpResponse<TaskView> clone(HttpRequest<?> request, Caller caller, @PathVariable String task, @Body Named named) {
        TaskVersion source = tasks.organized(task, caller);
        MayCreate.check(caller);
        String wanted = String.valueOf(named.name());
        Optional<Idempotency.Key> key = idempotency.keyOf(request, caller.account(), Digests.of(wanted));
        Optional<URI> before = key.flatMap(idempotency::madeBefore);
        if (before.isPresent())
            return HttpResponse.ok(draft(wanted, caller))
                    .header(HttpHeaders.LOCATION, before.get().toString());
        TaskPublication.Published made = clone.make(
                caller.account(),
                source,
                named.name(),
                published -> key.ifPresent(
                        known -> idempotency.made(known, HttpStatus.CREATED, location(published.slug()))));
        TaskView view = draft(made.slug(), caller);
        return made.isNew()
                ? HttpResponse.created(view, location(made.slug()))
                : HttpResponse.ok(view)
                        .header(HttpHeaders.LOCATION, location(made.slug()).toString());
    }

    private TaskView draft(String slug, Caller caller) {
        return views.of(tasks.draft(slug, caller).orElseThrow(Refusal::notFound), caller);
    }

    private static URI location(String slug) {
        return URI.create("/api/tasks/" + slug + "/draft");
    }

    /** What contestants download, described for dataset tools: Croissant 1.0 (JSON-LD). Nothing of the hidden test. */
    @Get(
            uri = "/croissant",
            produces = {"application/ld+json", MediaType.APPLICATION_JSON})
    @ApiResponse(
            responseCode = "200",
            content = @Content(mediaType = "application/ld+json", schema = @Schema(type = "object")))
    HttpResponse<byte[]> croissant(HttpRequest<?> request, Visitor visitor, @PathVariable String task) {
        TaskVersion found = tasks.visible(task, visitor);
        return Conditional.answer(request, croissant.of(found, address.own(request)), JSON_LD);
    }
}
