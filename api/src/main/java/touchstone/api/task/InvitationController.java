package touchstone.api.task;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Caller;
import touchstone.api.http.Idempotency;
import touchstone.api.http.Ids;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Digests;

/** Letting people into an invited task. */
@Controller("/api")
@Tag(name = "organizing")
final class InvitationController {
    private final Tasks tasks;
    private final Guests guests;
    private final Invitations invitations;
    private final Idempotency idempotency;

    InvitationController(Tasks tasks, Guests guests, Invitations invitations, Idempotency idempotency) {
        this.tasks = tasks;
        this.guests = guests;
        this.invitations = invitations;
        this.idempotency = idempotency;
    }

    /**
     * @param account the name of one person, who sees the task at once; null = a code is made
     * @param uses people who may come by the code, 1 to 1000; null = 1
     * @param days how long the code is good, 1 to 365; null = 14
     */
    record NewInvitation(
            @Nullable String account,
            @Nullable Integer uses,
            @Nullable Integer days) {}

    /** @param code as it was handed on */
    record Accept(@Nullable String code) {}

    /** Where the code leads. */
    record Accepted(String task, String title) {}

    /** Who was invited and how, the newest first; without the codes. */
    @Get("/tasks/{task}/invitations")
    Page<Invitations.Invitation> list(Caller caller, @PathVariable String task, @QueryValue @Nullable Long after) {
        TaskVersion organized = tasks.organized(task, caller);
        return invitations.page(organized.task(), after == null ? Long.MAX_VALUE : after);
    }

    /** Invites by a code, which is told this once, or one person by name. */
    @Post("/tasks/{task}/invitations")
    HttpResponse<Invitations.Invitation> invite(
            HttpRequest<?> request, Caller caller, @PathVariable String task, @Body NewInvitation wanted) {
        TaskVersion organized = tasks.organized(task, caller);
        Optional<Idempotency.Key> key = idempotency.keyOf(request, caller.account(), Digests.of(wanted.toString()));
        Optional<UUID> before = key.flatMap(idempotency::madeBefore).map(InvitationController::idOf);
        if (before.isPresent())
            return HttpResponse.ok(invitations.find(before.get()).orElseThrow(Refusal::notFound));
        Invitations.Invitation made = guests.invite(
                organized,
                caller,
                wanted.account(),
                new Invitations.Wanted(wanted.uses(), wanted.days()),
                invitation -> key.ifPresent(
                        known -> idempotency.made(known, HttpStatus.CREATED, location(organized, invitation))));
        return HttpResponse.created(made, location(organized, made));
    }

    /** Takes an invitation back. Who came by a code stays in. */
    @Delete("/tasks/{task}/invitations/{id}")
    HttpResponse<?> takeBack(Caller caller, @PathVariable String task, @PathVariable String id) {
        TaskVersion organized = tasks.organized(task, caller);
        guests.takeBack(organized, caller, Ids.parse(id));
        return HttpResponse.noContent();
    }

    /** Comes in by a code; from then on the task is visible. Every code that is not good is answered alike. */
    @Post("/invitations/accept")
    Accepted accept(Caller caller, @Body Accept wanted) {
        TaskVersion task = guests.accept(caller, wanted.code());
        return new Accepted(task.slug(), task.title());
    }

    private static URI location(TaskVersion task, Invitations.Invitation made) {
        return URI.create("/api/tasks/" + task.slug() + "/invitations/" + made.id());
    }

    private static UUID idOf(URI location) {
        return UUID.fromString(location.getPath().substring(location.getPath().lastIndexOf('/') + 1));
    }
}
