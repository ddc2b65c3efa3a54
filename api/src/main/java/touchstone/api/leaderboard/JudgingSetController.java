package touchstone.api.leaderboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import touchstone.api.account.Caller;
import touchstone.api.http.Idempotency;
import touchstone.api.http.Ids;
import touchstone.api.http.Page;
import touchstone.api.http.PeoplesText;
import touchstone.api.http.Refusal;
import touchstone.api.judging.JudgingSet;
import touchstone.api.judging.JudgingSets;
import touchstone.api.judging.SetEnding;
import touchstone.api.storage.Database;
import touchstone.api.storage.Digests;
import touchstone.api.task.TaskVersion;
import touchstone.api.task.Tasks;

/** Judging again, the final and ablations, for organizers: made, looked at, and applied or dropped as a whole. */
@Controller("/api")
@Tag(name = "judging sets")
final class JudgingSetController {
    private static final int REASON_CHARACTERS_MAX = 400;

    private final Tasks tasks;
    private final JudgingSets sets;
    private final SetMaking making;
    private final SetEnding ending;
    private final SetPreview preview;
    private final AblationPreview ablations;
    private final Database database;
    private final Idempotency idempotency;
    private final ObjectMapper json;

    JudgingSetController(
            Tasks tasks,
            JudgingSets sets,
            SetMaking making,
            SetEnding ending,
            SetPreview preview,
            AblationPreview ablations,
            Database database,
            Idempotency idempotency,
            ObjectMapper json) {
        this.tasks = tasks;
        this.sets = sets;
        this.making = making;
        this.ending = ending;
        this.preview = preview;
        this.ablations = ablations;
        this.database = database;
        this.idempotency = idempotency;
        this.json = json;
    }

    /**
     * A judging set.
     *
     * @param state open, previewed (all is judged), applied or dropped
     * @param version that the submissions are judged under
     * @param by null = the server itself
     * @param choose as it was asked for
     * @param preview old against new; null = not judged to the end, or an ablation
     * @param ablation with everything against without a part; null = not judged to the end, or no ablation
     */
    record View(
            UUID id,
            String task,
            JudgingSet.Kind kind,
            JudgingSet.State state,
            @Nullable Integer version,
            String reason,
            @Nullable String by,
            Instant created,
            @Nullable Instant ended,

            @Schema(implementation = SetMaking.Choose.class, nullable = true) @Nullable
            JsonNode choose,

            JudgingSets.Progress progress,
            SetPreview.@Nullable Preview preview,
            AblationPreview.@Nullable Preview ablation) {}

    /** Makes a set. Nobody but organizers sees anything of it before it is applied, and of an ablation never. */
    @Post("/tasks/{task}/judging-sets")
    HttpResponse<View> make(
            HttpRequest<?> request, Caller caller, @PathVariable String task, @Body SetMaking.Wanted wanted) {
        TaskVersion version = tasks.organized(task, caller);
        Optional<Idempotency.Key> key = idempotency.keyOf(request, caller.account(), Digests.of(write(wanted)));
        Optional<URI> before = key.flatMap(idempotency::madeBefore);
        if (before.isPresent()) {
            UUID made = UUID.fromString(before.get().getPath().substring("/api/judging-sets/".length()));
            return HttpResponse.ok(view(organized(made, caller)))
                    .header(HttpHeaders.LOCATION, before.get().toString());
        }
        UUID set = making.make(
                version,
                caller,
                wanted,
                made -> key.ifPresent(known -> idempotency.made(known, HttpStatus.CREATED, location(made))));
        return HttpResponse.created(view(organized(set, caller)), location(set));
    }

    /** The sets of a task, newest first, without previews. */
    @Get("/tasks/{task}/judging-sets")
    Page<View> list(Caller caller, @PathVariable String task, @QueryValue @Nullable Integer after) {
        TaskVersion version = tasks.organized(task, caller);
        int first = after == null ? 0 : Math.max(0, after);
        List<View> found = sets.ofTask(version.task(), first, Page.ITEMS_MAX + 1).stream()
                .map(set -> view(set, version.slug(), null, null))
                .toList();
        boolean more = found.size() > Page.ITEMS_MAX;
        return new Page<>(
                more ? found.subList(0, Page.ITEMS_MAX) : found,
                more ? Integer.toString(first + Page.ITEMS_MAX) : null);
    }

    /** How far a set has come, and when all is judged what it changes. */
    @Get("/judging-sets/{id}")
    View get(Caller caller, @PathVariable String id) {
        return view(organized(Ids.parse(id), caller));
    }

    /** Old against new for each submission that is judged so far. */
    @Get("/judging-sets/{id}/submissions")
    Page<SetPreview.SubmissionChange> submissions(
            Caller caller, @PathVariable String id, @QueryValue @Nullable Integer after) {
        JudgingSet set = organized(Ids.parse(id), caller);
        refuseWhenAblation(set);
        return SetPreview.page(preview.submissions(set), after == null ? 0 : after);
    }

    /** Old against new rank of each team, as far as it is judged. */
    @Get("/judging-sets/{id}/teams")
    Page<SetPreview.TeamChange> teams(Caller caller, @PathVariable String id, @QueryValue @Nullable Integer after) {
        JudgingSet set = organized(Ids.parse(id), caller);
        refuseWhenAblation(set);
        return SetPreview.page(preview.teams(set), after == null ? 0 : after);
    }

    private static void refuseWhenAblation(JudgingSet set) {
        if (set.kind() == JudgingSet.Kind.ABLATION)
            throw Refusal.conflict(
                    "judging-set-kind", "It changes no board", "An ablation has no old and new: read …/ablations.");
    }

    /** With everything against without each part, for each submission of an ablation, as far as it is judged. */
    @Get("/judging-sets/{id}/ablations")
    Page<AblationPreview.Ablated> ablations(
            Caller caller, @PathVariable String id, @QueryValue @Nullable Integer after) {
        JudgingSet set = organized(Ids.parse(id), caller);
        if (set.kind() != JudgingSet.Kind.ABLATION)
            throw Refusal.conflict(
                    "judging-set-kind",
                    "It is no ablation",
                    "A set of kind " + set.kind().word() + " leaves nothing out: read …/submissions and …/teams.");
        return ablations.submissions(set, after == null ? 0 : after);
    }

    /** @param reason one line, at most 400 characters; everybody reads it once the set is applied */
    record LeftOut(@Nullable UUID submission, @Nullable String reason) {}

    /**
     * Judges the rest of a set without a submission that is held in it and can never be judged. It keeps what it had. What
     * waits or runs is refused ({@code not-held}). When the set is applied, the public change log tells which was left out
     * and why.
     */
    @Post("/judging-sets/{id}/leave-out")
    View leaveOut(Caller caller, @PathVariable String id, @Body LeftOut wanted) {
        JudgingSet set = organized(Ids.parse(id), caller);
        UUID submission = wanted.submission();
        if (submission == null)
            throw Refusal.badRequest("judging-set", "\"submission\" is missing; write the id of one of the set's.");
        String reason = PeoplesText.line("reason", wanted.reason(), REASON_CHARACTERS_MAX);
        ending.leaveOut(set.id(), submission, caller.account(), reason);
        return view(organized(set.id(), caller));
    }

    /** Puts a set on the board as a whole. Again changes nothing. */
    @Post("/judging-sets/{id}/apply")
    View apply(Caller caller, @PathVariable String id) {
        JudgingSet set = organized(Ids.parse(id), caller);
        ending.apply(set.id(), caller.account());
        return view(organized(set.id(), caller));
    }

    /** Stops what still runs and leaves everything as it is. Again changes nothing. */
    @Post("/judging-sets/{id}/drop")
    View drop(Caller caller, @PathVariable String id) {
        JudgingSet set = organized(Ids.parse(id), caller);
        ending.drop(set.id(), caller.account());
        return view(organized(set.id(), caller));
    }

    /** Whoever may not see it learns nothing of it, not even that it exists. */
    private JudgingSet organized(UUID id, Caller caller) {
        JudgingSet set = sets.find(id).orElseThrow(Refusal::notFound);
        try {
            tasks.organized(slug(set), caller);
        } catch (Refusal e) {
            throw Refusal.notFound();
        }
        return set;
    }

    private String slug(JudgingSet set) {
        return database.get("select slug from task where id = ?", row -> row.text("slug"), set.task());
    }

    private View view(JudgingSet set) {
        JudgingSets.Progress progress = sets.progress(set.id());
        boolean judged = progress.missing() == 0 && progress.settled() > 0;
        boolean ablation = set.kind() == JudgingSet.Kind.ABLATION;
        return view(
                set,
                slug(set),
                judged && !ablation ? preview.of(set) : null,
                judged && ablation ? ablations.of(set) : null);
    }

    private View view(
            JudgingSet set,
            String slug,
            SetPreview.@Nullable Preview shown,
            AblationPreview.@Nullable Preview ablation) {
        return new View(
                set.id(),
                slug,
                set.kind(),
                set.state(),
                set.version(),
                set.reason(),
                set.actor() == null ? null : name(set.actor()),
                set.created(),
                set.ended(),
                set.choice() == null ? null : read(set.choice()),
                sets.progress(set.id()),
                shown,
                ablation);
    }

    private String name(UUID account) {
        return database.get("select name from account where id = ?", row -> row.text("name"), account);
    }

    private JsonNode read(String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored choice cannot be read.", e);
        }
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static URI location(UUID set) {
        return URI.create("/api/judging-sets/" + set);
    }
}
