package touchstone.api.leaderboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;
import touchstone.api.task.TaskVersion;

/** Reads what a board is computed from. */
@Singleton
final class BoardEntries {
    private final Database database;
    private final ObjectMapper json;

    BoardEntries(Database database, ObjectMapper json) {
        this.database = database;
        this.json = json;
    }

    /** Changes whenever the board does, and is cheap to ask. */
    String stateOf(TaskVersion task) {
        return database.get(
                """
                select (select count(*) from judging where task = ? and version = ? and state = 'settled') as settled,
                       (select coalesce(max(settled_seq), 0) from judging where task = ? and version = ?) as latest,
                       (select count(*) from judging where task = ? and version = ? and valid) as valid,
                       (select count(*) from submission where task = ?) as submissions,
                       (select count(*) from submission where task = ? and withdrawn is not null) as withdrawn
                """,
                row -> task.version() + "-" + row.number("settled") + "-" + row.number("latest") + "-"
                        + row.number("valid") + "-" + row.number("submissions") + "-" + row.number("withdrawn"),
                task.task(),
                task.version(),
                task.task(),
                task.version(),
                task.task(),
                task.version(),
                task.task(),
                task.task());
    }

    List<Entry> list(TaskVersion task) {
        return database.list("""
                select submission.id, submission.seq, submission.title, submission.report, submission.accepted,
                       team.id as team, team.name as team_name, team.kind, scores.score,
                       (select count(*) from submission other
                        where other.team = team.id and other.withdrawn is null) as submissions
                from judging
                join judging_set on judging_set.id = judging.judging_set and judging_set.state = 'applied'
                join submission on submission.id = judging.submission and submission.withdrawn is null
                join team on team.id = submission.team
                join (select run.judging, avg(metric.measured) as score
                      from run join metric on metric.run = run.id
                      where metric.fold = 'public' and metric.name = ?
                      group by run.judging) scores on scores.judging = judging.id
                where judging.task = ? and judging.version = ? and judging.verdict = 'scored' and judging.valid
                  and judging.superseded_by is null and judging.variant = ''
                """, this::read, task.file().metrics().rankBy(), task.task(), task.version());
    }

    /** Own submissions of somebody in this task. */
    List<UUID> ofMember(TaskVersion task, UUID account) {
        return database.list("""
                select submission.id from submission join member on member.team = submission.team
                where member.task = ? and member.account = ?
                """, row -> row.uuid("id"), task.task(), account);
    }

    private Entry read(Row row) throws SQLException {
        JsonNode diff = parse(row.text("report")).path("diff");
        return new Entry(
                row.uuid("id"),
                row.number("seq"),
                row.uuid("team"),
                row.text("team_name"),
                row.text("kind").equals("baseline"),
                row.text("title"),
                row.decimal("score"),
                diff.path("labelsChanged").asInt(),
                diff.path("added").asInt(),
                diff.path("dropped").asInt(),
                row.integer("submissions"),
                row.instant("accepted"));
    }

    private JsonNode parse(String report) {
        try {
            return json.readTree(report);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored report cannot be read.", e);
        }
    }
}
