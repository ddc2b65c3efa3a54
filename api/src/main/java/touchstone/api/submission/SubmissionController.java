package touchstone.api.submission;

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
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import touchstone.api.account.Caller;
import touchstone.api.account.Visitor;
import touchstone.api.http.Bodies;
import touchstone.api.http.Conditional;
import touchstone.api.http.Idempotency;
import touchstone.api.http.Ids;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Blobs;
import touchstone.api.task.TaskVersion;
import touchstone.api.task.Tasks;
import touchstone.spec.job.CheckReport;

/** Checking strategies, submitting them, and what became of them. */
@Controller("/api")
@Tag(name = "submissions")
final class SubmissionController {
    /** Whatever a task allows, no strategy is larger. */
    private static final long ARCHIVE_BYTES_MAX = 200_000_000;

    private final Tasks tasks;
    private final StrategyCheck check;
    private final SubmissionIntake intake;
    private final Submissions submissions;
    private final SubmissionAnswers answers;
    private final SubmissionCancel cancel;
    private final Optional<Judgements> judgements;
    private final Teams teams;
    private final Bodies bodies;
    private final Idempotency idempotency;
    private final InstantSource clock;

    SubmissionController(
            Tasks tasks,
            StrategyCheck check,
            SubmissionIntake intake,
            Submissions submissions,
            SubmissionAnswers answers,
            SubmissionCancel cancel,
            Optional<Judgements> judgements,
            Teams teams,
            Bodies bodies,
            Idempotency idempotency,
            InstantSource clock) {
        this.tasks = tasks;
        this.check = check;
        this.intake = intake;
        this.submissions = submissions;
        this.answers = answers;
        this.cancel = cancel;
        this.judgements = judgements;
        this.teams = teams;
        this.bodies = bodies;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    /** @param reason one line that everybody reads, at most 400 characters */
    record Why(@Nullable String reason) {}

    /** @param strategy the digest that a check answered */
    record ByDigest(String strategy) {}

    /** Checks a strategy and spends nothing. The body is the zip itself. */
    @Post(
            uri = "/tasks/{task}/strategies/check",
            consumes = {"application/zip", MediaType.APPLICATION_OCTET_STREAM})
    CheckReport check(
            HttpRequest<?> request, Caller caller, @PathVariable String task, @Body @Nullable InputStream body)
            throws IOException {
        try (body) {
            TaskVersion version = tasks.visible(task, visitor(caller));
            try (Blobs.Incoming archive = bodies.archive(request, body, bytesMax(version))) {
                return check.check(caller.account(), version, archive);
            }
        }
    }

    /**
     * Submits a strategy. The body is the zip itself. A strategy that the team has submitted before is answered with 200,
     * what became of it, and {@code sentBefore}.
     */
    @Post(
            uri = "/tasks/{task}/submissions",
            consumes = {"application/zip", MediaType.APPLICATION_OCTET_STREAM})
    HttpResponse<SubmissionView> submit(
            HttpRequest<?> request, Caller caller, @PathVariable String task, @Body @Nullable InputStream body)
            throws IOException {
        Instant began = clock.instant();
        try (body) {
            return submit(request, caller, tasks.visible(task, visitor(caller)), began, body);
        }
    }

    private HttpResponse<SubmissionView> submit(
            HttpRequest<?> request, Caller caller, TaskVersion version, Instant began, @Nullable InputStream body) {
        try (Blobs.Incoming archive = bodies.archive(request, body, bytesMax(version))) {
            Optional<Idempotency.Key> key = idempotency.keyOf(request, caller.account(), archive.digest());
            Optional<URI> before = key.flatMap(idempotency::madeBefore);
            if (before.isPresent()) return again(caller, before.get());
            CheckReport report = check.check(caller.account(), version, archive);
            return submit(caller, version, String.valueOf(report.strategy()), began, key);
        }
    }

    /** Submits what was checked before, by its digest; nothing is sent twice. */
    @Post(uri = "/tasks/{task}/submissions", consumes = MediaType.APPLICATION_JSON)
    HttpResponse<SubmissionView> submitChecked(
            HttpRequest<?> request, Caller caller, @PathVariable String task, @Body ByDigest wanted) {
        Instant began = clock.instant();
        TaskVersion version = tasks.visible(task, visitor(caller));
        String strategy = wanted.strategy();
        if (strategy == null) throw Refusal.badRequest("bad-request", "\"strategy\" is missing in the JSON body.");
        Optional<Idempotency.Key> key = idempotency.keyOf(request, caller.account(), strategy);
        Optional<URI> before = key.flatMap(idempotency::madeBefore);
        return before.isPresent() ? again(caller, before.get()) : submit(caller, version, strategy, began, key);
    }

    private HttpResponse<SubmissionView> submit(
            Caller caller, TaskVersion task, String strategy, Instant began, Optional<Idempotency.Key> key) {
        SubmissionIntake.Accepted accepted = intake.submit(
                caller,
                task,
                strategy,
                began,
                made -> key.ifPresent(
                        known -> idempotency.made(known, HttpStatus.CREATED, location(made.submission()))));
        if (!accepted.isNew()) {
            Submission before = submissions.visible(accepted.submission(), caller);
            return HttpResponse.ok(SubmissionView.again(before, judgement(before)))
                    .header(HttpHeaders.LOCATION, location(before.id()).toString());
        }
        return HttpResponse.created(
                view(submissions.visible(accepted.submission(), caller)), location(accepted.submission()));
    }

    private HttpResponse<SubmissionView> again(Caller caller, URI made) {
        UUID id = UUID.fromString(made.getPath().substring("/api/submissions/".length()));
        return HttpResponse.ok(view(submissions.visible(id, caller))).header(HttpHeaders.LOCATION, made.toString());
    }

    /** The own team's submissions, newest first. */
    @Get("/tasks/{task}/submissions")
    Page<SubmissionView> list(Caller caller, @PathVariable String task, @QueryValue @Nullable Integer after) {
        TaskVersion version = tasks.visible(task, visitor(caller));
        Optional<Teams.Team> team = teams.find(version.task(), caller.account());
        if (team.isEmpty()) return new Page<>(List.of(), null);
        Page<Submission> page = submissions.ofTeam(team.get().id(), after == null ? Integer.MAX_VALUE : after);
        Map<UUID, Judgement> judged =
                judgementsOf(page.items().stream().map(Submission::id).toList());
        return new Page<>(
                page.items().stream()
                        .map(submission -> SubmissionView.of(
                                submission, judged.getOrDefault(submission.id(), Judgement.waiting())))
                        .toList(),
                page.next());
    }

    /** A submission and what became of it. Ask again with If-None-Match. */
    @Get("/submissions/{id}")
    @ApiResponse(
            responseCode = "200",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = SubmissionView.class)))
    HttpResponse<byte[]> get(HttpRequest<?> request, Caller caller, @PathVariable String id) {
        SubmissionAnswers.Answer answer = answers.of(Ids.parse(id), caller);
        return Conditional.answer(request, answer.body(), answer.tag(), MediaType.APPLICATION_JSON_TYPE);
    }

    /**
     * Withdraws a submission that is not settled yet: one that waits, runs, or waits on us. Its charge is given back when no
     * machine had begun with it; {@code cost} says so. What is cancelled already is answered as it is.
     */
    @Post("/submissions/{id}/cancel")
    SubmissionView cancel(Caller caller, @PathVariable String id) {
        Submission submission = submissions.own(Ids.parse(id), caller);
        cancel.cancel(submission);
        return view(submissions.visible(submission.id(), caller));
    }

    /**
     * Withdraws a submission of a team that is not settled yet, such as one that is held and can never be judged. Its charge is
     * given back; the reason stands in the public change log. Organizers, in tasks of their own, and administrators.
     */
    @Post("/operator/submissions/{id}/cancel")
    @Tag(name = "operator")
    SubmissionView cancelFor(Caller caller, @PathVariable String id, @Body Why why) {
        Submission submission = submissions.visible(Ids.parse(id), caller);
        tasks.organized(submission.taskSlug(), caller);
        cancel.cancelFor(caller.account(), submission, why.reason());
        return view(submissions.visible(submission.id(), caller));
    }

    private SubmissionView view(Submission submission) {
        return SubmissionView.of(submission, judgement(submission));
    }

    private Judgement judgement(Submission submission) {
        return judgementsOf(List.of(submission.id())).getOrDefault(submission.id(), Judgement.waiting());
    }

    private Map<UUID, Judgement> judgementsOf(List<UUID> ids) {
        return judgements.map(known -> known.of(ids)).orElse(Map.of());
    }

    private static Visitor visitor(Caller caller) {
        return new Visitor(Optional.of(caller));
    }

    private static long bytesMax(TaskVersion task) {
        return Math.min(ARCHIVE_BYTES_MAX, task.file().budget().archiveMegabytes() * 1_000_000L);
    }

    private static URI location(UUID submission) {
        return URI.create("/api/submissions/" + submission);
    }
}
