package touchstone.api.leaderboard;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import touchstone.api.account.Caller;
import touchstone.api.account.Visitor;
import touchstone.api.http.Ids;
import touchstone.api.http.Page;
import touchstone.api.judging.JudgingSet;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;
import touchstone.api.submission.Submission;
import touchstone.api.submission.Submissions;
import touchstone.api.task.TaskVersion;
import touchstone.api.task.Tasks;

/** What a submission was judged to be, now and before. */
@Controller("/api/submissions/{id}/judgings")
@Tag(name = "submissions")
final class SubmissionHistoryController {
    private final Submissions submissions;
    private final Tasks tasks;
    private final FinalBoard finals;
    private final Database database;

    SubmissionHistoryController(Submissions submissions, Tasks tasks, FinalBoard finals, Database database) {
        this.submissions = submissions;
        this.tasks = tasks;
        this.finals = finals;
        this.database = database;
    }

    /**
     * One judging.
     *
     * @param why the judging set's reason
     * @param fold of the hidden test that the score is of
     * @param score null = none
     * @param since when it began to count
     * @param stands false = another has taken its place
     */
    record Judged(
            UUID judging,
            JudgingSet.Kind kind,
            String why,
            int version,
            String verdict,
            String fold,
            @Nullable Double score,
            Instant since,
            boolean stands) {}

    /**
     * Every verdict that this submission had, oldest first: when, why, and what it was. Judging sets that are not applied
     * are not in it, nor is the final before its board is out.
     */
    @Get
    Page<Judged> list(Caller caller, @PathVariable String id) {
        Submission submission = submissions.visible(Ids.parse(id), caller);
        TaskVersion task = tasks.visible(submission.taskSlug(), new Visitor(Optional.of(caller)));
        boolean withFinal = finals.isOut(task);
        List<Judged> judged = database.list(
                """
                select j.id, b.kind, b.reason, j.version, j.verdict, j.valid,
                       case when b.kind = 'board' then j.settled else b.ended end as since,
                       case when b.kind = 'final' then 'private' else 'public' end as fold,
                       (select avg(m.measured) from run r join metric m on m.run = r.id
                        where r.judging = j.id and m.name = ?
                          and m.fold = case when b.kind = 'final' then 'private' else 'public' end) as score
                from judging j join judging_set b on b.id = j.judging_set
                where j.submission = ? and j.state = 'settled' and j.variant = '' and b.state = 'applied'
                order by j.settled_seq
                limit ?
                """,
                SubmissionHistoryController::read,
                submission.file().metrics().rankBy(),
                submission.id(),
                Page.ITEMS_MAX);
        return new Page<>(
                judged.stream()
                        .filter(one -> withFinal || one.kind() != JudgingSet.Kind.FINAL)
                        .toList(),
                null);
    }

    private static Judged read(Row row) throws SQLException {
        return new Judged(
                row.uuid("id"),
                row.word("kind", JudgingSet.Kind.class),
                row.text("reason"),
                row.integer("version"),
                row.text("verdict"),
                row.text("fold"),
                row.findDecimal("score"),
                row.instant("since"),
                row.flag("valid"));
    }
}
