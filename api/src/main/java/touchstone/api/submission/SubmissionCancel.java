package touchstone.api.submission;

import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Optional;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;

/** Withdraws a submission before it is settled, and gives its charge back when nothing had been computed for it. */
@Singleton
final class SubmissionCancel {
    private final Database database;
    private final Optional<Judgements> judgements;
    private final Teams teams;
    private final QuotaLedger quota;
    private final InstantSource clock;

    SubmissionCancel(
            Database database, Optional<Judgements> judgements, Teams teams, QuotaLedger quota, InstantSource clock) {
        this.database = database;
        this.judgements = judgements;
        this.teams = teams;
        this.quota = quota;
        this.clock = clock;
    }

    void cancel(Submission submission) {
        database.transaction(() -> {
            Judgements.Cancelled outcome = judgements
                    .map(known -> known.cancel(submission.id()))
                    .orElse(Judgements.Cancelled.BEFORE_IT_STARTED);
            if (outcome == Judgements.Cancelled.TOO_LATE)
                throw Refusal.conflict(
                        "settled",
                        "Too late",
                        "It is judged already, and its verdict and its charge stand: what was measured cannot be"
                                + " unmeasured. Only what waits or runs can be cancelled.");
            teams.lock(submission.team());
            int withdrawn = database.change(
                    "update submission set withdrawn = ? where id = ? and withdrawn is null",
                    clock.instant(),
                    submission.id());
            if (withdrawn == 1 && outcome == Judgements.Cancelled.BEFORE_IT_STARTED)
                quota.refund(submission.id(), submission.team(), submission.task(), RefundReason.CANCELLED);
        });
    }
}
