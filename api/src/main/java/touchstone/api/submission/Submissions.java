package touchstone.api.submission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.account.Caller;
import touchstone.api.account.Role;
import touchstone.api.http.Page;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;
import touchstone.api.task.Organizers;
import touchstone.spec.job.CheckReport;
import touchstone.spec.task.TaskFile;

/** Submissions, as far as somebody may see them. */
@Singleton
public final class Submissions {
    private static final String SUBMISSION = """
            select submission.id, submission.number, submission.team, team.name as team_name, submission.task, task.slug,
                   submission.version, submission.title, submission.strategy_digest,
                   submission.accepted, submission.withdrawn, submission.report,
                   version.digest as task_digest, version.initial_weights, version.document,
                   charge.at as charged, charge.reason, refund.at as refunded, refund.reason as refund_reason
            from submission
            join team on team.id = submission.team
            join task on task.id = submission.task
            join task_version version on version.task = submission.task and version.n = submission.version
            left join quota_entry charge on charge.submission = submission.id and charge.kind = 'charge'
            left join quota_entry refund on refund.submission = submission.id and refund.kind = 'refund'
            """;

    private final Database database;
    private final Organizers organizers;
    private final ObjectMapper json;

    Submissions(Database database, Organizers organizers, ObjectMapper json) {
        this.database = database;
        this.organizers = organizers;
        this.json = json;
    }

    public Optional<Submission> find(UUID id) {
        return database.find(SUBMISSION + " where submission.id = ?", this::read, id);
    }

    /** For the team's members, the organizer and administrators; for everybody else the one 404. */
    public Submission visible(UUID id, Caller caller) {
        return find(id).filter(submission -> maySee(submission, caller)).orElseThrow(Refusal::notFound);
    }

    /** What of a submission itself can still change, for those who may see it; else the one 404. */
    String visibleState(UUID id, Caller caller) {
        record Facts(boolean mine, String state) {}
        return database.find(
                        """
                        select submission.withdrawn, team.name, refund.at as refunded,
                               (select count(*) from member
                                where member.team = team.id and member.account = ? and task.withdrawn_at is null)
                               + (select count(*) from organizer
                                  where organizer.task = task.id and organizer.account = ? and organizer.ended is null)
                               as mine
                        from submission
                        join team on team.id = submission.team
                        join task on task.id = submission.task
                        left join quota_entry refund on refund.submission = submission.id and refund.kind = 'refund'
                        where submission.id = ?
                        """,
                        row -> new Facts(
                                row.integer("mine") > 0,
                                row.findInstant("withdrawn") + " " + row.findInstant("refunded") + " "
                                        + row.text("name") + " "),
                        caller.account(),
                        caller.account(),
                        id)
                .filter(facts -> facts.mine() || caller.role() == Role.ADMINISTRATOR)
                .orElseThrow(Refusal::notFound)
                .state();
    }

    private boolean maySee(Submission submission, Caller caller) {
        if (caller.role() == Role.ADMINISTRATOR || isOrganizer(submission, caller)) return true;
        return isMember(submission.team(), caller.account());
    }

    private boolean isOrganizer(Submission submission, Caller caller) {
        return organizers.partOf(submission.task(), caller.account()) == Organizers.Part.ORGANIZER;
    }

    /** For the team's members alone. */
    Submission own(UUID id, Caller caller) {
        return find(id).filter(submission -> isMember(submission.team(), caller.account()))
                .orElseThrow(Refusal::notFound);
    }

    /** Of a task that is withdrawn nobody is: it is there for its organizers alone. */
    private boolean isMember(UUID team, UUID account) {
        return database.find("""
                        select member.team from member join task on task.id = member.task
                        where member.team = ? and member.account = ? and task.withdrawn_at is null
                        """, row -> row.uuid("team"), team, account).isPresent();
    }

    /** A team's submissions, newest first. */
    Page<Submission> ofTeam(UUID team, int beforeNumber) {
        List<Submission> found = database.list(
                SUBMISSION
                        + " where submission.team = ? and submission.number < ? order by submission.number desc limit ?",
                this::read,
                team,
                beforeNumber,
                Page.ITEMS_MAX + 1);
        return Page.of(found, submission -> Integer.toString(submission.number()));
    }

    private Submission read(Row row) throws SQLException {
        return new Submission(
                row.uuid("id"),
                row.integer("number"),
                row.uuid("team"),
                row.text("team_name"),
                row.uuid("task"),
                row.text("slug"),
                row.integer("version"),
                row.text("title"),
                row.text("strategy_digest"),
                row.instant("accepted"),
                row.findInstant("withdrawn"),
                charge(row),
                parse(row.text("report"), CheckReport.class),
                row.text("task_digest"),
                row.text("initial_weights"),
                parse(row.text("document"), TaskFile.class));
    }

    private static @Nullable Charge charge(Row row) throws SQLException {
        Instant charged = row.findInstant("charged");
        if (charged == null) return null;
        return new Charge(charged, row.text("reason"), row.findInstant("refunded"), row.findText("refund_reason"));
    }

    private <T> T parse(String document, Class<T> type) {
        try {
            return json.readValue(document, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored " + type.getSimpleName() + " cannot be read.", e);
        }
    }
}
