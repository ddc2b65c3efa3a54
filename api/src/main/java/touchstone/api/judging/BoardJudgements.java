package touchstone.api.judging;

import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.storage.Database;
import touchstone.api.storage.Row;
import touchstone.api.submission.Judgement;
import touchstone.api.submission.Judgements;
import touchstone.spec.task.TaskFile;

/** What contestants are told of the judging of their submissions on the board. */
@Singleton
final class BoardJudgements implements Judgements {
    /** A job works on it or has done a part. A job that was only sent off, or that a fault of ours ended, has done nothing. */
    private static final String HAS_BEGUN = """
            exists (select 1 from run
                    left join attempt on attempt.open_key = run.id
                    where run.judging = judging.id
                      and (run.state = 'done' or run.trained is not null or attempt.session is not null))
            """;

    private final Database database;
    private final JudgingLock locks;
    private final Settling settling;
    private final RunningJob runningJob;
    private final TaskFiles tasks;
    private final JsonText json;

    BoardJudgements(
            Database database,
            JudgingLock locks,
            Settling settling,
            RunningJob runningJob,
            TaskFiles tasks,
            JsonText json) {
        this.database = database;
        this.locks = locks;
        this.settling = settling;
        this.runningJob = runningJob;
        this.tasks = tasks;
        this.json = json;
    }

    private record Board(
            UUID submission,
            UUID judging,
            Judgement.State state,
            Judgement.@Nullable Verdict verdict,
            @Nullable JudgingDocument document,
            @Nullable String fault,
            UUID task,
            int version) {}

    /** Curves are read when one submission is asked for; a list of many does not show them. */
    @Override
    public Map<UUID, Judgement> of(Collection<UUID> submissions) {
        if (submissions.isEmpty()) return Map.of();
        List<Board> boards = boards(submissions);
        boolean one = submissions.size() == 1;
        Map<UUID, Integer> places = places(boards);
        Map<UUID, Judgement> judgements = new HashMap<>();
        for (Board board : boards) judgements.put(board.submission(), judgement(board, places, one));
        return judgements;
    }

    private List<Board> boards(Collection<UUID> submissions) {
        return database.list("""
                select j.submission, j.id, j.state, j.verdict, j.document, j.fault, j.task, j.version
                from judging j join judging_set b on b.id = j.judging_set and b.kind in ('board', 'rejudge')
                where j.valid and j.variant = '' and j.submission in (%s)
                """.formatted(marks(submissions.size())), this::board, submissions.toArray());
    }

    private Board board(Row row) throws SQLException {
        String verdict = row.findText("verdict");
        String document = row.findText("document");
        return new Board(
                row.uuid("submission"),
                row.uuid("id"),
                row.word("state", Judgement.State.class),
                verdict == null ? null : row.word("verdict", Judgement.Verdict.class),
                document == null ? null : json.read(document, JudgingDocument.class),
                row.findText("fault"),
                row.uuid("task"),
                row.integer("version"));
    }

    /**
     * How many go first when nobody else comes: teams take turns, and in a turn the earlier upload goes first. What a team
     * has running counts as turns it has had.
     */
    private Map<UUID, Integer> places(List<Board> boards) {
        List<UUID> waiting = boards.stream()
                .filter(board -> board.state() == Judgement.State.WAITING)
                .map(Board::judging)
                .toList();
        if (waiting.isEmpty()) return Map.of();
        record Place(UUID judging, int number) {}
        List<Place> places = database.list(
                """
                select judging, place from (
                    select judging, rank() over (order by turn, seq) as place from (
                        select j.id as judging, s.seq,
                               row_number() over (partition by s.team order by s.seq)
                                 + (select count(*) from judging b join submission o on o.id = b.submission
                                    where o.team = s.team and b.state = 'running') as turn
                        from judging j join submission s on s.id = j.submission
                        where j.state = 'waiting'
                    ) turns
                ) places
                where judging in (%s)
                """.formatted(marks(waiting.size())),
                row -> new Place(row.uuid("judging"), row.integer("place")),
                waiting.toArray());
        Map<UUID, Integer> numbers = new HashMap<>();
        places.forEach(place -> numbers.put(place.judging(), place.number()));
        return numbers;
    }

    private Judgement judgement(Board board, Map<UUID, Integer> places, boolean withCurve) {
        JudgingDocument document = board.document();
        boolean scored = board.verdict() == Judgement.Verdict.SCORED;
        boolean runs = board.state() == Judgement.State.RUNNING;
        return new Judgement(
                board.state(),
                board.verdict(),
                places.get(board.judging()),
                runs ? runningJob.progress(board.judging()).orElse(null) : null,
                withCurve ? runningJob.curve(board.judging()) : List.of(),
                scored ? score(board).orElse(null) : null,
                document == null ? null : document.validation(),
                document == null ? List.of() : document.problems(),
                document == null ? List.of() : document.notes(),
                runs ? runningJob.setback(board.judging()).orElse(null) : board.fault(),
                document == null || document.seconds().isEmpty() ? null : document.seconds(),
                document == null ? null : document.finalWeights());
    }

    private Optional<Judgement.Score> score(Board board) {
        String metric = tasks.get(board.task(), board.version()).metrics().rankBy();
        TaskFile.Counts counts = tasks.counts(board.task(), board.version());
        return database.find(
                """
                select avg(m.measured) as score from metric m join run r on r.id = m.run
                where r.judging = ? and m.fold = 'public' and m.name = ? having count(*) > 0
                """,
                row -> Judgement.Score.of(metric, row.decimal("score"), counts.publicFold()),
                board.judging(),
                metric);
    }

    @Override
    public Cancelled cancel(UUID submission) {
        // As in the open loop: with this lock there is either a judging to cancel, or there will never be one.
        database.get("select id from submission where id = ? for update", row -> row.uuid("id"), submission);
        List<UUID> judgings = database.list(
                "select id from judging where submission = ? order by created", row -> row.uuid("id"), submission);
        judgings.forEach(locks::lock);
        if (count("state = 'settled' and valid", submission) > 0) return Cancelled.TOO_LATE;
        boolean started = count(HAS_BEGUN, submission) > 0;
        for (UUID judging : judgings) {
            settling.cancel(judging, "the submission was cancelled");
        }
        return started ? Cancelled.WHILE_IT_RAN : Cancelled.BEFORE_IT_STARTED;
    }

    private int count(String condition, UUID submission) {
        return database.get(
                "select count(*) as judgings from judging where submission = ? and " + condition,
                row -> row.integer("judgings"),
                submission);
    }

    private static String marks(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }
}
