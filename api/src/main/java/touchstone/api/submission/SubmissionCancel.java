package touchstone.api.submission;

import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.audit.Audit;
import touchstone.api.http.PeoplesText;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.task.ChangeLog;

/** Withdraws a submission before it is settled, and gives its charge back when nothing had been computed for it. */
@Singleton
final class SubmissionCancel {
    private static final int REASON_CHARACTERS_MAX = 400;

    private final Database database;
    private final Optional<Judgements> judgements;
    private final Teams teams;
    private final QuotaLedger quota;
    private final ChangeLog changes;
    private final Audit audit;
    private final InstantSource clock;

    SubmissionCancel(
            Database database,
            Optional<Judgements> judgements,
            Teams teams,
            QuotaLedger quota,
            ChangeLog changes,
            Audit audit,
            InstantSource clock) {
        this.database = database;
        this.judgements = judgements;
        this.teams = teams;
        this.quota = quota;
        this.changes = changes;
        this.audit = audit;
        this.clock = clock;
    }

    void cancel(Submission submission) {
        database.transaction(() -> {
            Judgements.Cancelled outcome = end(submission);
            boolean free = outcome == Judgements.Cancelled.BEFORE_IT_STARTED;
            if (withdraw(submission) && free) refund(submission, RefundReason.CANCELLED);
        });
    }

    /**
     * Of another's team, by whoever runs the contest: what can never be judged must not hold up the final. The charge is given
     * back whatever was computed, and everybody reads why.
     *
     * @param reason one line
     */
    void cancelFor(UUID organizer, Submission submission, @Nullable String reason) {
        String told = PeoplesText.line("reason", reason, REASON_CHARACTERS_MAX);
        database.transaction(() -> {
            end(submission);
            if (!withdraw(submission)) return;
            refund(submission, RefundReason.CANCELLED_BY_ORGANIZER);
            changes.add(
                    submission.task(),
                    "submission-cancelled",
                    "Submission " + submission.number() + " of " + submission.teamName()
                            + " was cancelled by the organizer before it was judged, at no cost to the team: " + told);
            audit.record(organizer, "submission.cancel", submission.id().toString(), told);
        });
    }

    private Judgements.Cancelled end(Submission submission) {
        Judgements.Cancelled outcome =
                judgements.map(known -> known.cancel(submission.id())).orElse(Judgements.Cancelled.BEFORE_IT_STARTED);
        if (outcome == Judgements.Cancelled.TOO_LATE)
            throw Refusal.conflict(
                    "settled",
                    "Too late",
                    "It is judged already, and its verdict and its charge stand: what was measured cannot be"
                            + " unmeasured. Only what waits or runs can be cancelled.");
        return outcome;
    }

    /** False = it was withdrawn before. */
    private boolean withdraw(Submission submission) {
        teams.lock(submission.team());
        return database.change(
                        "update submission set withdrawn = ? where id = ? and withdrawn is null",
                        clock.instant(),
                        submission.id())
                == 1;
    }

    private void refund(Submission submission, String reason) {
        quota.refund(submission.id(), submission.team(), submission.task(), reason);
    }
}
