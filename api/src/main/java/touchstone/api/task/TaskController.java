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
import java.io.InputStream;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;
import touchstone.api.account.Caller;
import touchstone.api.account.Visitor;
import touchstone.api.http.BlobAnswer;
import touchstone.api.http.Bodies;
import touchstone.api.http.Idempotency;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.Words;

/** Contests, and what contestants download of them. */
@Controller("/api/tasks")
@Tag(name = "tasks")
final class TaskController {
    /** A task brings its images along; this bounds what an organizer can fill the disk with at once. */
    private static final long ARCHIVE_BYTES_MAX = 1_000_000_000;

    private final Tasks tasks;
    private final TaskListing listing;
    private final TaskPublication publication;
    private final ChangeLog changes;
    private final Optional<Participation> participation;
    private final Bodies bodies;
    private final Blobs blobs;
    private final Idempotency idempotency;
    private final InstantSource clock;

    TaskController(
            Tasks tasks,
            TaskListing listing,
            TaskPublication publication,
            ChangeLog changes,
            Optional<Participation> participation,
            Bodies bodies,
            Blobs blobs,
            Idempotency idempotency,
            InstantSource clock) {
        this.tasks = tasks;
        this.listing = listing;
        this.publication = publication;
        this.changes = changes;
        this.participation = participation;
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
        return view(tasks.visible(task, visitor), visitor);
    }

    /** What happened to this contest and its board, the newest first. */
    @Get("/{task}/changes")
    Page<ChangeLog.Change> changes(Visitor visitor, @PathVariable String task, @QueryValue @Nullable Long after) {
        return changes.page(tasks.visible(task, visitor).task(), after == null ? Long.MAX_VALUE : after);
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

    /** Publishes a task, or the next version of one's own. The body is the zip itself. */
    @Post(consumes = {"application/zip", MediaType.APPLICATION_OCTET_STREAM})
    HttpResponse<TaskView> publish(HttpRequest<?> request, Caller caller, @Body @Nullable InputStream body) {
        if (!caller.mayCreateTasks())
            throw Refusal.of(
                    HttpStatus.FORBIDDEN,
                    "may-not-create-tasks",
                    "Not yours to do",
                    "This account may not create tasks. Ask the one who runs this server.");
        try (Blobs.Incoming archive = bodies.archive(request, body, ARCHIVE_BYTES_MAX)) {
            Optional<Idempotency.Key> key = idempotency.keyOf(request, caller.account(), archive.digest());
            Optional<URI> before = key.flatMap(idempotency::madeBefore);
            if (before.isPresent()) {
                String slug = before.get().getPath().substring("/api/tasks/".length());
                return HttpResponse.ok(view(tasks.find(slug).orElseThrow(Refusal::notFound), visitor(caller)))
                        .header(HttpHeaders.LOCATION, before.get().toString());
            }
            TaskPublication.Published made = publication.publish(
                    caller.account(),
                    archive,
                    published -> key.ifPresent(
                            known -> idempotency.made(known, HttpStatus.CREATED, location(published.slug()))));
            TaskView view = view(tasks.find(made.slug()).orElseThrow(), visitor(caller));
            return made.isNew() ? HttpResponse.created(view, location(made.slug())) : HttpResponse.ok(view);
        }
    }

    private TaskView view(TaskVersion task, Visitor visitor) {
        You you = visitor.caller()
                .flatMap(caller -> participation.map(known -> known.of(task, caller)))
                .orElse(null);
        return TaskView.of(task, Words.of(task.stateAt(clock.instant())), you);
    }

    private static Visitor visitor(Caller caller) {
        return new Visitor(Optional.of(caller));
    }

    private static URI location(String slug) {
        return URI.create("/api/tasks/" + slug);
    }
}
