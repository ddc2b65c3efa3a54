package touchstone.api.judging;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import touchstone.api.account.Caller;
import touchstone.api.http.Conditional;
import touchstone.api.http.Refusal;
import touchstone.api.task.TaskVersion;
import touchstone.api.task.Tasks;

/** What a draft is worth, before anybody sees it. */
@Controller("/api/tasks/{task}/try-out")
@Tag(name = "tasks")
final class TryOutController {
    private final Tasks tasks;
    private final TryOuts tryOuts;
    private final JsonText json;

    TryOutController(Tasks tasks, TryOuts tryOuts, JsonText json) {
        this.tasks = tasks;
        this.tryOuts = tryOuts;
        this.json = json;
    }

    /** Judges the plain strategy under the draft with ten seeds. A draft is tried out once; asking again makes nothing. */
    @Post
    HttpResponse<TryOutReport> begin(Caller caller, @PathVariable String task) {
        TaskVersion draft = tasks.draft(task, caller)
                .orElseThrow(() -> Refusal.conflict(
                        "no-draft", "No draft", "No draft of this task waits. Send one: POST /api/tasks?draft=true."));
        boolean begun = tryOuts.begin(caller, draft);
        TryOutReport report = tryOuts.report(draft.task()).orElseThrow(Refusal::notFound);
        URI location = URI.create("/api/tasks/" + task + "/try-out");
        return begun
                ? HttpResponse.created(report, location)
                : HttpResponse.ok(report).header(HttpHeaders.LOCATION, location.toString());
    }

    /** The latest try-out as far as it has come. Ask again with If-None-Match. */
    @Get
    @ApiResponse(
            responseCode = "200",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TryOutReport.class)))
    HttpResponse<byte[]> get(HttpRequest<?> request, Caller caller, @PathVariable String task) {
        TaskVersion found = tasks.organized(task, caller);
        TryOutReport report = tryOuts.report(found.task()).orElseThrow(Refusal::notFound);
        byte[] body = json.write(report).getBytes(StandardCharsets.UTF_8);
        return Conditional.answer(request, body, MediaType.APPLICATION_JSON_TYPE);
    }
}
