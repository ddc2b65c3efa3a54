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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import touchstone.api.account.Visitor;
import touchstone.api.http.Conditional;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Digests;
import touchstone.api.task.TaskVersion;
import touchstone.api.task.Tasks;

/** The public board. */
@Controller("/api/tasks/{task}/leaderboard")
@Tag(name = "leaderboard")
final class LeaderboardController {
    private static final MediaType CSV = MediaType.of("text/csv;charset=utf-8");

    private final Tasks tasks;
    private final Boards boards;
    private final BoardFront front;
    private final BoardEntries entries;
    private final BoardText text;
    private final BoardSnapshots snapshots;
    private final FinalBoard finals;

    LeaderboardController(
            Tasks tasks,
            Boards boards,
            BoardFront front,
            BoardEntries entries,
            BoardText text,
            BoardSnapshots snapshots,
            FinalBoard finals) {
        this.tasks = tasks;
        this.boards = boards;
        this.front = front;
        this.entries = entries;
        this.text = text;
        this.snapshots = snapshots;
        this.finals = finals;
    }

    /**
     * The ranking on the public fold, or with {@code ?board=final} the final one when it is out. {@code ?format=csv} gives it
     * to spreadsheets. Ask again with If-None-Match.
     */
    @Get(produces = {MediaType.APPLICATION_JSON, "text/csv"})
    @ApiResponse(
            responseCode = "200",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Board.class)))
    HttpResponse<byte[]> get(
            HttpRequest<?> request,
            Visitor visitor,
            @PathVariable String task,
            @QueryValue @Nullable String format,
            @QueryValue @Nullable String board) {
        TaskVersion version = tasks.visible(task, visitor);
        Boards.Ready ready = ready(version, board);
        if ("csv".equals(format)) return Conditional.answer(request, ready.csv(), CSV);
        if (format != null && !format.equals("json"))
            throw Refusal.badRequest("format", "\"format\" is \"" + format + "\"; write json or csv.");
        if (visitor.caller().isEmpty() && BoardKind.parse(board) == BoardKind.PUBLIC) front.show(version.slug(), ready);
        List<UUID> own = visitor.caller()
                .map(caller -> entries.ofMember(version.task(), caller.account()))
                .orElse(List.of());
        if (own.isEmpty())
            return Conditional.answer(request, ready.body(), ready.tag(), MediaType.APPLICATION_JSON_TYPE);
        // Whoever polls holds it already: then nothing is written anew.
        return Conditional.answer(
                request,
                () -> text.bytes(ready.board().shownTo(own)),
                tagOf(ready, own),
                MediaType.APPLICATION_JSON_TYPE);
    }

    private static String tagOf(Boards.Ready ready, List<UUID> own) {
        byte[] told = own.stream().sorted().toList().toString().getBytes(StandardCharsets.UTF_8);
        return '"' + ready.tag().replace("\"", "") + "-" + Digests.of(told).substring(0, 12) + '"';
    }

    /** A board as it was shown from then on. */
    record Change(long seq, Instant at, int version, String digest) {}

    /** The boards of the past, newest first: one at each change, with the SHA-256 of what was answered. */
    @Get("/history")
    Page<Change> history(
            Visitor visitor,
            @PathVariable String task,
            @QueryValue @Nullable String board,
            @QueryValue @Nullable Long after) {
        TaskVersion version = tasks.visible(task, visitor);
        Page<BoardSnapshots.Snapshot> page =
                snapshots.page(version.task(), shown(version, board), after == null ? Long.MAX_VALUE : after);
        return new Page<>(
                page.items().stream()
                        .map(kept -> new Change(kept.seq(), kept.at(), kept.version(), kept.digest()))
                        .toList(),
                page.next());
    }

    /** One board of the past, to the byte as it was answered. */
    @Get(uri = "/history/{seq}", produces = MediaType.APPLICATION_JSON)
    @ApiResponse(
            responseCode = "200",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Board.class)))
    HttpResponse<byte[]> past(
            HttpRequest<?> request,
            Visitor visitor,
            @PathVariable String task,
            @PathVariable String seq,
            @QueryValue @Nullable String board) {
        TaskVersion version = tasks.visible(task, visitor);
        byte[] body = snapshots
                .body(version.task(), shown(version, board), number(seq))
                .orElseThrow(Refusal::notFound);
        return Conditional.answer(request, body, MediaType.APPLICATION_JSON_TYPE);
    }

    /** The final board is that of its own version. */
    private Boards.Ready ready(TaskVersion task, @Nullable String board) {
        if (BoardKind.parse(board) == BoardKind.PUBLIC) return boards.of(task, BoardKind.PUBLIC);
        int version = finals.version(task).orElseThrow(Refusal::notFound);
        return boards.of(task.task(), version, BoardKind.FINAL);
    }

    /** The final board is not there before it is out. */
    private BoardKind shown(TaskVersion task, @Nullable String board) {
        BoardKind kind = BoardKind.parse(board);
        if (kind == BoardKind.FINAL && !finals.isOut(task)) throw Refusal.notFound();
        return kind;
    }

    private static long number(String seq) {
        try {
            return Long.parseLong(seq);
        } catch (NumberFormatException e) {
            throw Refusal.notFound();
        }
    }
}
