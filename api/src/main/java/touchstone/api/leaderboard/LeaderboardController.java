package touchstone.api.leaderboard;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.UUID;
import touchstone.api.account.Visitor;
import touchstone.api.http.Conditional;
import touchstone.api.http.Refusal;
import touchstone.api.task.TaskVersion;
import touchstone.api.task.Tasks;

/** The public board. */
@Controller("/api/tasks/{task}/leaderboard")
@Tag(name = "leaderboard")
final class LeaderboardController {
    private static final MediaType CSV = MediaType.of("text/csv;charset=utf-8");

    private final Tasks tasks;
    private final Boards boards;
    private final BoardEntries entries;

    LeaderboardController(Tasks tasks, Boards boards, BoardEntries entries) {
        this.tasks = tasks;
        this.boards = boards;
        this.entries = entries;
    }

    /** The ranking on the public fold. {@code ?format=csv} gives it to spreadsheets. Ask again with If-None-Match. */
    @Get(produces = {MediaType.APPLICATION_JSON, "text/csv"})
    @ApiResponse(
            responseCode = "200",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Board.class)))
    HttpResponse<byte[]> get(
            HttpRequest<?> request, Visitor visitor, @PathVariable String task, @QueryValue @Nullable String format) {
        TaskVersion version = tasks.visible(task, visitor);
        Boards.Ready ready = boards.of(version);
        if ("csv".equals(format)) return Conditional.answer(request, ready.csv(), CSV);
        if (format != null && !format.equals("json"))
            throw Refusal.badRequest("format", "\"format\" is \"" + format + "\"; write json or csv.");
        List<UUID> own = visitor.caller()
                .map(caller -> entries.ofMember(version, caller.account()))
                .orElse(List.of());
        if (own.isEmpty())
            return Conditional.answer(request, ready.body(), ready.tag(), MediaType.APPLICATION_JSON_TYPE);
        byte[] body = boards.bytes(ready.board().shownTo(own));
        return Conditional.answer(request, body, MediaType.APPLICATION_JSON_TYPE);
    }
}
