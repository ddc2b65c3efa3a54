package touchstone.api.submission;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Patch;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Caller;
import touchstone.api.account.Visitor;
import touchstone.api.http.Idempotency;
import touchstone.api.http.Ids;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Digests;
import touchstone.api.task.Invitations;
import touchstone.api.task.TaskVersion;
import touchstone.api.task.Tasks;

/** Who competes together. */
@Controller("/api/tasks/{task}")
@Tag(name = "teams")
final class TeamController {
    private final Tasks tasks;
    private final Teams teams;
    private final TeamChanges changes;
    private final TeamListing listing;
    private final TeamFreeze freeze;
    private final Invitations invitations;
    private final Idempotency idempotency;
    private final InstantSource clock;

    TeamController(
            Tasks tasks,
            Teams teams,
            TeamChanges changes,
            TeamListing listing,
            TeamFreeze freeze,
            Invitations invitations,
            Idempotency idempotency,
            InstantSource clock) {
        this.tasks = tasks;
        this.teams = teams;
        this.changes = changes;
        this.listing = listing;
        this.freeze = freeze;
        this.invitations = invitations;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    /** @param name as the board will show it */
    record NewTeam(@Nullable String name) {}

    /** @param name null = stays; @param captain the name of a member; null = stays */
    record Edit(@Nullable String name, @Nullable String captain) {}

    /** @param code as the captain handed it on */
    record Join(@Nullable String code) {}

    /** The own team. */
    @Get("/team")
    TeamView get(Caller caller, @PathVariable String task) {
        return view(visible(task, caller), caller);
    }

    /** Makes a team with the caller on it, before the first submission. Whoever submits without one gets a team of one. */
    @Post("/team")
    HttpResponse<TeamView> create(
            HttpRequest<?> request, Caller caller, @PathVariable String task, @Body NewTeam wanted) {
        TaskVersion version = visible(task, caller);
        URI location = URI.create("/api/tasks/" + version.slug() + "/team");
        Optional<Idempotency.Key> key = idempotency.keyOf(request, caller.account(), Digests.of(wanted.toString()));
        if (key.flatMap(idempotency::madeBefore).isPresent()) return HttpResponse.ok(view(version, caller));
        changes.create(
                version,
                caller,
                wanted.name(),
                () -> key.ifPresent(known -> idempotency.made(known, HttpStatus.CREATED, location)));
        return HttpResponse.created(view(version, caller), location);
    }

    /** Another name, until a submission was scored; another captain. For the captain. */
    @Patch("/team")
    TeamView edit(Caller caller, @PathVariable String task, @Body Edit wanted) {
        TaskVersion version = visible(task, caller);
        changes.edit(version, caller, wanted.name(), wanted.captain());
        return view(version, caller);
    }

    /** Makes a code by which others join, which is told this once. For the captain. */
    @Post("/team/invitations")
    HttpResponse<Invitations.Invitation> invite(
            HttpRequest<?> request, Caller caller, @PathVariable String task, @Body Invitations.Wanted wanted) {
        TaskVersion version = visible(task, caller);
        Optional<Idempotency.Key> key = idempotency.keyOf(request, caller.account(), Digests.of(wanted.toString()));
        Optional<URI> before = key.flatMap(idempotency::madeBefore);
        if (before.isPresent()) {
            String path = before.get().getPath();
            UUID made = UUID.fromString(path.substring(path.lastIndexOf('/') + 1));
            return HttpResponse.ok(invitations.find(made).orElseThrow(Refusal::notFound));
        }
        Invitations.Invitation made = changes.invite(
                version,
                caller,
                wanted,
                invitation -> key.ifPresent(
                        known -> idempotency.made(known, HttpStatus.CREATED, location(version, invitation))));
        return HttpResponse.created(made, location(version, made));
    }

    private static URI location(TaskVersion task, Invitations.Invitation made) {
        return URI.create("/api/tasks/" + task.slug() + "/team/invitations/" + made.id());
    }

    /** Takes a code back. Who came by it stays. For the captain. */
    @Delete("/team/invitations/{id}")
    HttpResponse<?> takeBack(Caller caller, @PathVariable String task, @PathVariable String id) {
        changes.takeBack(visible(task, caller), caller, Ids.parse(id));
        return HttpResponse.noContent();
    }

    /** Onto the team that the code leads to. Every code that is not good is answered alike. */
    @Post("/team/join")
    TeamView join(Caller caller, @PathVariable String task, @Body Join wanted) {
        TaskVersion version = visible(task, caller);
        changes.join(version, caller, wanted.code());
        return view(version, caller);
    }

    /** Off the own team, until a submission of it was scored. A team that nobody is on and that sent nothing ends. */
    @Post("/team/leave")
    HttpResponse<?> leave(Caller caller, @PathVariable String task) {
        changes.leave(visible(task, caller), caller);
        return HttpResponse.noContent();
    }

    /** Takes a member off the team, and all its codes back. For the captain. */
    @Delete("/team/members/{name}")
    HttpResponse<?> putOff(Caller caller, @PathVariable String task, @PathVariable String name) {
        changes.putOff(visible(task, caller), caller, name);
        return HttpResponse.noContent();
    }

    /** All teams, by name. For organizers. */
    @Get("/teams")
    Page<TeamListing.Entry> list(Caller caller, @PathVariable String task, @QueryValue @Nullable String after) {
        return listing.page(tasks.organized(task, caller).task(), after);
    }

    /** Lets a team's members change until it is frozen again, whatever is scored meanwhile. For organizers. */
    @Post("/teams/{id}/unfreeze")
    HttpResponse<?> unfreeze(Caller caller, @PathVariable String task, @PathVariable String id) {
        freeze.unfreeze(tasks.organized(task, caller), caller, Ids.parse(id), clock.instant());
        return HttpResponse.noContent();
    }

    /** Takes an unfreeze back: the team is frozen once a submission of it was scored. For organizers. */
    @Post("/teams/{id}/freeze")
    HttpResponse<?> freeze(Caller caller, @PathVariable String task, @PathVariable String id) {
        freeze.freeze(tasks.organized(task, caller), caller, Ids.parse(id));
        return HttpResponse.noContent();
    }

    private TaskVersion visible(String task, Caller caller) {
        return tasks.visible(task, new Visitor(Optional.of(caller)));
    }

    private TeamView view(TaskVersion task, Caller caller) {
        Teams.Team team = teams.find(task.task(), caller.account()).orElseThrow(Refusal::notFound);
        boolean captain = !team.baseline() && caller.account().equals(team.captain());
        return new TeamView(
                team.id(),
                team.name(),
                team.baseline(),
                captain,
                team.frozen(),
                team.scored(),
                task.file().teams().members(),
                teams.members(team.id(), caller.account()),
                captain ? invitations.openOf(team.id()) : List.of());
    }
}
