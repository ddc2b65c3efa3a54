package touchstone.api.submission;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import touchstone.api.http.Refusal;
import touchstone.api.storage.Database;
import touchstone.api.task.You;
import touchstone.spec.task.TaskFile;

/** What teams have spent. A refunded charge is as if it had not been. */
@Singleton
final class QuotaLedger {
    private static final Duration DAY = Duration.ofHours(24);

    private final Database database;
    private final InstantSource clock;

    QuotaLedger(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    You.Quota standing(@Nullable UUID team, TaskFile.Quota quota) {
        return standing(team == null ? List.of() : charges(team), quota, clock.instant());
    }

    /** @param charges in the order of their times */
    static You.Quota standing(List<Instant> charges, TaskFile.Quota quota, Instant now) {
        Instant dayAgo = now.minus(DAY);
        List<Instant> ofDay =
                charges.stream().filter(charge -> charge.isAfter(dayAgo)).toList();
        int totalLeft = Math.max(0, quota.total() - charges.size());
        int left = Math.min(totalLeft, Math.max(0, quota.perDay() - ofDay.size()));
        boolean waits = left == 0 && totalLeft > 0 && quota.perDay() > 0;
        Instant nextFree = waits ? ofDay.get(ofDay.size() - quota.perDay()).plus(DAY) : null;
        return new You.Quota(quota.perDay(), left, quota.total(), totalLeft, nextFree);
    }

    /** Must run under the team's lock, in the transaction that makes the submission. */
    void charge(UUID submission, UUID team, UUID task, TaskFile.Quota quota) {
        You.Quota standing = standing(team, quota);
        if (standing.left() == 0) throw usedUp(standing);
        insert(submission, "charge", team, task, "submitted");
    }

    private Refusal usedUp(You.Quota standing) {
        Instant next = standing.nextFree();
        if (next == null)
            return Refusal.tooMany(
                    "quota-used",
                    "Quota used up",
                    "Your team has used all " + standing.total() + " submissions of this contest.",
                    null);
        return Refusal.tooMany(
                "quota-used",
                "Quota used up",
                "Your team has used its " + standing.perDay()
                        + " submissions of the last 24 hours. The next is free at "
                        + next.truncatedTo(ChronoUnit.SECONDS) + ".",
                Duration.between(clock.instant(), next));
    }

    /** Undoes a charge, if there is one; a second refund changes nothing. */
    void refund(UUID submission, UUID team, UUID task, String reason) {
        boolean charged = database.find(
                        "select submission from quota_entry where submission = ? and kind = 'charge'",
                        row -> row.uuid("submission"),
                        submission)
                .isPresent();
        if (charged) insert(submission, "refund", team, task, reason);
    }

    private void insert(UUID submission, String kind, UUID team, UUID task, String reason) {
        database.change("""
                insert into quota_entry (submission, kind, team, task, at, reason) values (?, ?, ?, ?, ?, ?)
                on conflict do nothing
                """, submission, kind, team, task, clock.instant(), reason);
    }

    private List<Instant> charges(UUID team) {
        return database.list("""
                select charge.at from quota_entry charge
                where charge.team = ? and charge.kind = 'charge'
                  and not exists (select 1 from quota_entry refund
                                  where refund.submission = charge.submission and refund.kind = 'refund')
                order by charge.at
                """, row -> row.instant("at"), team);
    }
}
