package touchstone.api.leaderboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;
import touchstone.spec.task.TaskFile;

/**
 * Reads what a board is computed from, as it stood at a number of the sequence {@code settled_seq}. Everything that changes a
 * board takes such a number under the task's lock: a judging that settles or goes, a set that is applied, a team's new name.
 * So a board of the past can be computed again, and comes out the same to the byte.
 */
@Singleton
final class BoardEntries {
    private static final String SHOWN_PUBLIC = """
            b.kind in ('board', 'rejudge')
            and case when b.kind = 'board' then j.settled_seq else b.applied_seq end <= ?
            and (j.gone_seq is null or j.gone_seq > ?)
            """;

    private static final String SHOWN_FINAL = """
            b.kind = 'final' and b.applied_seq <= ? and (j.gone_seq is null or j.gone_seq > ?)
            """;

    private final Database database;
    private final ObjectMapper json;
    private final Map<UUID, Diff> diffs = new ConcurrentHashMap<>();
    private final Map<Version, Contested> contests = new ConcurrentHashMap<>();

    BoardEntries(Database database, ObjectMapper json) {
        this.database = database;
        this.json = json;
    }

    private record Version(UUID task, int n) {}

    private record Contested(String slug, TaskFile file, TaskFile.Counts counts) {}

    /** What a strategy changes, in numbers. */
    private record Diff(int labelsChanged, int added, int dropped) {}

    /** A settled judging that is on a board, with a verdict of either kind. */
    private record Shown(
            UUID judging,
            boolean scored,
            UUID submission,
            long seq,
            UUID team,
            String teamName,
            boolean baseline,
            String title,
            Instant accepted) {}

    /** What a board of this version is about; versions never change. */
    Board.Contest contest(UUID task, int version, BoardKind kind) {
        Contested contested = contests.computeIfAbsent(
                new Version(task, version),
                wanted -> database.get(
                        """
                        select task.slug, version.document, version.counts
                        from task_version version join task on task.id = version.task
                        where version.task = ? and version.n = ?
                        """,
                        row -> new Contested(
                                row.text("slug"),
                                parse(row.text("document"), TaskFile.class),
                                parse(row.text("counts"), TaskFile.Counts.class)),
                        task,
                        version));
        TaskFile.Counts counts = contested.counts();
        return new Board.Contest(
                contested.slug(),
                contested.file().title(),
                version,
                contested.file().metrics().rankBy(),
                kind.fold(),
                kind == BoardKind.PUBLIC ? counts.publicFold() : counts.privateFold());
    }

    /** The number of the last change of a task's boards, cheap to ask. */
    long latest(UUID task) {
        return database.get("""
                select greatest(
                    coalesce((select max(settled_seq) from judging where task = ?), 0),
                    coalesce((select max(gone_seq) from judging where task = ?), 0),
                    coalesce((select max(applied_seq) from judging_set where task = ?), 0),
                    coalesce((select max(seq) from team_shown where task = ?), 0)) as seq
                """, row -> row.number("seq"), task, task, task, task);
    }

    /** What stands on a board at {@code seq}. */
    List<Entry> at(UUID task, int version, BoardKind kind, long seq) {
        String shown = kind == BoardKind.PUBLIC ? SHOWN_PUBLIC : SHOWN_FINAL;
        return entries(task, version, kind, seq, shown, seq, seq);
    }

    /** What a set has judged so far, whether it is applied or not. */
    List<Entry> ofSet(UUID task, int version, BoardKind kind, long seq, UUID set) {
        return entries(task, version, kind, seq, "j.judging_set = ? and s.withdrawn is null", set);
    }

    private List<Entry> entries(
            UUID task, int version, BoardKind kind, long seq, String condition, Object... arguments) {
        List<Shown> shown = shown(task, version, seq, condition, arguments);
        String metric = contest(task, version, kind).metric();
        Map<UUID, Double> scores = scores(task, version, kind, metric, condition, arguments);
        readDiffs(task, version, shown);
        Map<UUID, Integer> submissions = new HashMap<>();
        shown.forEach(one -> submissions.merge(one.team(), 1, Integer::sum));
        return shown.stream()
                .filter(one -> one.scored() && scores.containsKey(one.judging()))
                .map(one -> entry(one, scores.get(one.judging()), submissions.get(one.team())))
                .toList();
    }

    private Entry entry(Shown shown, double score, int submissions) {
        Diff diff = diffs.getOrDefault(shown.submission(), new Diff(0, 0, 0));
        return new Entry(
                shown.submission(),
                shown.seq(),
                shown.team(),
                shown.teamName(),
                shown.baseline(),
                shown.title(),
                score,
                diff.labelsChanged(),
                diff.added(),
                diff.dropped(),
                submissions,
                shown.accepted());
    }

    private List<Shown> shown(UUID task, int version, long seq, String condition, Object... arguments) {
        Map<UUID, String> names = names(task, seq);
        return database.list(
                """
                select j.id as judging, j.verdict, s.id, s.seq, s.title, s.accepted, t.id as team, t.name, t.kind
                from judging j
                join judging_set b on b.id = j.judging_set
                join submission s on s.id = j.submission
                join team t on t.id = s.team
                where j.task = ? and j.version = ? and j.state = 'settled' and j.variant = '' and %s
                order by s.seq
                """.formatted(condition),
                row -> new Shown(
                        row.uuid("judging"),
                        row.text("verdict").equals("scored"),
                        row.uuid("id"),
                        row.number("seq"),
                        row.uuid("team"),
                        names.getOrDefault(row.uuid("team"), row.text("name")),
                        row.text("kind").equals("baseline"),
                        row.text("title"),
                        row.instant("accepted")),
                arguments(task, version, arguments));
    }

    private static Object[] arguments(UUID task, int version, Object... more) {
        List<Object> all = new ArrayList<>(List.of(task, version));
        all.addAll(List.of(more));
        return all.toArray();
    }

    private Map<UUID, String> names(UUID task, long seq) {
        record Name(UUID team, String name) {}
        Map<UUID, String> names = new HashMap<>();
        database.list(
                        "select team, name from team_shown where task = ? and seq <= ? order by team_shown.seq",
                        row -> new Name(row.uuid("team"), row.text("name")),
                        task,
                        seq)
                .forEach(name -> names.put(name.team(), name.name()));
        return names;
    }

    /** Means over the seeds, summed in their order: a database's own average may differ in its last bit. */
    private Map<UUID, Double> scores(
            UUID task, int version, BoardKind kind, String metric, String condition, Object... arguments) {
        record Measured(UUID judging, double value) {}
        List<Object> all = new ArrayList<>(List.of(kind.fold(), metric));
        all.addAll(List.of(arguments(task, version, arguments)));
        Map<UUID, double[]> sums = new HashMap<>();
        database.list(
                        """
                        select j.id as judging, m.measured
                        from judging j
                        join judging_set b on b.id = j.judging_set
                        join submission s on s.id = j.submission
                        join run r on r.judging = j.id
                        join metric m on m.run = r.id and m.fold = ? and m.name = ?
                        where j.task = ? and j.version = ? and j.state = 'settled' and j.variant = '' and %s
                        order by r.seed_index
                        """.formatted(condition),
                        row -> new Measured(row.uuid("judging"), row.decimal("measured")),
                        all.toArray())
                .forEach(measured -> {
                    double[] sum = sums.computeIfAbsent(measured.judging(), none -> new double[2]);
                    sum[0] += measured.value();
                    sum[1]++;
                });
        Map<UUID, Double> means = new HashMap<>();
        sums.forEach((judging, sum) -> means.put(judging, sum[0] / sum[1]));
        return means;
    }

    /** Reports are long and never change, so only three numbers of each are kept, and each is read once. */
    private void readDiffs(UUID task, int version, List<Shown> shown) {
        if (shown.stream().allMatch(one -> diffs.containsKey(one.submission()))) return;
        long after = shown.stream()
                .filter(one -> !diffs.containsKey(one.submission()))
                .mapToLong(Shown::seq)
                .min()
                .orElseThrow();
        record Reported(UUID submission, Diff diff) {}
        database.list("""
                        select s.id, s.report from submission s
                        where s.task = ? and s.seq >= ?
                          and exists (select 1 from judging j where j.submission = s.id and j.version = ? and j.state = 'settled')
                        """, row -> new Reported(row.uuid("id"), diff(row)), task, after, version)
                .forEach(reported -> diffs.put(reported.submission(), reported.diff()));
    }

    private Diff diff(Row row) throws SQLException {
        JsonNode diff = parse(row.text("report"), JsonNode.class).path("diff");
        return new Diff(
                diff.path("labelsChanged").asInt(),
                diff.path("added").asInt(),
                diff.path("dropped").asInt());
    }

    /** Own submissions of somebody in this task. */
    List<UUID> ofMember(UUID task, UUID account) {
        return database.list("""
                select submission.id from submission join member on member.team = submission.team
                where member.task = ? and member.account = ?
                """, row -> row.uuid("id"), task, account);
    }

    private <T> T parse(String text, Class<T> type) {
        try {
            return json.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored " + type.getSimpleName() + " cannot be read.", e);
        }
    }
}
