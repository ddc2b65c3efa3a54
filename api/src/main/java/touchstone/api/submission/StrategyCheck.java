package touchstone.api.submission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import touchstone.api.evaluation.Evaluator;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Blobs;
import touchstone.api.storage.DataFolder;
import touchstone.api.storage.Database;
import touchstone.api.storage.Scratch;
import touchstone.api.task.TaskVersion;
import touchstone.spec.job.CheckReport;

/** Has strategies checked, and remembers the sound ones so that they can be submitted by digest. */
@Singleton
public final class StrategyCheck {
    /** Long enough to think about a diff report; then gc may forget the archive. */
    private static final Duration REMEMBERED = Duration.ofDays(14);

    /** Per account and task; the oldest is forgotten first. */
    static final int REMEMBERED_MAX = 20;

    private final Evaluator evaluator;
    private final CheckTurns turns;
    private final Blobs blobs;
    private final Database database;
    private final DataFolder folder;
    private final ObjectMapper json;
    private final InstantSource clock;

    StrategyCheck(
            Evaluator evaluator,
            CheckTurns turns,
            Blobs blobs,
            Database database,
            DataFolder folder,
            ObjectMapper json,
            InstantSource clock) {
        this.evaluator = evaluator;
        this.turns = turns;
        this.blobs = blobs;
        this.database = database;
        this.folder = folder;
        this.json = json;
        this.clock = clock;
    }

    /** A sound strategy, as it is kept. */
    record Checked(String strategy, String blob, CheckReport report) {}

    /** Refuses what is unsound with all of its problems, and leaves nothing of it behind. */
    public CheckReport check(UUID account, TaskVersion task, Blobs.Incoming archive) {
        Optional<Checked> before = findByBlob(account, task, archive.digest());
        if (before.isPresent()) return before.get().report();
        CheckReport report = turns.inTurn(
                account, () -> run(task, archive), made -> made.problems().isEmpty());
        if (!report.problems().isEmpty())
            throw Refusal.problems("strategy", "The strategy has problems", report.problems());
        remember(account, task, archive, report);
        return report;
    }

    private CheckReport run(TaskVersion task, Blobs.Incoming archive) {
        try (Blobs.Local pack = blobs.local(task.packBlob());
                Scratch scratch = folder.scratch("check")) {
            return evaluator.check(pack.file(), archive.file().toAbsolutePath(), scratch.folder());
        }
    }

    private void remember(UUID account, TaskVersion task, Blobs.Incoming archive, CheckReport report) {
        String strategy = Objects.requireNonNull(report.strategy());
        blobs.sendAhead(archive);
        database.transaction(() -> {
            // The same files zipped differently: the archive of before will do.
            if (find(account, task, strategy).isPresent()) return;
            database.change(
                    """
                    insert into checked_strategy (account, task, version, strategy_digest, blob, report, checked_at)
                    values (?, ?, ?, ?, ?, ?, ?)
                    on conflict do nothing
                    """,
                    account,
                    task.task(),
                    task.version(),
                    strategy,
                    blobs.keep(archive, "strategy"),
                    write(report),
                    clock.instant());
            forgetOldest(account, task.task());
        });
    }

    private void forgetOldest(UUID account, UUID task) {
        record Kept(int version, String strategy) {}
        database.list("""
                        select version, strategy_digest from checked_strategy where account = ? and task = ?
                        order by checked_at desc, version desc, strategy_digest
                        """, row -> new Kept(row.integer("version"), row.text("strategy_digest")), account, task).stream()
                .skip(REMEMBERED_MAX)
                .forEach(kept -> database.change("""
                        delete from checked_strategy
                        where account = ? and task = ? and version = ? and strategy_digest = ?
                        """, account, task, kept.version(), kept.strategy()));
    }

    Optional<Checked> find(UUID account, TaskVersion task, String strategy) {
        return find("strategy_digest", account, task, strategy);
    }

    private Optional<Checked> findByBlob(UUID account, TaskVersion task, String blob) {
        return find("blob", account, task, blob);
    }

    private Optional<Checked> find(String column, UUID account, TaskVersion task, String digest) {
        return database.find(
                "select strategy_digest, blob, report from checked_strategy where account = ? and task = ? and version = ? and "
                        + column + " = ?",
                row -> new Checked(row.text("strategy_digest"), row.text("blob"), read(row.text("report"))),
                account,
                task.task(),
                task.version(),
                digest);
    }

    /** Forgets what was checked long ago. */
    public int collect() {
        Instant old = clock.instant().minus(REMEMBERED);
        return database.change("delete from checked_strategy where checked_at < ?", old);
    }

    CheckReport read(String report) {
        try {
            return json.readValue(report, CheckReport.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A stored report cannot be read.", e);
        }
    }

    String write(CheckReport report) {
        try {
            return json.writeValueAsString(report);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A report cannot be written.", e);
        }
    }
}
