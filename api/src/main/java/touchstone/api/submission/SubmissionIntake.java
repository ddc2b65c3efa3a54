package touchstone.api.submission;

import io.micronaut.http.HttpStatus;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import touchstone.api.account.Caller;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.task.TaskVersion;

/** Makes submissions of strategies that were found sound. Only records the fact: judging begins by itself. */
@Singleton
public final class SubmissionIntake {
    /** More than the transaction of a submission takes. */
    private static final Duration LOCKED_BEFORE_CLOSE = Duration.ofMinutes(1);

    private final Database database;
    private final StrategyCheck check;
    private final Teams teams;
    private final QuotaLedger quota;
    private final InstantSource clock;

    SubmissionIntake(Database database, StrategyCheck check, Teams teams, QuotaLedger quota, InstantSource clock) {
        this.database = database;
        this.check = check;
        this.teams = teams;
        this.quota = quota;
        this.clock = clock;
    }

    /** @param isNew false = the team has submitted this very strategy before, and nothing was made or charged */
    public record Accepted(UUID submission, boolean isNew) {}

    /**
     * Submits what {@link StrategyCheck} found sound for this account.
     *
     * @param with runs in the same transaction when something was made
     */
    public Accepted submit(
            Caller caller, TaskVersion task, String strategy, Instant uploadBegan, Consumer<Accepted> with) {
        refuseOutOfTime(caller, task, uploadBegan);
        StrategyCheck.Checked checked = check.find(caller.account(), task, strategy)
                .orElseThrow(() -> Refusal.of(
                        HttpStatus.UNPROCESSABLE_ENTITY,
                        "not-checked",
                        "Not checked",
                        "No strategy with this digest was checked for version " + task.version()
                                + " of this task by this account. Send the archive itself."));
        return database.transaction(() -> {
            Accepted accepted = insertOnce(caller, task, checked, uploadBegan);
            if (accepted.isNew()) with.accept(accepted);
            return accepted;
        });
    }

    private Accepted insertOnce(Caller caller, TaskVersion task, StrategyCheck.Checked checked, Instant uploadBegan) {
        Teams.Team team = teams.forSubmission(task, caller);
        Optional<UUID> before = submittedBefore(team.id(), task.version(), checked.strategy());
        if (before.isPresent()) return new Accepted(before.get(), false);
        if (!team.baseline()) refuseAfterFinal(task);
        UUID submission = UUID.randomUUID();
        insert(submission, caller, task, checked, team, uploadBegan);
        // An organizer's baselines cost nothing: they are what others are measured against.
        if (!team.baseline())
            quota.charge(submission, team.id(), task.task(), task.file().quota());
        return new Accepted(submission, true);
    }

    private Optional<UUID> submittedBefore(UUID team, int version, String strategy) {
        return database.find("""
                select id from submission
                where team = ? and version = ? and strategy_digest = ? and withdrawn is null
                """, row -> row.uuid("id"), team, version, strategy);
    }

    private void insert(
            UUID submission,
            Caller caller,
            TaskVersion task,
            StrategyCheck.Checked checked,
            Teams.Team team,
            Instant uploadBegan) {
        String title = checked.report().title();
        database.change(
                """
                insert into submission (id, number, team, task, version, account, blob, strategy_digest, title, report,
                                        upload_began, accepted)
                values (?, (select coalesce(max(number), 0) + 1 from submission where team = ?), ?, ?, ?, ?, ?, ?, ?, ?,
                        ?, ?)
                """,
                submission,
                team.id(),
                team.id(),
                task.task(),
                task.version(),
                caller.account(),
                checked.blob(),
                checked.strategy(),
                title == null ? "Untitled" : title.substring(0, Math.min(200, title.length())),
                check.write(checked.report()),
                uploadBegan,
                clock.instant());
    }

    /** Deadlines count from when the upload began, so that a slow line is not late. */
    private static void refuseOutOfTime(Caller caller, TaskVersion task, Instant uploadBegan) {
        if (task.isOrganizer(caller.account())) return;
        Instant opens = task.file().phases().opens();
        if (opens != null && uploadBegan.isBefore(opens)) throw notOpen("It opens at " + opens + ".");
        // A pause stops judging alone: whoever uploads meanwhile is not late.
        if (task.isHidden()) throw notOpen("It has not opened yet.");
        if (task.isOverAt(uploadBegan))
            throw notOpen("It closed at " + task.file().phases().closes() + ".");
    }

    /**
     * A final judges what was there when it was made. What was on its way still could be in none, so it is not taken. Whoever
     * makes a final holds the task's lock: either the final waits for this submission to be judged, or it is seen here.
     */
    private void refuseAfterFinal(TaskVersion task) {
        if (task.isOverAt(clock.instant().plus(LOCKED_BEFORE_CLOSE)))
            database.get("select id from task where id = ? for update", row -> row.uuid("id"), task.task());
        boolean made = database.find(
                        "select id from judging_set where task = ? and kind = 'final' and state <> 'dropped' limit 1",
                        row -> row.uuid("id"),
                        task.task())
                .isPresent();
        if (made)
            throw notOpen(
                    "Your upload began in time but was still on its way when the final was made, and a final takes only"
                            + " what is there. It was not taken and cost nothing; the organizer can tell you more.");
    }

    private static Refusal notOpen(String why) {
        return Refusal.conflict("not-open", "The contest takes no submissions now", why);
    }
}
