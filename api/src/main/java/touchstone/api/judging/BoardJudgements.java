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
    private final QueueOutlook queue;
    private final TaskFiles tasks;
    private final JsonText json;

    BoardJudgements(
            Database database,
            JudgingLock locks,
            Settling settling,
            RunningJob runningJob,
            QueueOutlook queue,
            TaskFiles tasks,
            JsonText json) {
        this.database = database;
        this.locks = locks;
        this.settling = settling;
        this.runningJob = runningJob;
        this.queue = queue;
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
        Map<UUID, Judgement> judgements = new HashMap<>();
        for (Board board : boards) judgements.put(board.submission(), judgement(board, one));
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

    private Judgement judgement(Board board, boolean withCurve) {
        JudgingDocument document = board.document();
        boolean scored = board.verdict() == Judgement.Verdict.SCORED;
        boolean runs = board.state() == Judgement.State.RUNNING;
        Optional<QueueOutlook.Outlook> outlook =
                board.state() == Judgement.State.WAITING ? queue.of(board.judging()) : Optional.empty();
        return new Judgement(
                board.state(),
                board.verdict(),
                outlook.map(QueueOutlook.Outlook::place).orElse(null),
                outlook.map(QueueOutlook.Outlook::startsIn).orElse(null),
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

    @Override
    public Optional<String> stateOf(UUID submission) {
        record Facts(UUID judging, String key, boolean waiting, boolean running) {}
        return database.find(
                        """
                        select j.id, j.state, j.settled_seq, j.fault, sum(r.attempts) as attempts, sum(r.failures) as failures,
                               sum(case when r.state = 'running' then 1 else 0 end) as running,
                               (select count(*) from curve c join run mine on mine.id = c.run
                                where mine.judging = j.id and mine.seed_index = 1) as points
                        from judging j
                        join judging_set b on b.id = j.judging_set and b.kind in ('board', 'rejudge')
                        left join run r on r.judging = j.id
                        where j.valid and j.variant = '' and j.submission = ?
                        group by j.id, j.state, j.settled_seq, j.fault
                        """,
                        row -> new Facts(
                                row.uuid("id"),
                                row.text("state") + " " + row.findNumber("settled_seq") + " " + row.findText("fault")
                                        + " " + row.findNumber("attempts") + " " + row.findNumber("failures") + " "
                                        + row.findNumber("running") + " " + row.number("points"),
                                row.text("state").equals("waiting"),
                                row.text("state").equals("running")),
                        submission)
                .map(facts -> facts.judging() + " " + facts.key()
                        + (facts.waiting() ? queue.of(facts.judging()) : "")
                        + (facts.running() ? runningJob.progress(facts.judging()) : ""));
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
