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
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.server.types.files.StreamedFile;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import touchstone.api.account.Caller;
import touchstone.api.account.Visitor;
import touchstone.api.http.BlobAnswer;
import touchstone.api.http.Bodies;
import touchstone.api.http.Idempotency;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Blobs;

/** Contests, and what contestants download of them. */
@Controller("/api/tasks")
@Tag(name = "tasks")
final class TaskController {
    /** A task brings its images along; this bounds what an organizer can fill the disk with at once. */
    private static final long ARCHIVE_BYTES_MAX = 1_000_000_000;

    private final Tasks tasks;
    private final TaskListing listing;
    private final TaskPublication publication;
    private final TaskViews views;
    private final Bodies bodies;
    private final Blobs blobs;
    private final Idempotency idempotency;
    private final InstantSource clock;

    TaskController(
            Tasks tasks,
            TaskListing listing,
            TaskPublication publication,
            TaskViews views,
            Bodies bodies,
            Blobs blobs,
            Idempotency idempotency,
            InstantSource clock) {
        this.tasks = tasks;
        this.listing = listing;
        this.publication = publication;
        this.views = views;
        this.bodies = bodies;
        this.blobs = blobs;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    /** Contests that the visitor may see, by name. */
    @Get
    Page<TaskListing.Entry> list(Visitor visitor, @QueryValue @Nullable String after) {
        return listing.page(visitor, after);
    }

    /** One contest in its current version. */
    @Get("/{task}")
    TaskView get(Visitor visitor, @PathVariable String task) {
        return views.of(tasks.visible(task, visitor), visitor);
    }

    /** What contestants get: base set and validation set, as a zip. Never the hidden test. */
    @Get(uri = "/{task}/data", produces = "application/zip")
    HttpResponse<?> data(Visitor visitor, @PathVariable String task) {
        TaskVersion found = tasks.visible(task, visitor);
        StreamedFile file =
                BlobAnswer.of(blobs.open(found.publicBlob()), MediaType.of("application/zip"), clock.instant());
        return HttpResponse.ok(file.attach(found.slug() + "-" + found.version() + ".zip"))
                .header(HttpHeaders.ETAG, '"' + found.publicBlob() + '"');
    }

    /**
     * Publishes a task, or the next version of one's own. With {@code draft=true} it is kept as the draft, which replaces the
     * one before and which organizers alone see. The body is the zip itself.
     */
    @Post(consumes = {"application/zip", MediaType.APPLICATION_OCTET_STREAM})
    HttpResponse<TaskView> publish(
            HttpRequest<?> request,
            Caller caller,
            @QueryValue(defaultValue = "false") boolean draft,
            @Body @Nullable InputStream body)
            throws IOException {
        try (body) {
            MayCreate.check(caller);
            return published(request, caller, draft, body);
        }
    }

    private HttpResponse<TaskView> published(
            HttpRequest<?> request, Caller caller, boolean draft, @Nullable InputStream body) {
        try (Blobs.Incoming archive = bodies.archive(request, body, ARCHIVE_BYTES_MAX)) {
            Optional<Idempotency.Key> key = idempotency.keyOf(
                    request, caller.account(), draft ? "draft " + archive.digest() : archive.digest());
            Optional<URI> before = key.flatMap(idempotency::madeBefore);
            if (before.isPresent())
                return HttpResponse.ok(view(before.get(), caller))
                        .header(HttpHeaders.LOCATION, before.get().toString());
            Consumer<TaskPublication.Published> remember = published -> key.ifPresent(
                    known -> idempotency.made(known, HttpStatus.CREATED, location(published.slug(), draft)));
            TaskPublication.Published made = draft
                    ? publication.draft(caller.account(), archive, remember)
                    : publication.publish(caller.account(), archive, remember);
            URI location = location(made.slug(), draft);
            TaskView view = view(location, caller);
            return made.isNew()
                    ? HttpResponse.created(view, location)
                    : HttpResponse.ok(view).header(HttpHeaders.LOCATION, location.toString());
        }
    }

    private TaskView view(URI made, Caller caller) {
        String[] words = made.getPath().substring("/api/tasks/".length()).split("/");
        Optional<TaskVersion> task = words.length > 1 ? tasks.draft(words[0], caller) : tasks.find(words[0]);
        return views.of(task.orElseThrow(Refusal::notFound), caller);
    }

    private static URI location(String slug, boolean draft) {
        return URI.create("/api/tasks/" + slug + (draft ? "/draft" : ""));
    }
}
